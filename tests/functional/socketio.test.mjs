// SPDX-License-Identifier: Apache-2.0
// Socket.IO with its official client: over WebSocket, over polling, from the one to the other; lost and found again.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import WebSocket from 'ws';
import { feed, speechAt } from './support/audio.mjs';
import { EventLog } from './support/realtime.mjs';
import { demoDocuments, mintToken, startParley, temporaryFolder } from './support/server.mjs';

/** A client that keeps every event as { type, ...payload }. */
function open(url, options = {}) {
  const socket = io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100, ...options });
  const log = new EventLog();
  socket.onAny((type, payload) => log.add({ ...payload, type }));
  socket.on('connect', () => log.add({ type: 'connect', recovered: socket.recovered, sid: socket.id }));
  socket.on('connect_error', (error) => log.add({ type: 'connect_error', message: error.message, data: error.data }));
  socket.on('disconnect', (reason) => log.add({ type: 'disconnect', reason }));
  return { socket, log, close: () => socket.disconnect() };
}

/** A WebSocket that speaks Engine.IO by hand: `frames` are what came, and `closed` resolves with the code. */
function openRaw(url, path = '/socket.io/?EIO=4&transport=websocket') {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path);
  const log = new EventLog();
  socket.on('message', (data, isBinary) => log.add({ type: isBinary ? 'binary' : 'text', text: data.toString() }));
  socket.on('error', () => {});
  const closed = new Promise((settle) => socket.on('close', settle));
  closed.then((code) => log.end(`closed ${code}`));
  return { socket, log, closed, next: (beginning) => log.next((each) => each.text.startsWith(beginning)) };
}

describe('Socket.IO', { timeout: 900_000 }, () => {
  let server;
  let alice;
  let bob;
  let question;
  const folder = temporaryFolder({ after });
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments] });
    alice = await mintToken(server, '--user', 'alice');
    bob = await mintToken(server, '--user', 'bob');
    question = await speechAt(16_000, folder, 'When is the shop open?');
  });
  after(() => server?.stop());

  const assertServed = async () => {
    const client = open(server.url, { transports: ['websocket'] });
    await client.log.next('session_created');
    client.socket.emit('text_message', { text: 'What year was Harbor Bikes founded?' });
    assert.match((await client.log.next('response_end')).text, /2014|twenty fourteen/i);
    client.close();
  };

  const ways = [
    ['WebSocket', ['websocket'], (bytes, sequenceNumber) => ({ sequenceNumber, audioData: bytes, timestamp: Date.now() })],
    ['polling', ['polling'], (bytes) => bytes],
  ];
  for (const [what, transports, chunk] of ways) {
    it(`hears bytes over ${what} and answers in bytes`, async () => {
      const client = open(server.url, { transports, auth: { token: alice } });
      const created = await client.log.next('session_created');
      assert.equal(created.userId, 'alice');
      assert.equal(created.isGuest, false);
      let sequenceNumber = 0;
      const append = (base64) => client.socket.emit('audio_chunk', chunk(Buffer.from(base64, 'base64'), sequenceNumber++));
      await feed(append, question, { rate: 16_000, stopped: () => client.log.of('audio_response').length > 0 });
      const end = await client.log.next('response_end');
      const { log } = client;
      assert.equal(client.socket.io.engine.transport.name, transports[0]);
      client.close();

      assert.equal(log.of('error').length, 0, log.summary());
      assert.ok(log.of('transcript').some(({ isFinal }) => !isFinal));
      assert.match(log.of('transcript').find(({ isFinal }) => isFinal).transcript, /shop|open/i);
      assert.equal(log.of('response_start')[0].turnId, end.turnId);
      assert.equal(log.of('response_chunk').map(({ text }) => text).join(''), end.text);
      const audio = log.of('audio_response');
      assert.ok(audio.every(({ audioData }) => Buffer.isBuffer(audioData) && audioData.length > 0));
      assert.deepEqual(audio.map((each) => each.sequenceNumber), audio.map((_, i) => i));
      assert.equal(end.status, 'completed');
      assert.equal(typeof end.metrics.totalLatencyMs, 'number');
      assert.ok(end.sources.length > 0);
      const states = log.of('state:changed').map(({ currentState }) => currentState);
      assert.deepEqual(['listening', 'processing', 'speaking'].filter((state) => !states.includes(state)), []);
      for (const event of [created, end, ...audio]) assert.equal(event.sessionId, created.sessionId);
    });
  }

  it('goes from polling to a WebSocket in the middle of an answer and loses nothing', async () => {
    const client = open(server.url);
    client.socket.io.engine.on('upgrade', () => client.log.add({ type: 'upgrade' }));
    client.socket.emit('text_message', { text: 'How do I charge the battery of the Summit?' });
    const end = await client.log.next('response_end');
    await client.log.next('upgrade');
    assert.equal(client.socket.io.engine.transport.name, 'websocket');
    assert.equal(client.log.of('response_chunk').map(({ text }) => text).join(''), end.text);
    const audio = client.log.of('audio_response');
    assert.deepEqual(audio.map((each) => each.sequenceNumber), audio.map((_, i) => i));
    client.close();
  });

  it('answers in Base64 who speaks Base64', async () => {
    const client = open(server.url, { transports: ['websocket'] });
    const append = (audioData) => client.socket.emit('audio_chunk', { sequenceNumber: 0, audioData });
    await feed(append, question, { rate: 16_000, stopped: () => client.log.of('audio_response').length > 0 });
    const { audioData } = await client.log.next('audio_response');
    assert.equal(typeof audioData, 'string');
    assert.ok(Buffer.from(audioData, 'base64').length > 0);
    client.close();
  });

  it('acknowledges what it is asked to acknowledge, also when it fails', async () => {
    const client = open(server.url, { transports: ['websocket'] });
    await client.log.next('session_created');
    const ask = (...args) => client.socket.timeout(20_000).emitWithAck(...args);
    assert.deepEqual(await ask('audio_chunk', Buffer.alloc(3200)), { status: 'ok' });
    assert.deepEqual(await ask('interruption', { turnIndex: 0 }), { status: 'ok' });
    await client.log.next('conversation:interrupted');
    for (const [name, ...args] of [
      ['audio_chunk', Buffer.alloc(3)], ['audio_chunk', { audioData: '?' }], ['audio_chunk', 7], ['audio_chunk'],
      ['end_utterance'], ['tea', {}], ['interruption', [1]], ['text_message', {}],
    ]) {
      const answer = await ask(name, ...args);
      assert.equal(answer.status, 'error', name);
      assert.equal(answer.errorCode, 'VALIDATION_ERROR', name);
      assert.ok(answer.errorMessage.length > 0);
    }
    assert.equal(client.log.of('error').length, 8);
    client.close();
  });

  it('comes back after a loss, again and again, and nothing is missing or double', async () => {
    const client = open(server.url, { transports: ['websocket'], auth: { token: alice } });
    const { sessionId } = await client.log.next('session_created');
    const sid = client.socket.id;
    client.socket.emit('text_message', { text: 'How do I charge the battery of the Summit?' });
    await client.log.next('audio_response');
    for (let drop = 0; drop < 10; drop++) {
      const from = client.log.events.length;
      client.socket.io.engine.transport.ws._socket.destroy();
      const back = await client.log.next('connect', { from });
      assert.equal(back.recovered, true, `drop ${drop}`);
      assert.equal(back.sid, sid);
      // Acknowledged, since what a client has only begun to send is lost with its connection.
      if (drop === 4) await client.socket.timeout(20_000).emitWithAck('text_message', { text: 'When is the shop open?' });
    }
    // Both are heard to their ends: the first was interrupted by the second.
    const ends = () => client.log.of('response_end');
    await client.log.next((event) => event.type === 'response_end' && ends().length >= 2, { within: 60_000 });
    const { log } = client;
    client.close();
    assert.equal(log.of('session_created').length, 1);
    assert.equal(log.of('response_start').length, 2);
    for (const { turnId } of log.of('response_start')) {
      const audio = log.of('audio_response').filter((each) => each.turnId === turnId);
      assert.deepEqual(audio.map((each) => each.sequenceNumber), audio.map((_, i) => i));
      const end = ends().find((each) => each.turnId === turnId);
      assert.equal(log.of('response_chunk').filter((each) => each.turnId === turnId).map(({ text }) => text).join(''), end.text);
    }
    assert.ok(log.events.every((event) => event.sessionId === undefined || event.sessionId === sessionId));
  });

  it('does not let anybody else come back in its place', async () => {
    const client = open(server.url, { transports: ['websocket'], auth: { token: alice } });
    await client.log.next('session_created');
    const pid = client.socket._pid;
    client.socket.io.engine.transport.ws._socket.destroy();
    client.socket.io.reconnection(false);
    for (const token of [bob, undefined]) {
      const thief = openRaw(server.url);
      await thief.next('0');
      thief.socket.send(`40${JSON.stringify({ token, pid, offset: '1' })}`);
      const hello = await thief.next('40');
      assert.notEqual(JSON.parse(hello.text.slice(2)).pid, pid);
      thief.socket.terminate();
    }
    client.close();
  });

  it('begins anew when its client stays away too long, and when it says goodbye', async () => {
    const other = await startParley({ args: ['--set', 'realtime.resume_window_ms=100'] });
    try {
      const client = open(other.url, { transports: ['websocket'], reconnectionDelay: 1500, reconnectionDelayMax: 1500 });
      const { sessionId } = await client.log.next('session_created');
      let from = client.log.events.length;
      client.socket.io.engine.transport.ws._socket.destroy();
      assert.equal((await client.log.next('connect', { from })).recovered, false);
      const second = await client.log.next('session_created', { from });
      assert.notEqual(second.sessionId, sessionId);
      const first = await (await fetch(`${other.url}/session/${sessionId}`)).json();
      assert.equal(first.status, 'completed');
      from = client.log.events.length;
      client.socket.disconnect().connect();
      assert.equal((await client.log.next('connect', { from })).recovered, false);
      client.close();
    } finally {
      await other.stop();
    }
  });

  it('goes on with a session that was made before, which can be deleted under it', async () => {
    const made = await fetch(`${server.url}/session/create`, {
      method: 'POST',
      headers: { authorization: `Bearer ${alice}`, 'content-type': 'application/json' },
      body: JSON.stringify({ voiceConfig: { voiceId: 'rms' } }),
    });
    const { sessionId } = await made.json();
    const client = open(server.url, { transports: ['websocket'], auth: { token: alice, sessionId } });
    const created = await client.log.next('session_created');
    assert.equal(created.sessionId, sessionId);
    assert.equal(created.voiceConfig.voiceId, 'rms');
    // A page that is loaded again: no recovery, the same session.
    const newer = open(server.url, { transports: ['websocket'], auth: { token: alice, sessionId } });
    await newer.log.next('session_created');
    assert.equal((await client.log.next('disconnect')).reason, 'io server disconnect');
    await fetch(`${server.url}/session/${sessionId}`, { method: 'DELETE', headers: { authorization: `Bearer ${alice}` } });
    assert.equal((await newer.log.next('disconnect')).reason, 'io server disconnect');
    for (const each of [client, newer]) each.close();
  });

  it('refuses a bad token, a namespace and a session, and says why', async () => {
    const expired = await mintToken(server, '--user', 'alice', '--life', '1');
    await delay(2100);
    const foreign = await (await fetch(`${server.url}/session/create`, { method: 'POST' })).json();
    const { sid, ...cases } = {
      AUTH_INVALID: { auth: { token: 'guest_1_1700000000000' } },
      AUTH_EXPIRED: { auth: { token: expired } },
      AUTH_REQUIRED: { auth: { token: '' } },
      FORBIDDEN: { auth: { token: alice, sessionId: foreign.sessionId } },
      NOT_FOUND: { auth: { token: alice, sessionId: 'sess_none' } },
    };
    assert.equal(sid, undefined);
    for (const [code, options] of Object.entries(cases)) {
      for (const transports of [['websocket'], ['polling']]) {
        const client = open(server.url, { transports, ...options });
        const refused = await client.log.next('connect_error');
        assert.equal(refused.data.code, code);
        assert.ok(refused.message.length > 0);
        client.close();
      }
    }
    const elsewhere = open(`${server.url}/admin`, { transports: ['websocket'] });
    assert.equal((await elsewhere.log.next('connect_error')).message, 'Invalid namespace');
    elsewhere.close();
    const byHeader = open(server.url, { transports: ['polling'], extraHeaders: { authorization: `Bearer ${bob}` } });
    assert.equal((await byHeader.log.next('session_created')).userId, 'bob');
    byHeader.close();
  });

  it('ends connections that send garbage, and serves the next', async () => {
    const garbage = ['', 'x', '4', '4x', '42', '42{}', '42["connect"]', '4599-["a"]', '43[]', '2probe', '5', '0{}', '9', `42${'['.repeat(10_000)}`];
    for (const text of garbage) {
      const client = openRaw(server.url);
      await client.next('0');
      client.socket.send('40');
      await client.next('40');
      client.socket.send(text);
      assert.ok([1002, 1008].includes(await client.closed), text.slice(0, 40));
    }
    for (let i = 0; i < 5; i++) {
      const client = openRaw(server.url);
      await client.next('0');
      client.socket.send('40');
      await client.next('40');
      client.socket.send(randomBytes(512));
      assert.equal(await client.closed, 1008, 'bytes that belong to no packet');
    }
    const mixed = [
      ['40', '451-["audio_chunk",{"_placeholder":true,"num":0}]', '42["end_utterance"]'], // its bytes were to come
      ['42["text_message",{"text":"Hello?"}]'], // nobody has connected
      ['40', '40'],
      ['40', '42/admin,["end_utterance"]'],
    ];
    for (const frames of mixed) {
      const client = openRaw(server.url);
      await client.next('0');
      for (const frame of frames) client.socket.send(frame);
      assert.equal(await client.closed, 1008, frames.join(' '));
    }
    await assertServed();
  });

  it('refuses requests that are no good polling, and serves the next', async () => {
    const get = (query) => fetch(`${server.url}/socket.io/?${query}`);
    const post = (query, body) => fetch(`${server.url}/socket.io/?${query}`, { method: 'POST', body });
    for (const [query, code] of [['', 5], ['EIO=3&transport=polling', 5], ['EIO=4&transport=carrier-pigeon', 0], ['EIO=4&transport=polling&sid=none', 1]]) {
      const response = await get(query);
      assert.equal(response.status, 400, query);
      assert.equal((await response.json()).code, code, query);
    }
    assert.equal((await post('EIO=4&transport=polling', '4')).status, 400);
    assert.equal((await post('EIO=4&transport=polling&sid=none', '4')).status, 400);
    const hello = await (await get('EIO=4&transport=polling')).text();
    const { sid, upgrades, maxPayload } = JSON.parse(hello.slice(1));
    assert.deepEqual(upgrades, ['websocket']);
    const query = `EIO=4&transport=polling&sid=${sid}`;
    assert.equal((await post(query, 'x'.repeat(maxPayload + 1))).status, 413);
    assert.equal((await post(query, '40')).status, 200);
    assert.match(await (await get(query)).text(), /^40\{/);
    assert.equal((await post(query, '\u001e\u001e')).status, 400);
    assert.equal((await (await get(query)).json()).code, 1, 'it is closed');
    // Two polls at once.
    const second = JSON.parse((await (await get('EIO=4&transport=polling')).text()).slice(1)).sid;
    const polls = await Promise.all([1, 2].map(() => get(`EIO=4&transport=polling&sid=${second}`)));
    assert.ok(polls.some(({ status }) => status === 400));
    await assertServed();
  });

  it('bears an upgrade that is not meant', async () => {
    const { sid } = JSON.parse((await (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).text()).slice(1));
    for (const frames of [['hello'], ['2probe', 'x'], ['5']]) {
      const raw = openRaw(server.url, `/socket.io/?EIO=4&transport=websocket&sid=${sid}`);
      await new Promise((settle) => raw.socket.on('open', settle));
      for (const frame of frames) raw.socket.send(frame);
      assert.equal(await raw.closed, 1008, frames.join());
    }
    const stranger = openRaw(server.url, '/socket.io/?EIO=4&transport=websocket&sid=none');
    assert.equal(await stranger.closed, 1008);
    // It still polls.
    assert.equal((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '40' })).status, 200);
  });

  it('pings, gives up who does not answer, and keeps who does', async () => {
    const other = await startParley({ args: ['--set', 'realtime.ping_interval_ms=200', '--set', 'realtime.ping_timeout_ms=1500'] });
    try {
      const clients = [['websocket'], ['polling']].map((transports) => open(other.url, { transports }));
      for (const client of clients) await client.log.next('session_created');
      const silent = openRaw(other.url);
      await silent.next('0');
      silent.socket.send('40');
      await silent.next('2');
      assert.equal(await silent.closed, 1008);
      const idle = openRaw(other.url);
      assert.equal(await idle.closed, 1008, 'it never connected to a namespace');
      await delay(2000);
      for (const client of clients) {
        assert.equal(client.socket.connected, true);
        assert.equal(client.log.of('disconnect').length, 0);
        client.close();
      }
    } finally {
      await other.stop();
    }
  });

  it('bears a reader that does not read', async () => {
    const before = server.residentMegabytes();
    const raw = openRaw(server.url);
    await raw.next('0');
    raw.socket.send('40');
    await raw.next('40');
    raw.socket._socket.pause();
    for (let i = 0; i < 40; i++) raw.socket.send('42["text_message",{"text":"How do I charge the battery of the Summit?"}]');
    for (let i = 0; i < 5; i++) await assertServed();
    const grown = server.residentMegabytes() - before;
    assert.ok(grown < 100, `the server grew by ${grown.toFixed(0)} MB`);
    raw.socket.terminate();
  });

  it('says goodbye when the server stops', async () => {
    const other = await startParley();
    const goodbyes = [
      ['websocket', /server disconnect|transport close/],
      // Between two polls there is nobody to say goodbye to.
      ['polling', /server disconnect|transport (close|error)/],
    ];
    const clients = goodbyes.map(([transport]) => open(other.url, { transports: [transport], reconnection: false }));
    for (const client of clients) await client.log.next('session_created');
    const begun = performance.now();
    const how = other.stop();
    for (const [i, client] of clients.entries()) assert.match((await client.log.next('disconnect')).reason, goodbyes[i][1]);
    assert.equal((await how).code, 0);
    assert.ok(performance.now() - begun < 8000, 'nobody was waited for in vain');
  });
});
