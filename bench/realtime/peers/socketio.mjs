// SPDX-License-Identifier: Apache-2.0
// A Socket.IO server that sends every event back. Prints the port; serves until its input ends.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { perMessageDeflate: false, maxHttpBufferSize: 1 << 20 });
io.on('connection', (socket) => socket.onAny((event, ...rest) => socket.emit(event, ...rest)));
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
process.stdin.resume().on('end', () => process.exit());
