// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServerFrame } from './protocol.ts';

const parseServerEvent = (frame: string) => readServerFrame(frame).event;

test('an event with all that the page reads is understood', () => {
  const event = parseServerEvent('{"type":"parley.transcript.partial","item_id":"i","text":"how many","more":1}');
  assert.equal(event?.type, 'parley.transcript.partial');
});

for (const [name, frame] of [
  ['text that is not JSON', '{"type":'],
  ['JSON that is not an object', '["session.created"]'],
  ['null', 'null'],
  ['an event without a type', '{"item_id":"i"}'],
  ['a type the page does not know', '{"type":"rate_limits.updated","rate_limits":[]}'],
  ['a type that is a name of every object', '{"type":"constructor"}'],
  ['a field that is missing', '{"type":"response.output_audio.delta","response_id":"r","item_id":"i"}'],
  ['a field of the wrong kind', '{"type":"parley.turn","response_id":"r","timings_ms":[],"marks":[]}'],
] as const) {
  test(`${name} is dropped`, () => assert.equal(parseServerEvent(frame), null));
}
