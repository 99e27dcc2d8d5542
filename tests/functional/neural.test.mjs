// SPDX-License-Identifier: Apache-2.0
// Neural recognition and a neural voice in a running server, with the small models of tests/models/digits: each is used as soon
// as its model was pulled and no longer once it was removed, and nothing that is wrong with it ends the server.
import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { feed, speak, speechAt24k } from './support/audio.mjs';
import { pull, settings, skip } from './support/neural.mjs';
import { connect } from './support/realtime.mjs';
import { runParley, startParley, temporaryFolder } from './support/server.mjs';

describe('neural engines', { timeout: 300_000, skip }, () => {
  it('passes the self-test of models verify, and transcribes', async (context) => {
    const at = settings(context);
    for (const name of ['digits-streaming', 'digits-offline']) {
      await pull(at, name);
      const verified = await runParley(['models', 'verify', name, ...at.common]);
      assert.equal(verified.code, 0, verified.stderr);
      assert.match(verified.stdout, /self-test passed/);
    }
    const file = await speak(at.folder, 'nine one one four');
    const heard = await runParley(['transcribe', file, '--json', ...at.common]);
    assert.equal(heard.code, 0, heard.stderr);
    assert.match(heard.stdout, /nine one one four/);
    assert.match((await runParley(['doctor', ...at.common])).stdout, /hearing +sherpa-onnx digits-streaming/);
  });

  it('speaks with a neural voice, which models verify listens to', async (context) => {
    const at = settings(context);
    for (const name of ['digits-voice', 'digits-streaming']) await pull(at, name);
    const verified = await runParley(['models', 'verify', 'digits-voice', ...at.common]);
    assert.equal(verified.code, 0, verified.stderr);
    const file = join(at.folder, 'said.wav');
    const said = await runParley(['say', 'nine, two three', '--out', file, ...at.common]);
    assert.equal(said.code, 0, said.stderr);
    assert.match((await runParley(['transcribe', file, '--json', ...at.common])).stdout, /nine two three/);
    assert.match((await runParley(['doctor', ...at.common])).stdout, /speaking +sherpa-onnx digits-voice/);
  });

  it('puts marks and capitals into what any engine heard, and models verify tries whether it can', async (context) => {
    const at = settings(context);
    await pull(at, 'punctuation-en');
    const verified = await runParley(['models', 'verify', 'punctuation-en', ...at.common]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, /self-test passed/);
    assert.match((await runParley(['doctor', ...at.common])).stdout, /hearing +pocketsphinx .*, punctuation by punctuation-en/);
    const file = await speak(at.folder, 'Where is the garden? I like Paris.');
    const heard = await runParley(['transcribe', file, '--json', ...at.common]);
    assert.equal(heard.code, 0, heard.stderr);
    // The rules take it for one sentence.
    assert.equal(JSON.parse(heard.stdout).text, 'Where is the garden? I like Paris.');
  });

  it('says what is wrong with the library or the model, and hears with the embedded engine meanwhile', async (context) => {
    const at = settings(context);
    await pull(at, 'digits-streaming');
    const missing = ['--set', `models.sherpa_onnx=${join(at.folder, 'none.so')}`];
    const verified = await runParley(['models', 'verify', 'digits-streaming', ...at.common, ...missing]);
    assert.equal(verified.code, 1);
    assert.match(verified.stderr, /sherpa-onnx cannot be loaded/);
    assert.match((await runParley(['doctor', ...at.common, ...missing])).stdout, /hearing +pocketsphinx/);
    const wanted = await runParley(['doctor', ...at.common, ...missing, '--set', 'asr.engine=sherpa-onnx']);
    assert.match(wanted.stdout + wanted.stderr, /sherpa-onnx cannot be loaded/);

    // As long as before, so that only its checksum tells.
    const content = readFileSync(at.file);
    writeFileSync(at.file, content.fill(0, content.length - 5000));
    assert.match((await runParley(['doctor', ...at.common])).stdout, /hearing +pocketsphinx/);
    assert.match((await runParley(['models', 'verify', 'digits-streaming', ...at.common])).stderr, /checksum is wrong/);
    // A folder of the user's own has no checksum.
    const own = join(at.from, 'digits-streaming');
    truncateSync(join(own, 'model.onnx'), 100_000);
    const cut = await runParley(['doctor', '--set', `asr.model=${own}`, '--set', 'asr.engine=sherpa-onnx', ...at.common]);
    assert.match(cut.stdout + cut.stderr, /cut short/);
  });

  it('is used by a running server as soon as its model is there, and no longer when it is gone', async (context) => {
    const at = settings(context);
    const server = await startParley({ dataDir: at.data, args: at.common.slice(2) });
    context.after(() => server.stop());
    const phrase = await speechAt24k(temporaryFolder(context), 'seven seven three repeat');
    const info = async () => (await (await fetch(`${server.url}/info`)).json());
    const hear = async () => {
      const client = await connect(server.wsUrl);
      await feed((audio) => client.send({ type: 'input_audio_buffer.append', audio }), phrase, {
        stopped: () => client.log.of('conversation.item.input_audio_transcription.completed').length > 0,
      });
      const heard = await client.log.next('conversation.item.input_audio_transcription.completed');
      await client.close();
      return heard.transcript;
    };
    const until = async (condition, what) => {
      for (let tries = 0; tries < 100; tries++) {
        if (condition(JSON.stringify(await info()))) return;
        await pause(200);
      }
      assert.fail(`${what}: ${JSON.stringify(await info())}\n${server.log()}`);
    };
    assert.match(JSON.stringify(await info()), /pocketsphinx/);
    await pull(at, 'digits-streaming');
    await until((text) => text.includes('digits-streaming'), 'the model is used');
    assert.match(await hear(), /(773|7 7 3|seven seven three) repeat/i);
    assert.equal((await runParley(['models', 'remove', 'digits-streaming', ...at.common])).code, 0);
    await until((text) => text.includes('pocketsphinx'), 'the embedded engine is back');
    assert.ok((await hear()).length > 0);
  });
});
