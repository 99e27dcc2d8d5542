// SPDX-License-Identifier: Apache-2.0
// A plain WebSocket client of /v1/realtime that keeps every event it was sent.
import WebSocket from 'ws';

/** Keeps events as they come and hands them to those who wait for one. */
export class EventLog {
  constructor() {
    this.events = [];
    this.waiting = new Set();
    this.over = undefined;
  }

  add(event) {
    this.events.push({ ...event, at: performance.now() });
    for (const waiter of [...this.waiting]) waiter();
  }

  end(reason) {
    this.over = reason;
    for (const waiter of [...this.waiting]) waiter();
  }

  types() {
    return this.events.map((event) => event.type);
  }

  of(type) {
    return this.events.filter((event) => event.type === type);
  }

  /** The first event at or behind `from` (an index) that is of this type, or for which the function is true. */
  next(what, { within = 60_000, from = 0 } = {}) {
    const matches = typeof what === 'function' ? what : (event) => event.type === what;
    return new Promise((settle, refuse) => {
      const look = () => {
        const found = this.events.slice(from).find(matches);
        if (found === undefined && this.over === undefined) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        if (found !== undefined) settle(found);
        else refuse(new Error(`the connection ended (${this.over}) before ${what}; came: ${this.summary()}`));
      };
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        refuse(new Error(`no ${what} within ${within} ms; came: ${this.summary()}`));
      }, within);
      this.waiting.add(look);
      look();
    });
  }

  summary() {
    return JSON.stringify(this.events.slice(-30).map((event) => (event.type === 'error' ? event.error : event.type)));
  }
}

/** Opens a session and waits for session.created. `options` are those of ws. */
export async function connect(url, options = {}) {
  const socket = new WebSocket(url, { rejectUnauthorized: false, ...options });
  const log = new EventLog();
  socket.on('message', (data) => log.add(JSON.parse(data.toString())));
  socket.on('close', (code, reason) => log.end(`closed ${code} ${reason}`));
  socket.on('error', (error) => log.end(String(error)));
  const closed = new Promise((settle) => socket.on('close', (code, reason) => settle({ code, reason: String(reason) })));
  await log.next('session.created');
  return {
    socket,
    log,
    closed,
    send: (event) => socket.send(JSON.stringify(event)),
    append: (audio) => socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio })),
    close: () => {
      socket.close();
      return closed;
    },
  };
}

/** Asks in writing and waits for the whole answer: { text, citations, done, events }. */
export async function askInText(client, question, { within = 60_000 } = {}) {
  const from = client.log.events.length;
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] },
  });
  client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
  const done = await client.log.next('response.done', { within, from });
  const events = client.log.events.slice(from);
  const text = events.filter((event) => event.type === 'response.output_text.delta').map((event) => event.delta).join('');
  const citations = events.filter((event) => event.type === 'parley.citations').flatMap((event) => event.citations);
  return { text, citations, done, events };
}

/** Serves as the proof that the server still serves: a new client, a question, its answer. */
export async function assertServed(url) {
  const client = await connect(url);
  const { text, done } = await askInText(client, 'What year was Harbor Bikes founded?');
  await client.close();
  if (done.response.status !== 'completed' || !/2014/.test(text)) {
    throw new Error(`the next client was not served as before: ${done.response.status} ${JSON.stringify(text)}`);
  }
}
