// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mark, TurnRecord } from '../net/protocol.ts';
import { placeOf, waterfallOf } from './waterfall.ts';

function record(marks: Mark[], timings: Record<string, number> = {}): TurnRecord {
  return {
    turn_id: 't',
    item_id: 'u',
    response_id: 'r',
    transcript: '',
    answer: '',
    timings_ms: timings,
    marks,
    engines: {},
  };
}

const marks = [
  { name: 'speech_started', at_ms: -2000 },
  { name: 'speech_ended', at_ms: 0 },
  { name: 'endpoint', at_ms: 250 },
  { name: 'retrieval_done', at_ms: -100 },
  { name: 'asr_final', at_ms: 300 },
  { name: 'first_audio_sent', at_ms: 400 },
  { name: 'done', at_ms: 9000 },
];

test('each bar begins where the one before it ended', () => {
  const bars = waterfallOf(record(marks))?.rows.map((row) => [row.name, row.fromMs, row.toMs]);
  assert.deepEqual(bars, [
    ['retrieval_done', -100, -100],
    ['endpoint', 0, 250],
    ['asr_final', 250, 300],
    ['first_audio_sent', 300, 400],
  ]);
});

test('the length of speech and of the answer do not stretch the axis', () => {
  const waterfall = waterfallOf(record(marks));
  assert.deepEqual([waterfall?.axisFromMs, waterfall?.axisToMs], [-100, 400]);
  assert.equal(waterfall === null ? null : placeOf(waterfall, 0), 0.2);
});

test('the total is the measured voice to voice, else the first sound sent', () => {
  assert.equal(waterfallOf(record(marks, { voice_to_voice: 412 }))?.totalMs, 412);
  assert.equal(waterfallOf(record(marks))?.totalMs, 400);
  assert.equal(waterfallOf(record(marks.slice(0, 3)))?.totalMs, null);
});

test('a turn without marks has no waterfall', () => {
  assert.equal(waterfallOf(record([{ name: 'speech_ended', at_ms: 0 }])), null);
});
