// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconnectDelaySeconds } from './backoff.ts';

test('waits double from one second and settle at thirty', () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 100].map(reconnectDelaySeconds), [1, 2, 4, 8, 16, 30, 30, 30]);
});
