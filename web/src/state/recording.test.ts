// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bySession, recordingStatement, stageOf } from './recording.ts';

test('is recorded only while the server says so', () => {
  assert.equal(stageOf({ active: true }), 'on');
  assert.equal(stageOf({ active: false, ended: 'withdrawn' }), 'off');
  assert.equal(stageOf({ active: false, ended: 'full' }), 'full');
  assert.equal(stageOf({ active: false, ended: 'failed' }), 'failed');
  assert.equal(stageOf({ active: false }), 'off');
});

test('asks for consent where there is none, and offers to take it back where something is kept', () => {
  assert.equal(recordingStatement('off').action, 'agree');
  assert.match(recordingStatement('off').text, /not recorded.*If you agree.*delete/);
  for (const stage of ['on', 'full', 'failed'] as const) assert.equal(recordingStatement(stage).action, 'withdraw');
});

test('shows a conversation once, however often it was talked in', () => {
  const part = { sessionId: 'a', startedAt: '2026-01-02T10:00:00Z', bytes: 5, finished: true };
  const other = { sessionId: 'b', startedAt: '2026-01-01T10:00:00Z', bytes: 7, finished: true };
  const later = { ...part, startedAt: '2026-01-03T10:00:00Z', bytes: 6, finished: false };
  assert.deepEqual(bySession([later, part, other]), [{ ...part, bytes: 11, finished: false }, other]);
});
