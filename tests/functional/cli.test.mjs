// SPDX-License-Identifier: Apache-2.0
// The command line: what each command prints, writes and ends with, on good input and on bad.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { noise, readWav, resample, speak, writeMuLawWav, writeWav } from './support/audio.mjs';
import { cleanEnvironment, demoDocuments, parleyBinary, projectRoot, runParley, startParley, temporaryFolder } from './support/server.mjs';

const done = 0;
const failed = 1;
const wrongUsage = 2;

function assertClearError(result, pattern, codes = [failed]) {
  assert.ok(codes.includes(result.code), `code ${result.code}: ${result.stdout}${result.stderr}`);
  assert.match(result.stderr, pattern);
  assert.ok(result.stderr.trim().split('\n').length <= 3, `a short message, not:\n${result.stderr}`);
  assert.doesNotMatch(result.stderr, /\.cpp|std::|terminate called|AddressSanitizer/);
}

describe('parley', { timeout: 600_000 }, () => {
  it('says its version, and its help names every command', async () => {
    const version = await runParley(['version']);
    assert.equal(version.code, done);
    const declared = /project\(parley VERSION (\S+)/.exec(readFileSync(join(projectRoot, 'CMakeLists.txt'), 'utf8'))[1];
    assert.ok(version.stdout.includes(declared), version.stdout);
    const help = await runParley(['--help']);
    assert.equal(help.code, done);
    for (const command of ['serve', 'talk', 'transcribe', 'say', 'index', 'ask', 'models', 'replay', 'doctor', 'version']) {
      assert.match(help.stdout, new RegExp(`\\b${command}\\b`));
      assert.equal((await runParley([command, '--help'])).code, done, `${command} --help`);
    }
  });

  it('ends with 2 on wrong usage, and says what was wrong', async () => {
    for (const args of [[], ['sing'], ['say'], ['say', 'hello'], ['transcribe'], ['talk'], ['version', '--loud'], ['serve', '--roles']]) {
      const result = await runParley(args);
      assert.equal(result.code, wrongUsage, `parley ${args.join(' ')}: ${result.stdout}${result.stderr}`);
      assert.ok(result.stderr.length > 0, `parley ${args.join(' ')} says nothing`);
    }
  });

  it('keeps docs/configuration.md as the binary describes its settings', async () => {
    const { code, stdout } = await runParley(['serve', '--config-reference']);
    assert.equal(code, done);
    assert.equal(readFileSync(join(projectRoot, 'docs/configuration.md'), 'utf8'), stdout,
      'write it anew: build/release/parley serve --config-reference > docs/configuration.md');
  });

  it('doctor says which engines there are and where text and audio go', async () => {
    const { code, stdout } = await runParley(['doctor']);
    assert.equal(code, done, stdout);
    for (const part of [/pocketsphinx/i, /flite/i, /extractive/i, /this machine/i]) assert.match(stdout, part);
  });
});

describe('parley say and transcribe', { timeout: 600_000 }, () => {
  it('writes speech in each voice, and reads it back', async (context) => {
    const folder = temporaryFolder(context);
    for (const voice of ['slt', 'rms', 'awb']) {
      const path = await speak(folder, 'The meeting starts at seven in the morning.', { voice, name: voice });
      const { rate, channels, samples } = readWav(path);
      assert.equal(channels, 1);
      const seconds = samples.length / rate;
      assert.ok(seconds > 1.2 && seconds < 6, `${voice}: ${seconds} s`);

      const { code, stderr, objects } = await runParley(['transcribe', path, '--json']);
      assert.equal(code, done, stderr);
      const [result] = objects();
      assert.deepEqual(
        Object.keys(result).sort(),
        ['duration', 'engine', 'file', 'language', 'spoken', 'text', 'words'],
      );
      assert.equal(result.file, path);
      assert.ok(Math.abs(result.duration - seconds) < 0.05, `${result.duration} s of ${seconds} s`);
      assert.match(result.spoken, /meeting|morning|seven/);
      assert.equal(result.spoken, result.spoken.toLowerCase());
      assert.ok(result.words.length >= 3);
      let last = 0;
      for (const { text, start, end, confidence } of result.words) {
        assert.ok(text.length > 0 && start >= last - 0.05 && end > start && end <= result.duration + 0.1, JSON.stringify(result.words));
        assert.ok(confidence >= 0 && confidence <= 1);
        last = end;
      }
    }
  });

  it('takes several files and prints one object a line', async (context) => {
    const folder = temporaryFolder(context);
    const one = await speak(folder, 'good morning', { name: 'one' });
    const two = await speak(folder, 'good evening', { name: 'two' });
    const { code, objects } = await runParley(['transcribe', one, two, '--json']);
    assert.equal(code, done);
    assert.deepEqual(objects().map((object) => object.file), [one, two]);
  });

  it('writes subtitles, of several recordings into a folder', async (context) => {
    const folder = temporaryFolder(context);
    const one = await speak(folder, 'good morning to you all', { name: 'one' });
    const two = await speak(folder, 'good evening to you all', { name: 'two' });
    const time = String.raw`\d\d:\d\d:\d\d`;
    const srt = await runParley(['transcribe', one, '--format', 'srt']);
    assert.equal(srt.code, done, srt.stderr);
    assert.match(srt.stdout, new RegExp(`^1\n${time},\\d{3} --> ${time},\\d{3}\n\\S`));
    const vtt = await runParley(['transcribe', one, two, '--format', 'vtt', '--out', join(folder, 'out')]);
    assert.equal(vtt.code, done, vtt.stderr);
    for (const name of ['one.vtt', 'two.vtt']) {
      const text = readFileSync(join(folder, 'out', name), 'utf8');
      assert.match(text, new RegExp(`^WEBVTT\n\n${time}\\.\\d{3} --> ${time}\\.\\d{3}\n\\S`));
    }
    for (const args of [[one, two, '--format', 'srt'], [one, one, '--out', folder], [one, '--format', 'doc']]) {
      assert.equal((await runParley(['transcribe', ...args])).code, wrongUsage, args.join(' '));
    }
  });

  it('names an unknown voice and how to list those that there are', async (context) => {
    const result = await runParley(['say', 'hello', '-o', join(temporaryFolder(context), 'x.wav'), '--voice', 'nobody']);
    assert.ok([failed, wrongUsage].includes(result.code), `code ${result.code}`);
    assert.match(result.stderr, /nobody/);
    assert.match(result.stderr, /say --voices/);
    const voices = await runParley(['say', '--voices']);
    assert.equal(voices.code, done, voices.stderr);
    assert.match(voices.stdout, /^slt +en-US/m);
    assert.equal((await runParley(['say', '--voice', 'slt'])).code, wrongUsage);
  });

  it('tells when each word is said', async (context) => {
    const path = join(temporaryFolder(context), 'x.wav');
    const { code, stderr, objects } = await runParley(['say', 'Two words. And three more.', '-o', path, '--json']);
    assert.equal(code, done, stderr);
    const [{ file, words }] = objects();
    assert.equal(file, path);
    assert.deepEqual(words.map(({ text }) => text), ['Two', 'words.', 'And', 'three', 'more.']);
    const times = words.flatMap(({ start, end }) => [start, end]);
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    const { rate, samples } = readWav(path);
    assert.ok(times.at(-1) <= samples.length / rate);
  });

  it('speaks SSML with its breaks, and says where it is wrong', async (context) => {
    const folder = temporaryFolder(context);
    const say = async (inside, name) => {
      const path = join(folder, `${name}.wav`);
      const result = await runParley(['say', '--ssml', `<speak>${inside}</speak>`, '-o', path]);
      assert.equal(result.code, done, result.stderr);
      const { rate, samples } = readWav(path);
      return samples.length / rate;
    };
    const plain = await say('Two words.', 'plain');
    const paused = await say('Two words.<break time="2s"/>', 'paused');
    assert.ok(Math.abs(paused - plain - 2) < 0.2, `${plain} s, ${paused} s`);
    const slow = await say('<prosody rate="50%">Two words.</prosody>', 'slow');
    assert.ok(slow > plain * 1.3, `${plain} s, ${slow} s`);
    const wrong = await runParley(['say', '--ssml', '<speak>a <b>c</b></speak>', '-o', join(folder, 'wrong.wav')]);
    assertClearError(wrong, /line 1, column 10: the element <b> is not supported/);
  });

  it('refuses text without a word to say', async (context) => {
    assertClearError(await runParley(['say', '   ', '-o', join(temporaryFolder(context), 'x.wav')]), /text|say|empty/i);
  });

  it('says when the output cannot be written', async (context) => {
    assertClearError(await runParley(['say', 'hello', '-o', join(temporaryFolder(context), 'no/such/folder/x.wav')]), /no\/such\/folder/);
  });

  it('hears telephone sound: 8 kHz stereo µ-law', async (context) => {
    const folder = temporaryFolder(context);
    const { rate, samples } = readWav(await speak(folder, 'The meeting starts at seven in the morning.'));
    const narrow = resample(samples, rate, 8000);
    const stereo = new Int16Array(narrow.length * 2);
    narrow.forEach((sample, i) => (stereo[2 * i] = stereo[2 * i + 1] = sample));
    const path = writeMuLawWav(join(folder, 'telephone.wav'), stereo, { rate: 8000, channels: 2 });
    const { code, stderr, objects } = await runParley(['transcribe', path, '--json']);
    assert.equal(code, done, stderr);
    const [result] = objects();
    assert.ok(Math.abs(result.duration - narrow.length / 8000) < 0.1, `${result.duration} s`);
    assert.ok(result.spoken.length > 0);
  });

  it('hears nothing in silence and in room noise, and says so', async (context) => {
    const folder = temporaryFolder(context);
    for (const [name, samples] of [['silence', new Int16Array(48_000)], ['room', noise(48_000)]]) {
      const path = writeWav(join(folder, `${name}.wav`), samples, { rate: 16_000 });
      const { code, stderr, objects } = await runParley(['transcribe', path, '--json']);
      assert.equal(code, done, stderr);
      assert.equal(objects()[0].text, '');
      assert.deepEqual(objects()[0].words, []);
    }
  });

  it('gives a clear error for each file that is no sound', async (context) => {
    const folder = temporaryFolder(context);
    const write = (name, bytes) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const speech = readFileSync(await speak(folder, 'good morning'));
    const picture = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    mkdirSync(join(folder, 'folder.wav'));
    const bad = [
      ['empty.wav', write('empty.wav', '')],
      ['picture.wav', write('picture.wav', picture)],
      ['cut_in_header.wav', write('cut_in_header.wav', speech.subarray(0, 30))],
      ['no_samples.wav', write('no_samples.wav', speech.subarray(0, 44))],
      ['text.wav', write('text.wav', 'not a sound\n')],
      ['folder.wav', join(folder, 'folder.wav')],
      ['gone.wav', join(folder, 'gone.wav')],
    ];
    for (const [name, path] of bad) {
      assertClearError(await runParley(['transcribe', path, '--json']), new RegExp(name.replace('.', '\\.')));
    }
  });

  it('hears as much of a truncated WAV as is there', async (context) => {
    const folder = temporaryFolder(context);
    const whole = readFileSync(await speak(folder, 'The meeting starts at seven in the morning.'));
    const path = join(folder, 'truncated.wav');
    const kept = Math.floor(whole.length * 0.6);
    writeFileSync(path, whole.subarray(0, kept));
    const { code, stderr, objects } = await runParley(['transcribe', path, '--json']);
    assert.equal(code, done, stderr);
    const { rate } = readWav(path);
    assert.ok(Math.abs(objects()[0].duration - (kept - 44) / 2 / rate) < 0.1, JSON.stringify(objects()[0]));
    assert.match(stderr, /truncated\.wav.*(damaged|cut off)/i);
  });

  it('goes on to the next file after a bad one, and ends with 1', async (context) => {
    const folder = temporaryFolder(context);
    const good = await speak(folder, 'good morning');
    const bad = join(folder, 'bad.wav');
    writeFileSync(bad, 'no');
    const result = await runParley(['transcribe', bad, good, '--json']);
    assert.equal(result.code, failed);
    assert.match(result.stderr, /bad\.wav/);
    assert.ok(result.objects().some((object) => object.file === good && object.spoken.length > 0));
  });
});

describe('parley talk', { timeout: 600_000 }, () => {
  it('answers a spoken question aloud from the documents', async (context) => {
    const folder = temporaryFolder(context);
    const question = await speak(folder, 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const out = join(folder, 'answers');
    const { code, stderr, objects } = await runParley(['talk', '--audio', question, '--docs', demoDocuments, '--json', '--out', out]);
    assert.equal(code, done, stderr);
    const [turn, ...more] = objects();
    assert.equal(more.length, 0, 'one question, one turn');
    assert.equal(turn.file, question);
    assert.match(turn.spoken, /hotel/);
    assert.match(turn.answer, /140|one hundred (and )?forty/i);
    assert.ok(turn.answer.split(/\s+/).length <= 45, turn.answer);

    const [citation] = turn.citations;
    assert.equal(citation.document, 'travel.md');
    assert.match(citation.title, /^Business Travel/);
    assert.equal(Buffer.byteLength(citation.quote), citation.end - citation.start);
    const plain = (text) => text.replace(/[*_`#>|\s-]+/g, ' ').trim();
    const source = plain(readFileSync(join(demoDocuments, 'travel.md'), 'utf8'));
    assert.ok(source.includes(plain(citation.quote)), `the source does not say: ${citation.quote}`);

    for (const name of ['endpoint', 'asr_final', 'retrieval', 'llm_first_token', 'tts_first_audio', 'voice_to_voice']) {
      assert.equal(typeof turn.timings_ms[name], 'number', `${name} in ${JSON.stringify(turn.timings_ms)}`);
    }
    // How fast it is, the benchmark of the voice measures on a quiet machine.
    assert.ok(turn.timings_ms.voice_to_voice > 100, JSON.stringify(turn.timings_ms));
    assert.equal(typeof turn.engines, 'object');
    assert.ok(existsSync(turn.audio), `the answer lies at ${turn.audio}`);
    const { rate, samples } = readWav(turn.audio);
    assert.ok(samples.length / rate > 0.5);
  });

  it('says so when the documents do not hold the answer', async (context) => {
    const question = await speak(temporaryFolder(context), 'How do I bake a chocolate cake?');
    const { code, stderr, objects } = await runParley(['talk', '--audio', question, '--docs', demoDocuments, '--json']);
    assert.equal(code, done, stderr);
    assert.equal(objects()[0].refused, true);
    assert.deepEqual(objects()[0].citations, []);
    assert.match(objects()[0].answer, /\b(not|don't|do not|cannot|couldn't|could not|no)\b/i);
  });

  it('takes no turn out of a file without speech', async (context) => {
    const folder = temporaryFolder(context);
    const path = writeWav(join(folder, 'room.wav'), noise(32_000), { rate: 16_000 });
    const result = await runParley(['talk', '--audio', path, '--docs', demoDocuments, '--json']);
    assertClearError(result, /room\.wav.*words/i);
    assert.deepEqual(result.objects(), []);
  });

  it('gives a clear error for sound or documents that are not there', async (context) => {
    const folder = temporaryFolder(context);
    assertClearError(await runParley(['talk', '--audio', join(folder, 'gone.wav'), '--docs', demoDocuments]), /gone\.wav/);
    const question = await speak(folder, 'good morning');
    assertClearError(await runParley(['talk', '--audio', question, '--docs', join(folder, 'gone')]), /gone/);
  });
});

describe('parley index and ask', { timeout: 600_000 }, () => {
  it('answers from what was indexed, with the place it stands at', async (context) => {
    const folder = temporaryFolder(context);
    const data = join(folder, 'data');
    const note = join(folder, 'shed.txt');
    writeFileSync(note, 'Bring it back by noon. The key of the garden shed hangs behind the blue door.\n');
    const indexed = await runParley(['index', note, '--data', data]);
    assert.equal(indexed.code, done, indexed.stderr);
    const { code, stderr, objects } = await runParley(['ask', 'Where is the key of the garden shed?', '--data', data, '--json']);
    assert.equal(code, done, stderr);
    const [{ answer, citations }] = objects();
    assert.match(answer, /behind the blue door/);
    assert.equal(citations[0].document, 'shed.txt');
    assert.equal(readFileSync(note).subarray(citations[0].start, citations[0].end).toString(), citations[0].quote);

    // Indexed again, it stands there once; changed, it answers as changed.
    writeFileSync(note, 'The key of the garden shed hangs in the kitchen.\n');
    assert.equal((await runParley(['index', note, '--data', data])).code, done);
    const again = await runParley(['ask', 'Where is the key of the garden shed?', '--data', data]);
    assert.equal(again.code, done);
    assert.match(again.stdout, /kitchen/);
    assert.doesNotMatch(again.stdout, /blue door/);
  });

  it('goes through the server that holds the data', async (context) => {
    const folder = temporaryFolder(context);
    const server = await startParley({ dataDir: join(folder, 'data') });
    try {
      const note = join(folder, 'note.txt');
      writeFileSync(note, 'The wifi password of the harbour office is printed under the router.\n');
      const indexed = await runParley(['index', note, '--data', server.dataDir]);
      assert.equal(indexed.code, done, indexed.stderr);
      const asked = await runParley(['ask', 'Where is the wifi password printed?', '--data', server.dataDir]);
      assert.equal(asked.code, done, asked.stderr);
      assert.match(asked.stdout, /under the router/);
    } finally {
      await server.stop();
    }
  });

  it('names each file it could not take, takes the others and ends with 1', async (context) => {
    const folder = temporaryFolder(context);
    const data = join(folder, 'data');
    writeFileSync(join(folder, 'good.txt'), 'The spare fuse lies in the drawer under the printer.\n');
    writeFileSync(join(folder, 'empty.txt'), '');
    writeFileSync(join(folder, 'binary.txt'), Buffer.from([0, 1, 2, 255, 254, 0, 0, 7]));
    const result = await runParley(['index', folder, '--data', data]);
    assert.equal(result.code, failed, result.stdout + result.stderr);
    for (const name of [/empty\.txt/, /binary\.txt/]) assert.match(result.stderr, name);
    const asked = await runParley(['ask', 'Where is the spare fuse?', '--data', data]);
    assert.match(asked.stdout, /under the printer/);
    assertClearError(await runParley(['index', join(folder, 'gone'), '--data', data]), /gone/);
  });

  it('says so when it knows nothing about the question', async (context) => {
    const { code, stdout } = await runParley(['ask', 'How tall is the Eiffel Tower?', '--data', join(temporaryFolder(context), 'data')]);
    assert.equal(code, done);
    assert.match(stdout, /\b(not|don't|do not|cannot|couldn't|could not|no)\b/i);
  });
});

describe('parley serve', { timeout: 600_000 }, () => {
  it('checks a configuration without starting', async (context) => {
    const folder = temporaryFolder(context);
    const good = join(folder, 'good.toml');
    writeFileSync(good, '');
    assert.equal((await runParley(['serve', '--check-config', '--config', good])).code, done);
    const bad = join(folder, 'bad.toml');
    writeFileSync(bad, '[conversation]\nsilence_unsure_ms = "long"\nno_such_key = 1\n');
    const result = await runParley(['serve', '--check-config', '--config', bad]);
    assert.equal(result.code, wrongUsage);
    assert.match(result.stderr, /silence_unsure/);
    assert.match(result.stderr, /no_such_key/);
    const gone = await runParley(['serve', '--check-config', '--config', join(folder, 'gone.toml')]);
    assertClearError(gone, /gone\.toml/, [wrongUsage]);
  });

  it('refuses to listen beyond this machine without accounts', async (context) => {
    const result = await runParley(['serve', '--listen', '0.0.0.0:0', '--data', join(temporaryFolder(context), 'data')]);
    assertClearError(result, /loopback/, [wrongUsage]);
  });

  it('leaves its data to one server at a time', async (context) => {
    const dataDir = join(temporaryFolder(context), 'data');
    const server = await startParley({ dataDir });
    try {
      const second = await runParley(['serve', '--listen', '127.0.0.1:0', '--data', dataDir]);
      assertClearError(second, /in use|locked|already|another/i);
    } finally {
      await server.stop();
    }
  });

  it('says when its port is taken', async (context) => {
    const server = await startParley();
    try {
      const second = await runParley(
        ['serve', '--listen', `127.0.0.1:${server.port}`, '--data', join(temporaryFolder(context), 'data')]);
      assertClearError(second, new RegExp(String(server.port)));
    } finally {
      await server.stop();
    }
  });

  it('greets who tries the demo in a terminal with a spoken turn, and keeps the log beside the data', async (context) => {
    const home = temporaryFolder(context);
    const data = join(home, 'data');
    // script(1) is the terminal.
    const command = `exec ${parleyBinary} serve --demo --listen 127.0.0.1:0 --data ${data}`;
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: cleanEnvironment(home, { SHELL: '/bin/sh' }),
    });
    let shown = '';
    terminal.stdout.on('data', (chunk) => {
      const before = shown.includes('ready on');
      shown += chunk;
      if (!before && shown.includes('ready on')) terminal.stdin.write('\x03');
    });
    const code = await new Promise((settle) => terminal.on('close', settle));
    assert.equal(code, done, shown);
    assert.match(shown, /heard +When is the shop open/);
    assert.match(shown, /answer .*10 in the morning/);
    assert.doesNotMatch(shown, /"level"/);
    const log = join(data, 'parley.log');
    assert.ok(shown.includes(`the log is in ${log}`), shown);
    for (const line of readFileSync(log, 'utf8').trim().split('\n')) assert.equal(typeof JSON.parse(line).event, 'string');
  });
});
