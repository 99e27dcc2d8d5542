// SPDX-License-Identifier: Apache-2.0
// Neural engines in processes of their own: one that is killed, or that its model ends, takes nothing with it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, it } from 'node:test';
import { feed, speak, speechAt24k } from './support/audio.mjs';
import { pull, settings, skip } from './support/neural.mjs';
import { connect } from './support/realtime.mjs';
import { projectRoot, runParley, startParley, temporaryFolder } from './support/server.mjs';

/** The processes of engines that a server has. */
function enginesOf(pid) {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).filter((entry) => {
    try {
      const parent = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1].split(' ')[1];
      return Number(parent) === pid && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('neural-engine');
    } catch {
      return false;
    }
  }).map(Number);
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function until(condition, what) {
  for (let tries = 0; tries < 150; tries++) {
    if (await condition()) return;
    await pause(200);
  }
  assert.fail(what());
}

const transcribed = 'conversation.item.input_audio_transcription.completed';

/** What a new session hears; `during` is called once speech was noticed. */
async function hear(server, phrase, during = () => {}) {
  const client = await connect(server.wsUrl);
  const started = client.log.next('input_audio_buffer.speech_started').then(during);
  await feed((audio) => client.send({ type: 'input_audio_buffer.append', audio }), phrase, {
    stopped: () => client.log.of(transcribed).length > 0,
  });
  await started;
  const heard = await client.log.next(transcribed);
  await client.close();
  return heard.transcript;
}

/** A library that does to its process what a file beside the model says. */
function fakeLibrary(folder) {
  const library = join(folder, 'libfake.so');
  execFileSync('c++', ['-std=c++20', '-shared', '-fPIC', '-I', join(projectRoot, 'src'), '-o', library,
    join(projectRoot, 'src/inference/testing/fake_sherpa_onnx.cpp')]);
  return ['--set', `models.sherpa_onnx=${library}`];
}

describe('neural engines in processes of their own', { timeout: 300_000 }, () => {
  it('hears an utterance to its end when the engine is killed in the middle, and starts it again', { skip }, async (context) => {
    const at = settings(context);
    await pull(at, 'digits-streaming');
    const server = await startParley({ dataDir: at.data, args: at.common.slice(2) });
    context.after(() => server.stop());
    const phrase = await speechAt24k(temporaryFolder(context), 'seven seven three repeat');
    assert.match(await hear(server, phrase), /(773|7 7 3|seven seven three) repeat/i);
    const [engine] = enginesOf(server.pid);
    assert.ok(engine, 'it has a process');
    const heard = await hear(server, phrase, () => process.kill(engine, 'SIGKILL'));
    assert.ok(heard.length > 0, 'the embedded engine heard it');
    await until(() => enginesOf(server.pid).length === 1, () => `it comes back\n${server.log()}`);
    assert.notEqual(enginesOf(server.pid)[0], engine);
    await until(async () => (await (await fetch(`${server.url}/info`)).text()).includes('sherpa-onnx digits-streaming'), () => server.log());
    assert.match(await hear(server, phrase), /(773|7 7 3|seven seven three) repeat/i);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /^parley_neural_engine_starts_total 2$/m);
    assert.match(metrics, /^parley_neural_engine_deaths_total 1$/m);
    assert.match(await (await fetch(`${server.url}/info`)).text(), /digits-streaming ended its engine \(signal SIGKILL\)/);
  });

  it('leaves no engine behind, however the server ends', { skip }, async (context) => {
    const at = settings(context);
    await pull(at, 'digits-streaming');
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      const server = await startParley({ dataDir: at.data, args: at.common.slice(2) });
      const [engine] = enginesOf(server.pid);
      assert.ok(engine);
      await server.stop(signal);
      await until(() => !alive(engine), () => `it ended with the server by ${signal}`);
    }
  });

  it('goes on with a model that ends its engine, sets it aside and says so', async (context) => {
    const at = settings(context);
    await pull(at, 'digits-streaming');
    const common = [...at.common, ...fakeLibrary(at.folder)];
    const behaviour = join(at.data, 'models/digits-streaming/behaviour');
    writeFileSync(behaviour, 'load fault');
    const verified = await runParley(['models', 'verify', 'digits-streaming', ...common]);
    assert.equal(verified.code, 1);
    assert.match(verified.stderr, /ended its engine while it was loaded: signal SIGSEGV/);
    const doctor = await runParley(['doctor', ...common]);
    assert.equal(doctor.code, 1);
    assert.match(doctor.stdout, /digits-streaming ended its engine \(signal SIGSEGV\)/);
    assert.match(doctor.stdout, /hearing +pocketsphinx/);
    const file = await speak(at.folder, 'nine one one four');
    const heard = await runParley(['transcribe', file, '--json', ...common]);
    assert.equal(heard.code, 0, heard.stderr);
    assert.match(heard.stdout, /pocketsphinx/);

    const server = await startParley({ dataDir: at.data, args: common.slice(2) });
    context.after(() => server.stop());
    const info = async () => (await fetch(`${server.url}/info`)).text();
    await until(async () => (await info()).includes('too often and is set aside'), () => server.log());
    assert.match(server.log(), /neural_model_set_aside/);
    assert.match(await info(), /pocketsphinx/);
    writeFileSync(behaviour, 'hear abort');
    await until(async () => (await info()).includes('sherpa-onnx digits-streaming'), () => server.log());
    const phrase = await speechAt24k(temporaryFolder(context), 'seven seven three repeat');
    assert.ok((await hear(server, phrase)).length > 0, 'by the embedded engine');
    assert.match(server.log(), /signal SIGABRT/);
  });

  it('runs in the process of the server where the configuration says so', { skip }, async (context) => {
    const at = settings(context);
    for (const name of ['digits-streaming', 'digits-voice']) await pull(at, name);
    const common = [...at.common, '--set', 'models.isolate=false'];
    for (const name of ['digits-streaming', 'digits-voice']) {
      const verified = await runParley(['models', 'verify', name, ...common]);
      assert.equal(verified.code, 0, verified.stderr);
    }
    const server = await startParley({ dataDir: at.data, args: common.slice(2) });
    context.after(() => server.stop());
    assert.deepEqual(enginesOf(server.pid), []);
    const phrase = await speechAt24k(temporaryFolder(context), 'seven seven three repeat');
    assert.match(await hear(server, phrase), /(773|7 7 3|seven seven three) repeat/i);
  });
});
