// SPDX-License-Identifier: Apache-2.0
// A TCP connection, or a WebSocket over it, of somebody who keeps to no rules: whatever is written goes out as it is.
import { connect } from 'node:net';

export const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** A message as text: JSON, unless it is text already. */
export const written = (message) => (typeof message === 'string' ? message : JSON.stringify(message));

/** A frame as a client sends it, masked with zeroes. */
export function frame(code, payload, { fin = true } = {}) {
  const bytes = Buffer.isBuffer(payload) ? payload : Buffer.from(payload);
  const long = bytes.length > 65_535;
  const head = Buffer.alloc(bytes.length < 126 ? 6 : long ? 14 : 8);
  head[0] = (fin ? 0x80 : 0) | code;
  if (bytes.length < 126) head[1] = 0x80 | bytes.length;
  else if (long) {
    head[1] = 0x80 | 127;
    head.writeUInt32BE(bytes.length, 6);
  } else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(bytes.length, 2);
  }
  return Buffer.concat([head, bytes]);
}

const patience = 10_000;

export class Link {
  /** Connects; what comes is thrown away but for its beginning. */
  static async open(port) {
    const link = new Link();
    link.socket = connect(port, '127.0.0.1');
    link.head = Buffer.alloc(0);
    link.gone = new Promise((settle) => link.socket.once('close', settle));
    link.socket.on('error', () => {});
    link.socket.on('data', (bytes) => {
      if (link.head.length < 16_384) link.head = Buffer.concat([link.head, bytes]);
      link.look?.();
    });
    await link.until(() => !link.socket.connecting);
    return link;
  }

  /** A WebSocket: throws when it is refused. */
  static async upgrade(port, path) {
    const link = await Link.open(port);
    link.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await link.until(() => link.head.includes('\r\n\r\n'));
    if (link.head.toString('latin1', 9, 12) !== '101') {
      link.socket.destroy();
      throw new Error('refused');
    }
    return link;
  }

  get alive() {
    return !this.socket.destroyed && this.socket.writable;
  }

  /** Waits until something is so. At the end of the connection, or of all patience, it throws and ends it. */
  until(so) {
    return new Promise((settle, refuse) => {
      const late = setTimeout(() => this.socket.destroy(), patience);
      const end = (how, value) => {
        clearTimeout(late);
        this.look = undefined;
        how(value);
      };
      this.look = () => so() && end(settle);
      this.socket.once('connect', () => this.look?.());
      this.socket.once('close', () => end(refuse, new Error('the connection ended')));
      this.look();
    });
  }

  /** What a message that has come holds behind `"name":"`. */
  async field(name) {
    const wanted = new RegExp(`"${name}":"([^"]+)"`);
    await this.until(() => wanted.test(this.head.toString('latin1')));
    return wanted.exec(this.head.toString('latin1'))[1];
  }

  /** True when more may be written at once. */
  write(bytes) {
    return this.alive && this.socket.write(bytes);
  }
  text(message) {
    return this.write(frame(opcode.text, written(message)));
  }
  binary(bytes) {
    return this.write(frame(opcode.binary, bytes));
  }

  /** Writes one after the other what `next` gives, as fast as it is taken. */
  async flood(next, milliseconds) {
    const end = performance.now() + milliseconds;
    while (this.alive && performance.now() < end) {
      if (this.write(next())) {
        // Others of this process have their turn, too.
        await new Promise(setImmediate);
      } else {
        await Promise.race([
          new Promise((settle) => this.socket.once('drain', settle)),
          this.gone,
          new Promise((settle) => setTimeout(settle, Math.max(0, end - performance.now()))),
        ]);
        this.socket.removeAllListeners('drain');
      }
    }
  }

  /** Ends it in order, half, at once, or with a reset. */
  async leave(how) {
    if (how === 'closed' && this.alive) {
      this.write(frame(opcode.close, Buffer.from([3, 0xe8])));
      await Promise.race([this.gone, new Promise((settle) => setTimeout(settle, 500))]);
    } else if (how === 'ended') {
      this.socket.end();
      await Promise.race([this.gone, new Promise((settle) => setTimeout(settle, 500))]);
    } else if (how === 'reset') {
      this.socket.resetAndDestroy();
    }
    this.socket.destroy();
  }
}

export const leavings = ['closed', 'ended', 'reset', 'destroyed'];
