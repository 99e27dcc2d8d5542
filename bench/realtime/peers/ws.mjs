// SPDX-License-Identifier: Apache-2.0
// A ws server that sends every message back. Prints the port; serves until its input ends.
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('error', () => socket.terminate());
});
process.stdin.resume().on('end', () => process.exit());
