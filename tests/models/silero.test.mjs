// SPDX-License-Identifier: Apache-2.0
// Parley's own Silero VAD against the published network, run by ONNX Runtime on the same ten minutes of speech.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';

const shared = process.env.PARLEY_SHARED_DATA;
const trace = process.env.PARLEY_SILERO_TRACE;
const model = join(shared ?? '', 'models/silero-vad/silero_vad.onnx');
const seconds = 600;
const window = 512;
const context = 64;

function recordings() {
  const folder = join(shared, 'speech-recognition');
  const rows = readFileSync(join(folder, 'manifest.tsv'), 'utf8').trim().split('\n').slice(1);
  return rows.map((row) => join(folder, row.split('\t')[0])).filter((file) => /\.(wav|flac)$/.test(file));
}

function typed(Type, path) {
  const bytes = readFileSync(path);
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function published(samples) {
  const { default: ort } = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1 });
  const sr = new ort.Tensor('int64', BigInt64Array.from([16000n]), []);
  let state = new ort.Tensor('float32', new Float32Array(2 * 128), [2, 1, 128]);
  const input = new Float32Array(context + window);
  const found = [];
  for (let at = 0; at + window <= samples.length; at += window) {
    input.copyWithin(0, window);
    for (let i = 0; i < window; i++) input[context + i] = samples[at + i] / 32768;
    const result = await session.run({ input: new ort.Tensor('float32', input.slice(), [1, input.length]), state, sr });
    state = result.stateN;
    found.push(result.output.data[0]);
  }
  return found;
}

const skip = shared && existsSync(model) ? false : 'no shared test data beside the checkout';

it('agrees with the published network within 1e-3 on ten minutes of speech', { skip, timeout: 600_000 }, async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-silero-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, 'trace');
  execFileSync(trace, [model, String(seconds), out, ...recordings()], { stdio: ['ignore', 'inherit', 'inherit'] });
  const samples = typed(Int16Array, `${out}.pcm`);
  const ours = typed(Float32Array, `${out}.f32`);
  assert.equal(samples.length, seconds * 16000);
  const theirs = await published(samples);
  assert.equal(ours.length, theirs.length);
  const speech = theirs.filter((probability) => probability > 0.5).length / theirs.length;
  assert.ok(speech > 0.5 && speech < 0.99, `${speech} of it is speech`);
  const worst = theirs.reduce((most, probability, i) => Math.max(most, Math.abs(probability - ours[i])), 0);
  test.diagnostic(`largest difference ${worst.toExponential(2)} in ${theirs.length} windows`);
  assert.ok(worst < 1e-3, `differs by ${worst}`);
});
