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
  /** As a server that keeps the conversation. */
  greetWithConversation(): void {
    this.receive('{"type":"session.created","session":{},"event_id":"event_a_1"}');
    this.receive('{"type":"conversation.created","conversation":{"id":"conv_a"},"event_id":"event_a_2"}');
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
  const points: unknown[] = [];
  const connection = new Connection({
    open: (from) => {
      points.push(from);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    timers,
    onEvent: (event) => events.push(event.type),
    onStatus: (status) => statuses.push(status),
  });
  const newest = () => sockets.at(-1) as FakeSocket;
  return { connection, sockets, timers, statuses, events, points, newest };
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

test('a conversation that was lost is gone on with at once, with what did not arrive', () => {
  const { connection, newest, timers, statuses, points } = fixture();
  connection.connect();
  newest().greetWithConversation();
  connection.send({ type: 'input_audio_buffer.clear' });
  connection.sendAudio('AAA=');
  newest().receive('{"type":"no.event.of.ours","event_id":"event_a_3"}');
  timers.pass(1000);
  newest().drop();
  assert.deepEqual(points, [null, { conversation: 'conv_a', lastEvent: 'event_a_3' }]);
  assert.equal(connection.mayResume, true);
  assert.equal(connection.sendAudio('BBB='), 'sent');
  newest().receive('{"type":"parley.session.resumed","received":1,"event_id":"event_x"}');
  assert.deepEqual(newest().sent.map((frame) => (JSON.parse(frame) as { audio: string }).audio), ['AAA=', 'BBB=']);
  assert.deepEqual(statuses.at(-1), { kind: 'open', resumed: true });
});

test('a conversation that is not there any more is begun anew', () => {
  const { connection, newest, timers, statuses, points } = fixture();
  connection.connect();
  newest().greetWithConversation();
  timers.pass(1000);
  newest().drop();
  newest().receive('{"type":"error","error":{"message":"not there"},"event_id":"event_y"}');
  newest().drop();
  assert.equal(connection.mayResume, false);
  timers.pass(1000);
  assert.equal(points.at(-1), null);
  newest().greet();
  assert.deepEqual(statuses.at(-1), { kind: 'open', resumed: false });
});

test('a conversation is given up with the time that a server keeps it', () => {
  const { connection, newest, timers } = fixture();
  connection.connect();
  newest().greetWithConversation();
  newest().drop();
  timers.pass(30_000);
  assert.equal(connection.mayResume, false);
});

test('the socket is as safe as the page', () => {
  assert.equal(realtimeAddress({ protocol: 'https:', host: 'h:1' }), 'wss://h:1/v1/realtime?model=parley');
  assert.equal(realtimeAddress({ protocol: 'http:', host: 'h' }), 'ws://h/v1/realtime?model=parley');
  assert.equal(
    realtimeAddress({ protocol: 'http:', host: 'h' }, { conversation: 'c', lastEvent: 'e' }),
    'ws://h/v1/realtime?model=parley&conversation_id=c&last_event_id=e',
  );
});
