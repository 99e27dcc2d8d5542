// SPDX-License-Identifier: Apache-2.0
// Sessions are recorded when their owner agrees to it, and for nobody else's ears.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { feed, speechAt } from './support/audio.mjs';
import { connect, EventLog } from './support/realtime.mjs';
import { demoDocuments, mintToken, runParley, startParley, temporaryFolder } from './support/server.mjs';

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]);
}

async function until(what, look) {
  for (let tries = 0; tries < 400; ++tries) {
    const seen = await look();
    if (seen) return seen;
    await delay(50);
  }
  throw new Error(`${what} did not come about`);
}

/** The pages of an Ogg file: its first packet, and the position behind its last sample, at 48 kHz. */
function readOgg(bytes) {
  let at = 0;
  let head;
  let end;
  while (at < bytes.length) {
    assert.equal(bytes.toString('latin1', at, at + 4), 'OggS', `a page at ${at}`);
    const segments = bytes[at + 26];
    const body = at + 27 + segments;
    const size = bytes.subarray(at + 27, body).reduce((sum, length) => sum + length, 0);
    head ??= bytes.subarray(body, body + size);
    end = Number(bytes.readBigInt64LE(at + 6));
    at = body + size;
  }
  return { channels: head[9], seconds: (end - head.readUInt16LE(10)) / 48_000, name: head.toString('latin1', 0, 8) };
}

describe('recordings', { timeout: 600_000 }, () => {
  let server;
  let folder;
  let alice;
  let bob;
  let question;
  const temporary = temporaryFolder({ after });
  const recordings = join(temporary, 'recordings');
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments, '--set', `conversation.recording_folder=${recordings}`] });
    alice = await mintToken(server, '--user', 'alice');
    bob = await mintToken(server, '--user', 'bob');
    question = await speechAt(16_000, temporary, 'When is the shop open?');
  });
  after(() => server?.stop());

  const call = (method, path, { token = alice, body } = {}) =>
    fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const create = async (body) => (await call('POST', '/session/create', { body })).json();

  /** Asks the question aloud over /stream and waits until the answer has been played. */
  async function talk(sessionId, { during = async () => {} } = {}) {
    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/stream?token=${alice}&sessionId=${sessionId}`);
    const log = new EventLog();
    socket.on('message', (data, isBinary) => log.add(isBinary ? { type: 'audio' } : JSON.parse(data.toString())));
    socket.on('close', () => log.end('closed'));
    const connected = await log.next('connected');
    const played = () => log.of('complete').length > 0 && log.of('state').at(-1)?.state === 'idle';
    await feed((audio) => socket.send(Buffer.from(audio, 'base64')), question, { rate: 16_000, stopped: played });
    await during();
    const closed = new Promise((settle) => socket.on('close', settle));
    socket.close();
    await closed;
    return { connected, log };
  }

  it('hold both sides of a conversation whose owner agreed, and go to the owner alone', async () => {
    const session = await create({ recording: { consent: true } });
    assert.deepEqual(session.recording, { consent: true, active: false });
    let during;
    const { connected } = await talk(session.sessionId, {
      during: async () => {
        during = await (await call('GET', `/session/${session.sessionId}`)).json();
        assert.equal((await call('GET', `/session/${session.sessionId}/recording`)).status, 409, 'while it is made');
      },
    });
    assert.deepEqual(connected.recording, { consent: true, active: true });
    assert.deepEqual(during.recording, { consent: true, active: true });

    const path = `/session/${session.sessionId}/recording`;
    const fetched = await until('the recording', async () => {
      const response = await call('GET', path);
      return response.status === 200 ? response : undefined;
    });
    assert.equal(fetched.headers.get('content-type'), 'audio/ogg');
    const bytes = Buffer.from(await fetched.arrayBuffer());
    assert.equal(fetched.headers.get('accept-ranges'), 'bytes');
    const part = await fetch(server.url + path, { headers: { authorization: `Bearer ${alice}`, range: 'bytes=1000-1999' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes 1000-1999/${bytes.length}`);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(1000, 2000));
    const ogg = readOgg(bytes);
    assert.equal(ogg.name, 'OpusHead');
    assert.equal(ogg.channels, 2);
    assert.ok(ogg.seconds > question.length / 16_000 + 1, `${ogg.seconds} s`);
    const [file] = filesIn(recordings);
    assert.equal(statSync(file).mode & 0o077, 0, 'the file is for its owner alone');
    assert.equal(statSync(recordings).mode & 0o077, 0);

    const { recordings: listed } = await (await call('GET', '/api/session/recordings')).json();
    assert.deepEqual(listed.map(({ sessionId, bytes: size, finished }) => [sessionId, size, finished]), [[session.sessionId, bytes.length, true]]);
    assert.equal((await call('GET', path, { token: bob })).status, 403);
    assert.equal((await call('DELETE', path, { token: bob })).status, 403);
    assert.deepEqual((await (await call('GET', '/session/recordings', { token: bob })).json()).recordings, []);

    const copy = join(temporary, 'copy.ogg');
    writeFileSync(copy, bytes);
    const heard = await runParley(['transcribe', copy]);
    assert.match(heard.stdout, /open[^]*(ten|10|Monday|closed)/i, 'the question, then its answer');
    const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', copy, '-f', 's16le', '-ar', '16000', '-'], { maxBuffer: 1 << 28 });
    const samples = new Int16Array(decoded.stdout.buffer.slice(decoded.stdout.byteOffset, decoded.stdout.byteOffset + decoded.stdout.length));
    const side = (channel) => samples.filter((_, i) => i % 2 === channel).map(Math.abs);
    const loud = (channel) => [side(channel).findIndex((v) => v > 2000), side(channel).findLastIndex((v) => v > 2000)];
    const [[, asked], [answers]] = [loud(0), loud(1)];
    assert.ok(asked > 0 && answers > asked, `the answer (${answers}) begins behind the question (${asked})`);
    assert.ok(answers - asked < 3 * 16_000, `${(answers - asked) / 16_000} s behind it`);

    assert.equal((await call('DELETE', path)).status, 204);
    assert.equal((await call('GET', path)).status, 404);
    assert.deepEqual(filesIn(recordings), []);
  });

  it('are not made of a session whose owner did not agree', async () => {
    const session = await create({});
    assert.deepEqual(session.recording, { consent: false, active: false });
    const { connected } = await talk(session.sessionId);
    assert.deepEqual(connected.recording, { consent: false, active: false });
    assert.deepEqual(filesIn(recordings), []);
    assert.equal((await call('GET', `/session/${session.sessionId}/recording`)).status, 404);
    for (const recording of [true, { consent: 'yes' }, { consent: 1 }]) {
      assert.equal((await call('POST', '/session/create', { body: { recording } })).status, 400);
    }
  });

  it('end and are gone when consent is taken back', async () => {
    const { sessionId } = await create({ recording: { consent: true } });
    await talk(sessionId, {
      during: async () => {
        await until('a file', () => filesIn(recordings).length === 1);
        const changed = await (await call('PATCH', `/session/${sessionId}/config`, { body: { recording: { consent: false } } })).json();
        assert.deepEqual(changed.recording, { consent: false, active: false });
        assert.deepEqual(filesIn(recordings), [], 'before anybody is told so');
      },
    });
    await until('the end of the session', async () => (await (await call('GET', `/session/${sessionId}`)).json()).status === 'pending');
    assert.deepEqual(filesIn(recordings), []);
  });

  it('begin in a conversation that is under way when its owner agrees', async () => {
    const { sessionId } = await create({});
    const configure = async (consent) =>
      (await (await call('PATCH', `/session/${sessionId}/config`, { body: { recording: { consent } } })).json()).recording;
    const { log } = await talk(sessionId, {
      during: async () => {
        await configure(true);
        await until('a recording', async () => (await (await call('GET', `/session/${sessionId}`)).json()).recording.active);
        await configure(false);
      },
    });
    assert.deepEqual(log.of('recording').map(({ active, ended }) => [active, ended]), [[true, undefined], [false, 'withdrawn']]);
    assert.deepEqual(filesIn(recordings), []);
  });

  it('are made of OpenAI Realtime sessions from the consent on, and removed when it is taken back', async () => {
    const client = await connect(server.wsUrl);
    const created = client.log.of('session.created')[0];
    assert.equal(created.session.recording, undefined);
    const update = async (consent) => {
      const from = client.log.events.length;
      client.send({ type: 'session.update', session: { type: 'realtime', recording: { consent } } });
      return (await client.log.next('session.updated', { from })).session.recording;
    };
    assert.deepEqual(await update(true), { consent: true, active: true });
    for (let i = 0; i < 100; ++i) client.append(Buffer.alloc(4800).toString('base64'));
    await until('a file', () => filesIn(recordings).length === 1);
    assert.equal(await update(false), undefined);
    await until('no file', () => filesIn(recordings).length === 0);
    await client.close();
    assert.deepEqual(filesIn(recordings), []);
  });

  it('of a killed process are kept as far as they were written', async () => {
    const other = await startParley({ args: ['--set', `conversation.recording_folder=${recordings}`] });
    const client = await connect(other.wsUrl);
    client.send({ type: 'session.update', session: { type: 'realtime', recording: { consent: true } } });
    await client.log.next('session.updated');
    for (let i = 0; i < 200; ++i) client.append(Buffer.alloc(4800).toString('base64'));
    await until('twelve seconds', () => {
      const [file] = filesIn(recordings);
      return file?.endsWith('.partial') && statSync(file).size > 1000 && readOgg(readFileSync(file)).seconds > 12;
    });
    await other.stop('SIGKILL');
    const next = await startParley({ args: ['--set', `conversation.recording_folder=${recordings}`] });
    try {
      const [recording] = await until('the recording', async () => {
        const { recordings: listed } = await (await fetch(`${next.url}/session/recordings`)).json();
        return listed.length === 1 && listed[0].finished ? listed : undefined;
      });
      const response = await fetch(`${next.url}/session/${recording.sessionId}/recording`);
      assert.equal(response.status, 200);
      assert.ok(readOgg(Buffer.from(await response.arrayBuffer())).seconds > 12);
      assert.equal((await fetch(`${next.url}/session/${recording.sessionId}/recording`, { method: 'DELETE' })).status, 204);
      assert.deepEqual(filesIn(recordings), []);
    } finally {
      await next.stop();
    }
  });
});
