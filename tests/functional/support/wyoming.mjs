// SPDX-License-Identifier: Apache-2.0
// A client of Wyoming, written from the protocol's description: a line of JSON, `data_length` bytes of JSON merged
// over its `data`, `payload_length` bytes.
import { createConnection } from 'node:net';

/** Connects: { send(type, data, payload), next(type), socket, closed, close() }. */
export async function connectWyoming(port) {
  const socket = createConnection({ host: '127.0.0.1', port });
  const events = [];
  const waiting = [];
  let buffer = Buffer.alloc(0);
  let head;
  let ended = false;

  const settle = () => {
    while (waiting.length > 0 && (events.length > 0 || ended)) waiting.shift()(events.shift());
  };
  const readOne = () => {
    if (head === undefined) {
      const end = buffer.indexOf('\n');
      if (end < 0) return false;
      head = JSON.parse(buffer.toString('utf8', 0, end));
      buffer = buffer.subarray(end + 1);
    }
    const { type, data = {}, data_length: dataBytes = 0, payload_length: payloadBytes = 0 } = head;
    if (buffer.length < dataBytes + payloadBytes) return false;
    const more = dataBytes > 0 ? JSON.parse(buffer.toString('utf8', 0, dataBytes)) : {};
    events.push({ type, data: { ...data, ...more }, payload: buffer.subarray(dataBytes, dataBytes + payloadBytes) });
    buffer = buffer.subarray(dataBytes + payloadBytes);
    head = undefined;
    return true;
  };
  socket.on('data', (bytes) => {
    buffer = Buffer.concat([buffer, bytes]);
    while (readOne());
    settle();
  });
  const closed = new Promise((resolve) => {
    socket.on('close', () => {
      ended = true;
      settle();
      resolve();
    });
  });
  socket.on('error', () => {});
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });

  const nextEvent = () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      settle();
    });
  return {
    socket,
    closed,
    send(type, data = {}, payload = Buffer.alloc(0)) {
      const json = Buffer.from(JSON.stringify(data));
      const line = { type, version: '1.9.0', data_length: json.length, ...(payload.length > 0 ? { payload_length: payload.length } : {}) };
      socket.write(Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), json, payload]));
    },
    /** The next event of this type; those before it are thrown away, an error or the end is thrown. */
    async next(type) {
      for (;;) {
        const event = await nextEvent();
        if (event === undefined) throw new Error(`the connection ended before ${type}`);
        if (event.type === type) return event;
        if (event.type === 'error') throw new Error(`${event.data.code}: ${event.data.text}`);
      }
    },
    /** All events up to and with the first of this type. */
    async until(type) {
      const all = [];
      do {
        const event = await nextEvent();
        if (event === undefined) throw new Error(`the connection ended before ${type}`);
        all.push(event);
      } while (all.at(-1).type !== type);
      return all;
    },
    async close() {
      socket.end();
      await closed;
    },
  };
}
