// SPDX-License-Identifier: Apache-2.0
// A client of /stream that can be cut off and comes back to its conversation: it counts what it gets, and sends again
// what did not arrive.
import WebSocket from 'ws';
import { EventLog } from './realtime.mjs';

/** How a connection can be lost: closed without a word, reset, or there but dead. */
export const losses = ['closed', 'reset', 'dead'];

export class ReturningClient {
  /** `url`: of the server, as ws://. */
  constructor(url) {
    this.url = url;
    this.log = new EventLog();
    this.sent = [];
    this.received = 0;
    this.last = 0;
    this.audio = [];
    // Numbers of messages that were left out, or came twice.
    this.lost = 0;
    this.doubled = 0;
    this.dead = [];
  }

  /** Connects for the first time. */
  async connect() {
    this.open('resume=0');
    this.sessionId = (await this.log.next('connected')).sessionId;
  }

  open(query) {
    const socket = new WebSocket(`${this.url}/stream?${query}`);
    this.socket = socket;
    this.ready = query === 'resume=0';
    socket.on('message', (data, isBinary) => this.take(data, isBinary));
    socket.on('error', () => {});
    socket.on('open', () => this.ready && this.flush());
    socket.on('close', (code, reason) => socket === this.socket && this.log.end(`closed ${code} ${reason}`));
  }

  take(data, isBinary) {
    const message = isBinary ? { type: 'audio', bytes: data.length } : JSON.parse(data.toString());
    if (isBinary) {
      this.audio.push(data);
      this.last += 1;
    } else if (message.type === 'resumed') {
      this.resumed = message;
      this.received = message.received;
      this.ready = true;
      this.flush();
    } else if (message.sequence !== undefined) {
      this.lost += Math.max(0, message.sequence - this.last - 1);
      this.doubled += Math.max(0, this.last + 1 - message.sequence);
      this.last = message.sequence;
    }
    this.log.add({ ...message, numbered: isBinary || message.sequence !== undefined });
  }

  /** JSON or audio (Buffer): now, or when the connection is back. */
  send(message) {
    this.sent.push(Buffer.isBuffer(message) ? message : JSON.stringify(message));
    this.flush();
  }

  flush() {
    if (!this.ready || this.socket.readyState !== WebSocket.OPEN) return;
    while (this.received < this.sent.length) this.socket.send(this.sent[this.received++]);
  }

  /** The connection is lost; what was on its way may be lost, too. */
  lose(how) {
    const socket = this.socket;
    this.ready = false;
    socket.removeAllListeners('message');
    socket.removeAllListeners('close');
    if (how === 'closed') socket._socket.destroy();
    else if (how === 'reset') socket._socket.resetAndDestroy();
    else this.dead.push(socket);
  }

  /** Comes back; gives the milliseconds until the first numbered message. */
  async comeBack() {
    const from = this.log.events.length;
    const begun = performance.now();
    this.open(`resume=${this.last}&sessionId=${this.sessionId}`);
    await this.log.next('resumed', { from });
    this.send({ type: 'ping' });
    const first = await this.log.next((event) => event.numbered, { from });
    return first.at - begun;
  }

  /** Waits until what was sent has all arrived: the last ping is answered, behind those of its returns. */
  async arrived() {
    const ping = JSON.stringify({ type: 'ping' });
    this.send({ type: 'ping' });
    const pings = this.sent.filter((message) => message === ping).length;
    await this.log.next(() => this.log.of('pong').length === pings);
  }

  close() {
    for (const socket of this.dead) socket.terminate();
    const closed = new Promise((settle) => this.socket.on('close', settle));
    this.socket.close();
    return closed;
  }
}
