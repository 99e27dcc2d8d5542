// SPDX-License-Identifier: Apache-2.0
// A voice that is kept: enrolled, heard with after a restart, deleted, and nobody else's.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { noise, readWav, resample, speak, toBytes } from './support/audio.mjs';
import { EventLog } from './support/realtime.mjs';
import { mintToken, runParley, startParley, temporaryFolder } from './support/server.mjs';

const model = '/usr/share/pocketsphinx/model/en-us/en-us';
const skip = existsSync(model) ? false : 'the embedded recogniser is not installed';
const voice = 'awb';
const said = [
  'My sister has bought two old houses near the lake.',
  'The morning train is usually full of people who read the news.',
  'Could you tell me which of these roads goes to the village?',
];

/** Says recordings (16 kHz) one after the other in one session, and gives what was heard. */
async function hear(server, token, recordings) {
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/stream?token=${token}`);
  const log = new EventLog();
  socket.on('message', (data, isBinary) => isBinary || log.add(JSON.parse(data.toString())));
  socket.on('close', (code) => log.end(`closed ${code}`));
  socket.on('error', (error) => log.end(String(error)));
  await log.next('connected');
  const heard = [];
  for (const samples of recordings) {
    const from = log.events.length;
    socket.send(JSON.stringify({ type: 'start' }));
    socket.send(toBytes(samples));
    socket.send(JSON.stringify({ type: 'stop' }));
    await log.next('pipeline-stopped', { from });
    heard.push(log.events.slice(from).filter(({ type, isFinal }) => type === 'transcript' && isFinal).map(({ text }) => text).join(' '));
  }
  socket.close();
  return heard;
}

const wordsOf = (text) => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** How many words of what was said were not heard. */
function missed(heard) {
  return said.reduce((sum, sentence, i) => sum + wordsOf(sentence).filter((word) => !wordsOf(heard[i]).includes(word)).length, 0);
}

describe('the speaker profile', { timeout: 900_000, skip }, () => {
  const folder = temporaryFolder({ after });
  const dataDir = join(folder, 'data');
  let server;
  let alice;
  let bob;
  let sentences;
  let recordings;
  const spoken = [];

  const start = async () => {
    server = await startParley({ dataDir });
    alice = await mintToken(server, '--user', 'alice');
    bob = await mintToken(server, '--user', 'bob');
  };
  const call = async (method, path, { token, body, type = 'application/json' } = {}) => {
    const headers = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': type } : {}) };
    const response = await fetch(`${server.url}/api/v1/speaker-profile${path}`, { method, headers, body });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const agree = (token) => call('PUT', '/consent', { token, body: JSON.stringify({ wording: 1 }) });
  const secondsOf = async (token) => (await call('GET', '', { token })).body.kept[0]?.seconds ?? 0;

  before(async () => {
    await start();
    sentences = (await call('GET', '')).body.sentences;
    recordings = [];
    for (const { id, text } of sentences) recordings.push(await speak(folder, text, { voice, name: `sentence-${id}` }));
    for (const [i, text] of said.entries()) {
      const { rate, samples } = readWav(await speak(folder, text, { voice, name: `said-${i}` }));
      spoken.push(Int16Array.from([...noise(8000), ...resample(samples, rate, 16_000), ...noise(8000)]));
    }
  });
  after(() => server?.stop());

  it('keeps nothing of those who have not agreed', async () => {
    const recording = await readFile(recordings[0]);
    const refused = await call('POST', '/recordings/1', { token: alice, body: recording, type: 'audio/wav' });
    assert.equal(refused.status, 403);
    await hear(server, alice, spoken.slice(0, 1));
    const { body } = await call('GET', '', { token: alice });
    assert.equal(body.consent, null);
    assert.deepEqual(body.kept, []);
    assert.ok(body.wording.text.length > 0 && sentences.length >= 5);
  });

  it('asks for the wording that holds now, and refuses guests and strangers', async () => {
    assert.equal((await call('PUT', '/consent', { token: alice, body: '{"wording":0}' })).status, 409);
    const { token } = await (await fetch(`${server.url}/session/create`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"guest":true}' })).json();
    const guest = await agree(token);
    assert.equal(guest.status, 403);
    assert.match(guest.body.error.message, /guest/);
    assert.equal((await agree('nonsense')).status, 401);
    const foreign = await fetch(`${server.url}/api/v1/speaker-profile`, { method: 'DELETE', headers: { origin: 'https://elsewhere.example' } });
    assert.equal(foreign.status, 403);
  });

  it('refuses recordings that are none of the sentence', async () => {
    assert.equal((await agree(alice)).status, 200);
    const send = (sentence, body) => call('POST', `/recordings/${sentence}`, { token: alice, body, type: 'audio/wav' });
    const other = await send('1', await readFile(recordings[1]));
    assert.equal(other.status, 400, JSON.stringify(other.body));
    assert.equal((await send('nine', await readFile(recordings[0]))).status, 404);
    assert.ok([400, 415].includes((await send('1', Buffer.from('no audio at all'))).status));
    assert.equal((await send('1', Buffer.alloc(9_000_000))).status, 413);
    assert.deepEqual((await call('GET', '', { token: alice })).body.kept, []);
  });

  it('learns a voice, keeps it over a restart, hears it with it and goes on learning', async () => {
    const before = await hear(server, bob, [spoken[0], ...spoken]);
    for (const [i, { id }] of sentences.entries()) {
      const enrolled = await call('POST', `/recordings/${id}`, { token: alice, body: await readFile(recordings[i]), type: 'audio/wav' });
      assert.equal(enrolled.status, 200, `${sentences[i].text}: ${JSON.stringify(enrolled.body)}`);
      assert.ok(enrolled.body.seconds > 0.5 && enrolled.body.seconds < 8, JSON.stringify(enrolled.body));
    }
    const learnt = await secondsOf(alice);
    assert.ok(learnt > 10, `${learnt} s`);

    assert.equal((await server.stop()).code, 0);
    await start();
    assert.equal(await secondsOf(alice), learnt);
    // The voice is there a moment after the session is.
    const after = await hear(server, alice, [spoken[0], ...spoken]);
    assert.ok(missed(after.slice(1)) <= missed(before.slice(1)), `${before.join(' / ')} -> ${after.join(' / ')}`);
    assert.notDeepEqual(after.slice(1), before.slice(1), 'it is heard otherwise');
    const deadline = Date.now() + 60_000;
    while ((await secondsOf(alice)) <= learnt) {
      assert.ok(Date.now() < deadline, 'what the session learnt is kept');
      await delay(500);
    }
    assert.deepEqual((await call('GET', '', { token: bob })).body.kept, []);
    assert.deepEqual((await call('GET', '')).body.kept, [], 'nor is it the local user\'s');
  });

  it('hears others as before', async () => {
    assert.equal((await agree(bob)).status, 200);
    const [first] = await hear(server, bob, [spoken[0]]);
    assert.ok(first.length > 0);
    assert.equal((await call('DELETE', '', { token: bob })).status, 204);
    assert.ok((await secondsOf(alice)) > 10);
  });

  it('deletes what is kept, at once', async () => {
    assert.equal((await call('DELETE', '', { token: alice })).status, 204);
    const { body } = await call('GET', '', { token: alice });
    assert.equal(body.consent, null);
    assert.deepEqual(body.kept, []);
    await hear(server, alice, spoken.slice(0, 1));
    assert.deepEqual((await call('GET', '', { token: alice })).body.kept, []);
    assert.equal((await call('DELETE', '', { token: alice })).status, 204, 'again is no error');
  });

  it('is had from the command line, with and without a server', async () => {
    const profile = (...args) => runParley(['profile', ...args, '--data', dataDir]);
    const refused = await profile('enrol', recordings[0]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /consent/);
    const throughServer = await profile('enrol', '--agree', '--json', ...recordings.slice(0, 2));
    assert.equal(throughServer.code, 0, throughServer.stderr);
    assert.deepEqual(throughServer.objects().map(({ sentence }) => sentence), ['1', '2']);
    const theirs = await profile('show', '--user', 'alice', '--json');
    assert.equal(theirs.objects()[0].consent, null);

    assert.equal((await server.stop()).code, 0);
    const shown = await profile('show', '--json');
    assert.equal(shown.code, 0, shown.stderr);
    assert.ok(shown.objects()[0].kept[0].seconds > 2);
    const more = await profile('enrol', '--json', ...recordings.slice(0, 3));
    assert.equal(more.code, 0, more.stderr);
    const forgotten = await profile('forget');
    assert.equal(forgotten.code, 0, forgotten.stderr);
    assert.equal((await profile('show', '--json')).objects()[0].consent, null);
    assert.equal((await profile('forget', recordings[0])).code, 2);
    assert.equal((await profile('enrol')).code, 2);
    await start();
  });
});
