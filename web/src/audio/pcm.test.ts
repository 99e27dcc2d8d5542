// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePcm16, encodePcm16, floatToPcm16, meterLevel } from './pcm.ts';

test('samples survive the way through base64, whatever their length', () => {
  const pcm = Int16Array.from({ length: 10_001 }, (_, i) => ((i * 7919) % 65_536) - 32_768);
  assert.deepEqual(decodePcm16(encodePcm16(pcm)), pcm);
});

test('the wire is little-endian', () => {
  assert.equal(encodePcm16(Int16Array.of(0x0102)), 'AgE=');
});

test('what is not base64 is refused and a half sample is dropped', () => {
  assert.equal(decodePcm16('%%%'), null);
  assert.deepEqual(decodePcm16(btoa('\x01\x00\x02')), Int16Array.of(1));
});

test('too loud samples are clipped and not wrapped', () => {
  assert.deepEqual(floatToPcm16(Float32Array.of(2, -2, 0)), Int16Array.of(32_767, -32_767, 0));
});

test('the meter goes from silence to full', () => {
  assert.equal(meterLevel(new Float32Array(128)), 0);
  assert.equal(meterLevel(new Float32Array(128).fill(0.9)), 1);
  const speech = meterLevel(new Float32Array(128).fill(0.05));
  assert.ok(speech > 0.4 && speech < 0.8, String(speech));
});
