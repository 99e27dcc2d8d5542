// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resampler } from './resampler.ts';

function tone(hertz: number, rate: number, seconds: number): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));
}

/** Feeds the signal in the blocks of 128 in which a worklet gets it. */
function resample(signal: Float32Array, from: number, to: number): Float32Array {
  const resampler = new Resampler(from, to);
  const output: number[] = [];
  for (let at = 0; at < signal.length; at += 128) output.push(...resampler.process(signal.subarray(at, at + 128)));
  return Float32Array.from(output);
}

/** How far `signal` is from the best-fitting tone, in decibels under that tone. */
function noiseDb(signal: Float32Array, hertz: number, rate: number): number {
  let cosine = 0;
  let sine = 0;
  let power = 0;
  signal.forEach((sample, i) => {
    const phase = (2 * Math.PI * hertz * i) / rate;
    cosine += sample * Math.cos(phase);
    sine += sample * Math.sin(phase);
    power += sample * sample;
  });
  const tonePower = (2 * (cosine * cosine + sine * sine)) / signal.length;
  return 10 * Math.log10(tonePower / Math.max(power - tonePower, 1e-12));
}

for (const rate of [48_000, 44_100, 16_000]) {
  test(`a tone at ${rate} Hz arrives clean at 24 kHz`, () => {
    const output = resample(tone(1000, rate, 1), rate, 24_000);
    assert.ok(Math.abs(output.length - 24_000) < 40, `length ${output.length}`);
    const settled = output.subarray(2400, 2400 + 19_200);
    assert.ok(noiseDb(settled, 1000, 24_000) > 60, `noise ${noiseDb(settled, 1000, 24_000)} dB`);
  });
}

test('what the lower rate cannot carry is kept out', () => {
  const output = resample(tone(17_000, 48_000, 1), 48_000, 24_000).subarray(2400, 21_600);
  const rms = Math.sqrt(output.reduce((sum, sample) => sum + sample * sample, 0) / output.length);
  assert.ok(20 * Math.log10(rms) < -60, `${20 * Math.log10(rms)} dB`);
});

test('equal rates pass the samples on', () => {
  const signal = tone(440, 24_000, 0.01);
  assert.deepEqual(new Resampler(24_000, 24_000).process(signal), signal);
});
