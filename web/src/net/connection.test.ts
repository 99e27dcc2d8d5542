// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  audioBacklogLimitBytes,
  Connection,
  realtimeAddress,
  type ConnectionStatus,
  type Socket,
} from './connection.ts';

class FakeSocket implements Socket {
  bufferedAmount = 0;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  readonly sent: string[] = [];
  closed = false;

  send(data: string): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
  receive(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
  greet(): void {
    this.receive('{"type":"session.created","session":{}}');
  }
  drop(): void {
    this.onclose?.({} as CloseEvent);
  }
}

class FakeTimers {
  private now = 0;
  private nextId = 1;
  private readonly due = new Map<number, { at: number; run: () => void }>();

  after(milliseconds: number, run: () => void): number {
    this.due.set(this.nextId, { at: this.now + milliseconds, run });
    return this.nextId++;
  }
  cancel(id: number): void {
    this.due.delete(id);
  }
  pass(milliseconds: number): void {
    const until = this.now + milliseconds;
    for (;;) {
      const next = [...this.due].sort(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined || next[1].at > until) break;
      this.now = next[1].at;
      this.due.delete(next[0]);
      next[1].run();
    }
    this.now = until;
  }
}

function fixture() {
  const sockets: FakeSocket[] = [];
  const timers = new FakeTimers();
  const statuses: ConnectionStatus[] = [];
  const events: string[] = [];
  const connection = new Connection({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    timers,
    onEvent: (event) => events.push(event.type),
    onStatus: (status) => statuses.push(status),
  });
  const newest = () => sockets.at(-1) as FakeSocket;
  return { connection, sockets, timers, statuses, events, newest };
}

test('the connection is open once the server has greeted, and not before', () => {
  const { connection, newest, statuses } = fixture();
  connection.connect();
  assert.equal(connection.send({ type: 'response.cancel' }), false);
  newest().greet();
  assert.equal(connection.send({ type: 'response.cancel' }), true);
  assert.deepEqual(newest().sent, ['{"type":"response.cancel"}']);
  assert.deepEqual(statuses.map((status) => status.kind), ['connecting', 'open']);
});

test('a lost connection counts down in seconds and opens a new socket', () => {
  const { connection, sockets, newest, timers, statuses } = fixture();
  connection.connect();
  newest().drop();
  timers.pass(1000);
  newest().drop();
  timers.pass(2000);
  assert.equal(sockets.length, 3);
  assert.deepEqual(
    statuses.filter((status) => status.kind === 'waiting').map((status) => status.secondsLeft),
    [1, 2, 1],
  );
});

test('a greeting makes the next loss start again at one second', () => {
  const { connection, newest, timers, statuses } = fixture();
  connection.connect();
  newest().drop();
  timers.pass(1000);
  newest().drop();
  timers.pass(2000);
  newest().greet();
  newest().drop();
  assert.deepEqual(statuses.at(-1), { kind: 'waiting', secondsLeft: 1, attempt: 1 });
});

test('connecting by hand ends the wait and leaves no second attempt behind', () => {
  const { connection, sockets, newest, timers } = fixture();
  connection.connect();
  newest().drop();
  connection.connect();
  newest().greet();
  timers.pass(60_000);
  assert.equal(sockets.length, 2);
});

test('a server that accepts and says nothing is given up', () => {
  const { connection, newest, timers, statuses } = fixture();
  connection.connect();
  const silent = newest();
  timers.pass(8000);
  assert.equal(silent.closed, true);
  assert.equal(statuses.at(-1)?.kind, 'waiting');
});

test('events of a socket that was given up are not heard', () => {
  const { connection, newest, events } = fixture();
  connection.connect();
  const old = newest();
  old.greet();
  const hear = old.onmessage;
  connection.abandon();
  hear?.({ data: '{"type":"parley.state","state":"idle"}' } as MessageEvent);
  assert.deepEqual(events, ['session.created']);
});

test('audio is dropped while too much of it waits in the socket', () => {
  const { connection, newest } = fixture();
  assert.equal(connection.sendAudio('AAA='), 'offline');
  connection.connect();
  newest().greet();
  assert.equal(connection.sendAudio('AAA='), 'sent');
  newest().bufferedAmount = audioBacklogLimitBytes + 1;
  assert.equal(connection.sendAudio('AAA='), 'dropped');
  assert.equal(newest().sent.length, 1);
});

test('binary frames and unknown events change nothing', () => {
  const { connection, newest, events } = fixture();
  connection.connect();
  newest().receive(new ArrayBuffer(4));
  newest().receive('{"type":"something.new"}');
  assert.deepEqual(events, []);
});

test('the socket is as safe as the page', () => {
  assert.equal(realtimeAddress({ protocol: 'https:', host: 'h:1' }), 'wss://h:1/v1/realtime?model=parley');
  assert.equal(realtimeAddress({ protocol: 'http:', host: 'h' }), 'ws://h/v1/realtime?model=parley');
});
