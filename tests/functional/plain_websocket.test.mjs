// SPDX-License-Identifier: Apache-2.0
// The conversational clone's JSON over /ws and the assistant's binary stream, with the `ws` client.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { feed, speechAt } from './support/audio.mjs';
import { EventLog } from './support/realtime.mjs';
import { demoDocuments, mintToken, startParley, temporaryFolder } from './support/server.mjs';

/** Opens a WebSocket and keeps what comes: JSON by its type, audio as { type: 'audio', bytes }. */
function open(url, protocols = [], options = {}) {
  const socket = new WebSocket(url, protocols, options);
  const log = new EventLog();
  socket.on('message', (data, isBinary) => log.add(isBinary ? { type: 'audio', bytes: data } : JSON.parse(data.toString())));
  socket.on('close', (code, reason) => log.end(`closed ${code} ${reason}`));
  socket.on('error', (error) => log.end(String(error)));
  const closed = new Promise((settle) => socket.on('close', (code, reason) => settle({ code, reason: String(reason) })));
  return {
    socket,
    log,
    closed,
    send: (message) => socket.send(JSON.stringify(message)),
    async close() {
      socket.close();
      await closed;
    },
  };
}

describe('plain WebSockets', { timeout: 600_000 }, () => {
  let server;
  let base;
  let alice;
  let question;
  const folder = temporaryFolder({ after });
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments] });
    base = server.url.replace(/^http/, 'ws');
    alice = await mintToken(server, '--user', 'alice');
    question = await speechAt(16_000, folder, 'When is the shop open?');
  });
  after(() => server?.stop());

  const createSession = async (body, token) => {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const response = await fetch(`${server.url}/session/create`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(response.status, 201);
    return response.json();
  };

  describe('WS /ws', () => {
    it('hears chunks of audio and answers aloud, in the envelope', async () => {
      const client = open(`${base}/ws?token=${alice}`);
      const created = await client.log.next('session_created');
      assert.equal(created.data.userId, 'alice');
      assert.equal(created.data.isGuest, false);
      assert.equal(created.data.sessionId, created.sessionId);
      assert.ok(Number.isInteger(created.timestamp) && created.timestamp > 1_700_000_000_000);
      let sequenceNumber = 0;
      const append = (audioData) =>
        client.send({ type: 'audio_chunk', sessionId: created.sessionId, data: { sequenceNumber: sequenceNumber++, audioData }, timestamp: Date.now() });
      await feed(append, question, { rate: 16_000, stopped: () => client.log.of('response_audio').length > 0 });
      const end = await client.log.next('response_end');
      const { log } = client;
      await client.close();

      assert.equal(log.of('error').length, 0, log.summary());
      const transcripts = log.of('transcript');
      assert.ok(transcripts.some(({ data }) => !data.isFinal), 'the words come while they are spoken');
      const final = transcripts.find(({ data }) => data.isFinal);
      assert.match(final.data.transcript, /shop|open/i);
      assert.ok(final.data.confidence >= 0 && final.data.confidence <= 1);
      const [start] = log.of('response_start');
      assert.equal(start.data.turnId, end.data.turnId);
      const audio = log.of('response_audio');
      assert.deepEqual(audio.map(({ data }) => data.sequenceNumber), audio.map((_, i) => i));
      assert.ok(Buffer.from(audio[0].data.audioData, 'base64').length > 0);
      assert.equal(audio[0].data.sampleRate, 16_000);
      for (const name of ['totalLatencyMs', 'asrLatencyMs', 'ragLatencyMs', 'llmLatencyMs', 'ttsLatencyMs']) {
        assert.equal(typeof end.data.metrics[name], 'number', JSON.stringify(end.data.metrics));
      }
      const states = log.of('state:changed').map(({ data }) => data.currentState);
      assert.deepEqual(['listening', 'processing', 'speaking'].filter((state) => !states.includes(state)), []);
      for (const event of log.events) assert.equal(event.sessionId, created.sessionId, event.type);
    });

    it('acknowledges an interruption, answers typed questions and pings, and goes on after a bad message', async () => {
      const client = open(`${base}/ws`);
      await client.log.next('session_created');
      client.send({ type: 'ping', timestamp: Date.now() });
      await client.log.next('pong');
      client.send({ type: 'interruption', data: { turnIndex: 0 } });
      assert.equal((await client.log.next('conversation:interrupted')).data.turnIndex, 0);
      for (const bad of ['{', '[]', '{"type":"tea"}', '{"type":"audio_chunk","data":{"audioData":"?"}}', '{"type":"audio_chunk","data":{"audioData":"AA=="}}', '{"type":"end_utterance"}']) {
        const from = client.log.events.length;
        client.socket.send(bad);
        const { data } = await client.log.next('error', { from });
        assert.equal(data.errorCode, 'VALIDATION_ERROR', bad);
        assert.equal(data.recoverable, true);
        assert.ok(data.errorMessage.length > 0);
      }
      client.send({ type: 'text_message', data: { text: 'What year was Harbor Bikes founded?' } });
      const end = await client.log.next('response_end');
      assert.match(end.data.text, /2014|twenty fourteen/i);
      assert.ok(end.data.sources.some(({ document }) => document.endsWith('.md')), JSON.stringify(end.data.sources));
      await client.close();
    });

    it('takes a token in the header or the subprotocol, which it selects', async () => {
      const byHeader = open(`${base}/ws`, [], { headers: { authorization: `Bearer ${alice}` } });
      assert.equal((await byHeader.log.next('session_created')).data.userId, 'alice');
      await byHeader.close();
      const byProtocol = open(`${base}/ws`, ['other', `token.${alice}`]);
      assert.equal((await byProtocol.log.next('session_created')).data.userId, 'alice');
      assert.equal(byProtocol.socket.protocol, `token.${alice}`);
      await byProtocol.close();
    });

    it('lets a guest into the session they were invited to, and says so', async () => {
      const { sessionId, token } = await createSession({ guest: true, audioConfig: { codec: 'pcmu', sampleRate: 8000 } });
      const client = open(`${base}/ws?token=${token}&sessionId=${sessionId}`);
      const created = await client.log.next('session_created');
      assert.equal(created.data.isGuest, true);
      assert.equal(created.data.sessionId, sessionId);
      assert.equal(created.data.audioConfig.codec, 'pcmu');
      // A page that is loaded again may be there before the old connection is gone.
      const newer = open(`${base}/ws?token=${token}&sessionId=${sessionId}`);
      await newer.log.next('session_created');
      assert.equal((await client.closed).code, 4004, 'one connection at a time');
      await newer.close();
      const again = open(`${base}/ws?token=${token}&sessionId=${sessionId}`);
      await again.log.next('session_created');
      await again.close();
    });

    const refusals = [
      ['a token that is none', 'token=guest_1_1700000000000', 'AUTH_INVALID'],
      ['an empty token', 'token=', 'AUTH_REQUIRED'],
    ];
    for (const [what, query, code] of refusals) {
      it(`refuses ${what}`, async () => {
        const client = open(`${base}/ws?${query}`);
        const { data } = await client.log.next('auth_error');
        assert.equal(data.code, code);
        assert.equal((await client.closed).code, 4001);
      });
    }

    it('refuses a token that has expired', async () => {
      const token = await mintToken(server, '--user', 'alice', '--life', '1');
      await new Promise((settle) => setTimeout(settle, 2100));
      const client = open(`${base}/ws?token=${token}`);
      assert.equal((await client.log.next('auth_error')).data.code, 'AUTH_EXPIRED');
      assert.equal((await client.closed).code, 4001);
    });

    it("refuses somebody else's session and one that there is not", async () => {
      const { sessionId } = await createSession({}, alice);
      for (const id of [sessionId, 'sess_none']) {
        const client = open(`${base}/ws?sessionId=${id}`);
        await client.log.next('error');
        assert.equal((await client.closed).code, 4004, id);
      }
    });

    it('ends with the session that is deleted', async () => {
      const { sessionId } = await createSession({});
      const client = open(`${base}/ws?sessionId=${sessionId}`);
      await client.log.next('session_created');
      const listed = await (await fetch(`${server.url}/session/${sessionId}`)).json();
      assert.equal(listed.status, 'active');
      assert.equal((await fetch(`${server.url}/session/${sessionId}`, { method: 'DELETE' })).status, 204);
      assert.equal((await client.closed).code, 4004);
    });
  });

  for (const path of ['/stream', '/audio/ingest']) {
    describe(`WS ${path}`, () => {
      it('hears binary audio and answers in binary, with JSON beside it', async () => {
        const { sessionId } = await createSession({ voiceConfig: { voiceId: 'rms' } }, alice);
        const client = open(`${base}${path}?token=${alice}&sessionId=${sessionId}`);
        const connected = await client.log.next('connected');
        assert.equal(connected.sessionId, sessionId);
        assert.equal(connected.voiceConfig.voiceId, 'rms');
        client.send({ type: 'start' });
        const started = await client.log.next('pipeline-started');
        await feed((base64) => client.socket.send(Buffer.from(base64, 'base64')), question, {
          rate: 16_000,
          stopped: () => client.log.of('audio').length > 0,
        });
        const complete = await client.log.next('complete');
        client.send({ type: 'stop' });
        const stopped = await client.log.next('pipeline-stopped');
        const { log } = client;
        await client.close();

        assert.equal(stopped.pipelineId, started.pipelineId);
        assert.equal(log.of('error').length, 0, log.summary());
        assert.match(log.of('transcript').find(({ isFinal }) => isFinal).text, /shop|open/i);
        assert.equal(log.of('llm-response').map(({ chunk }) => chunk).join(''), complete.text);
        assert.equal(log.of('complete').length, 1);
        assert.ok(complete.sources.length > 0);
        assert.equal(typeof complete.metrics.totalLatencyMs, 'number');
        const bytes = log.of('audio').reduce((sum, each) => sum + each.bytes.length, 0);
        assert.ok(bytes > 16_000, `${bytes} bytes of answer`);
      });
    });
  }

  describe('WS /stream', () => {
    it('answers what was said when it is told to stop, and only then says that it stopped', async () => {
      const client = open(`${base}/stream`);
      await client.log.next('connected');
      // As fast as it goes, and no silence behind it.
      for (let at = 0; at < question.length; at += 1600) {
        client.socket.send(Buffer.from(question.buffer, question.byteOffset + at * 2, Math.min(1600, question.length - at) * 2));
      }
      client.send({ type: 'stop' });
      const stopped = await client.log.next('pipeline-stopped');
      const complete = await client.log.next('complete');
      assert.ok(complete.at <= stopped.at);
      await client.close();
    });

    it('takes a binary frame for audio and a text frame for JSON, whatever they begin with', async () => {
      const client = open(`${base}/stream`);
      await client.log.next('connected');
      client.socket.send(Buffer.from('{"type": "ping"}'));
      client.socket.send(Buffer.from('{"type":"stop"}'));
      await client.log.next('pipeline-started');
      const odd = await client.log.next('error');
      assert.equal(odd.code, 'BAD_REQUEST', 'the second has half a sample');
      assert.equal(odd.message, odd.error);
      client.socket.send(Buffer.from([0x7b, 0x7d]).toString());
      await client.log.next('error', { from: client.log.events.length });
      client.send({ type: 'ping' });
      await client.log.next('pong');
      assert.equal(client.log.of('pong').length, 1);
      assert.equal(client.log.of('pipeline-stopped').length, 0);
      await client.close();
    });

    it('stops an answer when it is told to, and says so once', async () => {
      const client = open(`${base}/stream`);
      await client.log.next('connected');
      client.send({ type: 'interrupt' });
      await client.log.next('interrupted');
      const from = client.log.events.length;
      client.send({ type: 'text', text: 'How do I charge the battery of the Summit?' });
      await client.log.next('audio', { from });
      client.send({ type: 'interrupt' });
      await client.log.next('interrupted', { from });
      client.send({ type: 'ping' });
      await client.log.next('pong', { from });
      const after = client.log.events.slice(from);
      assert.equal(after.filter(({ type }) => type === 'interrupted').length, 1);
      assert.equal(after.filter(({ type }) => type === 'complete').length, 0);
      assert.equal(after.findLastIndex(({ type }) => type === 'audio') < after.findIndex(({ type }) => type === 'interrupted'), true);
      await client.close();
    });

    it('refuses a bad token and a session that there is not', async () => {
      const bad = open(`${base}/stream?token=test-token&sessionId=test-session`);
      assert.equal((await bad.log.next('error')).code, 'UNAUTHORIZED');
      assert.equal((await bad.closed).code, 4001);
      const gone = open(`${base}/stream?sessionId=test-session`);
      assert.equal((await gone.log.next('error')).code, 'NOT_FOUND');
      assert.equal((await gone.closed).code, 4004);
    });

    it('bears a flood of audio and a reader that does not read, and serves the next', async () => {
      const before = server.residentMegabytes();
      const flood = open(`${base}/stream`);
      await flood.log.next('connected');
      flood.socket._socket.pause();
      const minute = Buffer.alloc(1024 * 1024 - 2);
      for (let i = 0; i < 40; i++) flood.socket.send(minute);
      const next = open(`${base}/stream`);
      await next.log.next('connected');
      next.send({ type: 'text', text: 'What year was Harbor Bikes founded?' });
      assert.match((await next.log.next('complete')).text, /2014|twenty fourteen/i);
      await next.close();
      flood.socket.terminate();
      const grown = server.residentMegabytes() - before;
      assert.ok(grown < 150, `the server grew by ${grown.toFixed(0)} MB`);
    });

    it('refuses a message of audio that is too large and goes on', async () => {
      const client = open(`${base}/stream`);
      await client.log.next('connected');
      client.socket.send(Buffer.alloc(2 * 1024 * 1024));
      assert.equal((await client.log.next('error')).code, 'PAYLOAD_TOO_LARGE');
      client.send({ type: 'ping' });
      await client.log.next('pong');
      await client.close();
    });
  });

  it('refuses more conversations than it can hold', async () => {
    const small = await startParley({ args: ['--set', 'realtime.max_sessions=5'] });
    try {
      const url = small.url.replace(/^http/, 'ws');
      // Whatever they speak: the limit is one.
      const clients = Array.from({ length: 40 }, (_, i) => open(`${url}/${i % 2 === 0 ? 'stream' : 'v1/realtime'}`));
      const welcome = ['connected', 'session.created'];
      const first = await Promise.all(
        clients.map((client) =>
          client.log
            .next((event) => [...welcome, 'error'].includes(event.type))
            .catch((refused) => ({ type: 'refused', why: String(refused) })),
        ),
      );
      assert.equal(first.filter(({ type }) => welcome.includes(type)).length, 5);
      // Who came while there seemed to be room is told over the WebSocket, who came later by HTTP.
      for (const [i, { type, why, code, retryAfterMs, error }] of first.entries()) {
        if (type === 'refused') assert.match(why, /503/);
        if (type === 'error') assert.equal(i % 2 === 0 ? code : error.code, 'OVERLOADED');
        if (type === 'error' && i % 2 === 0) assert.ok(retryAfterMs > 0);
      }
      const late = new WebSocket(`${url}/stream`);
      late.on('error', () => {});
      const [, answer] = await once(late, 'unexpected-response');
      assert.equal(answer.statusCode, 503);
      assert.ok(Number(answer.headers['retry-after']) > 0);
      answer.destroy();
      for (const client of clients) client.socket.terminate();
    } finally {
      await small.stop();
    }
  });

  it('says goodbye when the server stops', async () => {
    const other = await startParley();
    const client = open(`${other.url.replace(/^http/, 'ws')}/ws`);
    await client.log.next('session_created');
    const how = other.stop();
    assert.equal((await client.closed).code, 1001);
    assert.equal((await how).code, 0);
  });
});
