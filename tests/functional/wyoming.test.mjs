// SPDX-License-Identifier: Apache-2.0
// Wyoming as Home Assistant speaks it: a connection for each request, and one for several.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { resample, speechAt, toBytes } from './support/audio.mjs';
import { demoDocuments, runParley, startParley, temporaryFolder } from './support/server.mjs';
import { connectWyoming } from './support/wyoming.mjs';

const portOf = (server) => Number(/Wyoming on tcp:\/\/127\.0\.0\.1:(\d+)/.exec(server.log())[1]);

describe('Wyoming', { timeout: 600_000 }, () => {
  let server;
  let port;
  let question;
  const folder = temporaryFolder({ after });
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments, '--wyoming', '127.0.0.1:0'] });
    port = portOf(server);
    question = await speechAt(16_000, folder, 'When is the shop open?');
  });
  after(() => server?.stop());

  /** The transcript of samples at a rate, sent in chunks as a microphone gives them, and all events until then. */
  const transcribe = async (client, samples, { rate = 16_000, channels = 1, pace = 0 } = {}) => {
    const format = { rate, width: 2, channels };
    client.send('transcribe', { language: 'en' });
    client.send('audio-start', { ...format, timestamp: 0 });
    const block = (rate / 50) * channels;
    for (let at = 0; at < samples.length; at += block) {
      client.send('audio-chunk', format, toBytes(samples.subarray(at, at + block)));
      if (pace > 0) await delay(pace);
    }
    client.send('audio-stop', {});
    return client.until('transcript');
  };

  it('describes itself so that Home Assistant finds everything it asks for', async () => {
    const client = await connectWyoming(port);
    client.send('describe');
    const { data } = await client.next('info');
    await client.close();
    for (const kind of ['asr', 'tts', 'handle']) {
      assert.equal(data[kind].length, 1);
      const [program] = data[kind];
      for (const each of [program, ...(program.models ?? program.voices)]) {
        assert.equal(typeof each.name, 'string');
        assert.equal(each.installed, true);
        assert.equal(typeof each.attribution.name, 'string');
        assert.equal(typeof each.attribution.url, 'string');
        assert.ok('description' in each && 'version' in each);
      }
      for (const each of program.models ?? program.voices) assert.ok(each.languages.every((tag) => /^[a-z]{2,3}/.test(tag)));
    }
    assert.ok(data.asr[0].models[0].languages.includes('en'));
    assert.ok(data.tts[0].voices.some(({ name, languages }) => name === 'slt' && languages.includes('en-US')));
    assert.equal(data.asr[0].supports_transcript_streaming, true);
    assert.equal(data.tts[0].supports_synthesize_streaming, true);
    assert.deepEqual([data.wake, data.intent, data.mic, data.snd], [[], [], [], []]);
  });

  it('hears a question, tells its words while it is being asked, and answers it aloud', async () => {
    let client = await connectWyoming(port);
    const events = await transcribe(client, question, { pace: 20 });
    await client.next('transcript-stop');
    await client.close();
    assert.equal(events[0].type, 'transcript-start');
    const chunks = events.filter(({ type }) => type === 'transcript-chunk').map(({ data }) => data.text);
    assert.ok(chunks.length > 1, 'nothing was told before the end');
    const transcript = events.at(-1).data;
    assert.match(transcript.text, /shop|open/i);
    assert.equal(transcript.language, 'en');
    assert.equal(chunks.join('').split(' ').length, transcript.text.split(' ').length);

    client = await connectWyoming(port);
    client.send('transcript', { text: transcript.text, language: 'en', context: { conversation_id: 'c1' } });
    const told = await client.until('handled-stop');
    await client.close();
    assert.equal(told[0].type, 'handled-start');
    assert.deepEqual(told[0].data.context, { conversation_id: 'c1' });
    const handled = told.at(-2);
    assert.equal(handled.type, 'handled');
    assert.equal(told.filter(({ type }) => type === 'handled-chunk').map(({ data }) => data.text).join(''), handled.data.text);
    assert.match(handled.data.text, /ten|10|six|18|monday|saturday/i);
    assert.deepEqual(handled.data.context, { conversation_id: 'c1' });

    client = await connectWyoming(port);
    client.send('synthesize', { text: handled.data.text, voice: { name: 'slt' } });
    const spoken = await client.until('audio-stop');
    assert.equal(spoken[0].type, 'audio-start');
    const sound = Buffer.concat(spoken.map(({ payload }) => payload));
    const { rate } = spoken[0].data;
    assert.ok(sound.length / 2 / rate > 1, 'it is over in no time');

    // What it says is what it wrote: it hears itself, at the voice's own rate.
    const samples = new Int16Array(sound.buffer.slice(sound.byteOffset, sound.byteOffset + sound.length));
    const heard = (await transcribe(client, samples, { rate })).at(-1).data.text;
    await client.close();
    const words = (text) => new Set(text.toLowerCase().match(/[a-z]+/g));
    const said = words(handled.data.text);
    assert.ok([...words(heard)].filter((word) => said.has(word)).length >= 3, `${heard} for ${handled.data.text}`);
  });

  it('hears the same at other rates and in stereo', async () => {
    const client = await connectWyoming(port);
    const mono = resample(question, 16_000, 44_100);
    const stereo = new Int16Array(mono.length * 2).map((_, i) => mono[i >> 1]);
    const events = await transcribe(client, stereo, { rate: 44_100, channels: 2 });
    assert.match(events.at(-1).data.text, /shop|open/i);
    await client.close();
  });

  it('speaks a text while it is still being written', async () => {
    const client = await connectWyoming(port);
    client.send('synthesize-start', { voice: { language: 'en' } });
    client.send('synthesize-chunk', { text: 'The shop is open. It cl' });
    await client.next('audio-chunk');
    client.send('synthesize-chunk', { text: 'oses at six.' });
    client.send('synthesize', { text: 'The shop is open. It closes at six.' });
    client.send('synthesize-stop');
    const events = await client.until('synthesize-stopped');
    assert.equal(events.filter(({ type }) => type === 'audio-stop').length, 1);
    assert.equal(events.at(-2).type, 'audio-stop');
    client.send('ping', { text: 'still there' });
    assert.equal((await client.next('pong')).data.text, 'still there');
    await client.close();
  });

  it('says which questions the documents do not answer', async () => {
    const client = await connectWyoming(port);
    client.send('transcript', { text: 'What is the wavelength of a helium neon laser?' });
    assert.ok((await client.next('not-handled')).data.text.length > 0);
    await client.close();
  });

  it('tells what went wrong and hangs up, and goes on serving others', async () => {
    const cases = [
      ['synthesize', { text: 'Hello.', voice: { name: 'nobody' } }, 'NOT_FOUND'],
      ['transcribe', { language: 'tlh' }, 'LANGUAGE_UNAVAILABLE'],
      ['detect', { names: ['ok_nabu'] }, 'BAD_REQUEST'],
    ];
    for (const [type, data, code] of cases) {
      const client = await connectWyoming(port);
      client.send(type, data);
      const [error] = await client.until('error');
      assert.equal(error.data.code, code);
      assert.ok(error.data.text.length > 0);
      await client.closed;
    }
    const browser = await connectWyoming(port);
    browser.socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{"type":"describe"}\n');
    assert.equal((await browser.until('error')).at(-1).data.code, 'BAD_REQUEST');
    await browser.closed;
    const gone = await connectWyoming(port);
    gone.send('synthesize', { text: 'A long text that nobody waits for. '.repeat(200) });
    gone.socket.destroy();
    const client = await connectWyoming(port);
    client.send('describe');
    await client.next('info');
    await client.close();
  });

  it('lets a request under way end when the server stops', async () => {
    const own = await startParley({ args: ['--wyoming', '127.0.0.1:0'] });
    const client = await connectWyoming(portOf(own));
    client.send('audio-start', { rate: 16_000, width: 2, channels: 1 });
    client.send('audio-chunk', { rate: 16_000, width: 2, channels: 1 }, toBytes(question));
    client.send('ping');
    await client.next('pong');
    const stopped = own.stop();
    client.send('audio-stop');
    assert.match((await client.next('transcript')).data.text, /shop|open/i);
    await client.closed;
    assert.equal((await stopped).code, 0);
  });

  it('is off unless asked for, and refuses what is no address', async () => {
    const shown = await runParley(['serve', '--check-config']);
    assert.match(shown.stdout, /realtime\.wyoming = ""/);
    const asked = await runParley(['serve', '--check-config', '--wyoming']);
    assert.match(asked.stdout, /realtime\.wyoming = "127\.0\.0\.1:10300"/);
    const wrong = await runParley(['serve', '--check-config', '--wyoming', 'here']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /realtime\.wyoming/);
  });

  it('doctor calls an address that others can reach unauthenticated', async () => {
    const { stdout } = await runParley(['doctor', '--set', 'realtime.wyoming=0.0.0.0:10300']);
    assert.match(stdout, /wyoming .*0\.0\.0\.0:10300, UNAUTHENTICATED/);
  });
});
