// SPDX-License-Identifier: Apache-2.0
// What a server says although nobody asked, told to real clients: its greeting, a question into the silence, why a
// session ends. And turns that end because the client says so.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { speechAt, toBytes } from './support/audio.mjs';
import { connect, EventLog } from './support/realtime.mjs';
import { demoDocuments, startParley, temporaryFolder } from './support/server.mjs';

/** A plain WebSocket that keeps its JSON. */
function open(url) {
  const socket = new WebSocket(url);
  const log = new EventLog();
  socket.on('message', (data, isBinary) => isBinary || log.add(JSON.parse(data.toString())));
  const closed = new Promise((settle) => socket.on('close', (code) => settle(code)));
  closed.then((code) => log.end(`closed ${code}`));
  return { log, closed, send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close() };
}

function openSocketIo(url) {
  const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false });
  const log = new EventLog();
  socket.onAny((type, payload) => log.add({ ...payload, type }));
  const closed = new Promise((settle) => socket.on('disconnect', settle));
  return { socket, log, closed };
}

describe('what nobody asked for', { timeout: 300_000 }, () => {
  let server;
  let base;
  const settings = {
    'conversation.greeting': 'Hi.',
    'conversation.idle_prompt_ms': 1500,
    'conversation.idle_end_ms': 6000,
  };
  before(async () => {
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    server = await startParley({ args: ['--docs', demoDocuments, ...set] });
    base = server.url.replace(/^http/, 'ws');
  });
  after(() => server?.stop());

  it('greets, asks whether somebody is there, and gives up: OpenAI Realtime', async () => {
    const client = await connect(server.wsUrl);
    client.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        greeting: 'Welcome to Harbor Bikes.',
        audio: { input: { turn_detection: { type: 'server_vad', idle_timeout_ms: 1000 } } },
      },
    });
    const updated = await client.log.next('session.updated');
    assert.equal(updated.session.audio.input.turn_detection.idle_timeout_ms, 1000);
    const greeted = await client.log.next('response.done');
    assert.equal(greeted.response.output[0].content[0].transcript, 'Welcome to Harbor Bikes.');
    const silent = await client.log.next('input_audio_buffer.timeout_triggered');
    assert.ok(silent.audio_end_ms >= silent.audio_start_ms);
    const from = client.log.events.findIndex((event) => event === silent);
    const committed = await client.log.next('input_audio_buffer.committed', { from });
    assert.equal(committed.item_id, silent.item_id);
    const asked = await client.log.next('response.done', { from });
    assert.equal(asked.response.output[0].content[0].transcript, 'Are you still there?');
    assert.equal((await client.log.next('error')).error.code, 'session_expired');
    assert.equal((await client.closed).code, 4002);
    assert.equal(client.log.of('response.done').length, 2, 'it asks once');
  });

  it('greets, asks whether somebody is there, and gives up: /ws and Socket.IO', async () => {
    const plain = open(`${base}/ws`);
    const socketio = openSocketIo(server.url);
    const said = async ({ log }, text) =>
      log.next((event) => event.type === 'response_chunk' && (event.text ?? event.data.text) === text);
    for (const client of [plain, socketio]) {
      await said(client, 'Hi.');
      await said(client, 'Are you still there?');
      const expired = await client.log.next('session:expired');
      assert.equal((expired.data ?? expired).code, 'silence');
    }
    assert.equal(await plain.closed, 4002);
    assert.equal(await socketio.closed, 'io server disconnect');
  });

  it("takes a session's own greeting, and none from whoever wants none", async () => {
    for (const greeting of ['Good morning.', '']) {
      const made = await fetch(`${server.url}/session/create`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ greeting }),
      });
      const { sessionId, greeting: taken } = await made.json();
      assert.equal(taken, greeting);
      const client = open(`${base}/ws?sessionId=${sessionId}`);
      await client.log.next('session_created');
      client.send({ type: 'text_message', data: { text: 'What year was Harbor Bikes founded?' } });
      await client.log.next((event) => event.type === 'response_end' && /2014|twenty fourteen/i.test(event.data.text));
      const words = client.log.of('response_chunk').map(({ data }) => data.text);
      assert.equal(words.includes('Good morning.'), greeting !== '');
      assert.ok(!words.includes('Hi.'));
      client.close();
    }
  });
});

describe('the time a session may last', { timeout: 300_000 }, () => {
  it('is told before it is over', async (context) => {
    const set = ['--set', 'realtime.longest_session_ms=3000', '--set', 'conversation.end_warning_ms=2500'];
    const server = await startParley({ args: ['--docs', demoDocuments, ...set] });
    context.after(() => server.stop());
    const openai = await connect(server.wsUrl);
    const plain = open(`${server.url.replace(/^http/, 'ws')}/ws`);
    const warned = await openai.log.next('parley.session.ending');
    assert.ok(warned.left_ms > 0 && warned.left_ms <= 2500);
    assert.equal((await openai.log.next('error')).error.code, 'session_expired');
    assert.equal((await openai.closed).code, 4004);
    const ending = await plain.log.next('session:ending');
    assert.ok(ending.data.leftMs <= 2500);
    assert.equal((await plain.log.next('session:expired')).data.code, 'time');
    assert.equal(await plain.closed, 4004);
  });
});

describe('push to talk', { timeout: 300_000 }, () => {
  let server;
  let question;
  const folder = temporaryFolder({ after });
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments] });
    question = toBytes(await speechAt(16_000, folder, 'When is the shop open?'));
  });
  after(() => server?.stop());

  // As fast as it goes, and no silence behind it: only the client can know that this was all.
  const blocks = () => Array.from({ length: Math.ceil(question.length / 3200) }, (_, i) => question.subarray(i * 3200, (i + 1) * 3200));

  it('ends an utterance over Socket.IO', async () => {
    const { socket, log } = openSocketIo(server.url);
    await log.next('session_created');
    for (const block of blocks()) socket.emit('audio_chunk', block);
    socket.emit('end_utterance', {});
    assert.match((await log.next(({ type, isFinal }) => type === 'transcript' && isFinal)).transcript, /shop|open/i);
    assert.equal((await log.next('response_end')).status, 'completed');
    socket.disconnect();
  });

  it('ends an utterance over /ws, between typed questions', async () => {
    const client = open(`${server.url.replace(/^http/, 'ws')}/ws`);
    await client.log.next('session_created');
    client.send({ type: 'text_message', data: { text: 'What year was Harbor Bikes founded?' } });
    assert.match((await client.log.next('response_end')).data.text, /2014|twenty fourteen/i);
    await client.log.next(({ type, data }) => type === 'state:changed' && data.currentState === 'speaking');
    client.send({ type: 'interruption', data: {} });
    for (const block of blocks()) client.send({ type: 'audio_chunk', data: { audioData: block.toString('base64') } });
    client.send({ type: 'end_utterance' });
    const from = client.log.events.length;
    const heard = await client.log.next(({ type, data }) => type === 'transcript' && data.isFinal);
    assert.match(heard.data.transcript, /shop|open/i);
    assert.equal((await client.log.next('response_end', { from })).data.status, 'completed');
    client.send({ type: 'text_message', data: { text: 'What year was Harbor Bikes founded?' } });
    await client.log.next(({ type, data }) => type === 'response_end' && /2014|twenty fourteen/i.test(data.text), { from });
    client.close();
  });
});
