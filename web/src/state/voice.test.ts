// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeakerProfile } from '../net/api.ts';
import { voiceStatement } from './voice.ts';

const nothing: SpeakerProfile = {
  consent: null,
  engine: 'pocketsphinx',
  kept: [],
  wording: { version: 1, text: 'May it?' },
};
const agreed: SpeakerProfile = { ...nothing, consent: { wording: 1, given_at_ms: 5 } };
const learnt = (seconds: number): SpeakerProfile => ({
  ...agreed,
  kept: [{ engine: 'pocketsphinx', seconds, since_ms: 5, changed_ms: 6 }],
});
const dayOf = (milliseconds: number): string => `day ${milliseconds}`;

test('shows what would be agreed to', () => {
  assert.deepEqual(voiceStatement(nothing, dayOf), { available: true, text: 'May it?', action: 'agree' });
});

test('is silent where no voice can be learnt, unless one is kept', () => {
  assert.equal(voiceStatement({ ...nothing, engine: null }, dayOf).available, false);
  assert.equal(voiceStatement({ ...learnt(5), engine: null }, dayOf).available, true);
});

for (const [profile, words] of [
  [agreed, 'Nothing has been learnt yet'],
  [learnt(0.3), 'a second'],
  [learnt(41.6), '42 seconds'],
  [learnt(600), '10 minutes'],
] as const) {
  test(`says what is kept: ${words}`, () => {
    const statement = voiceStatement(profile, dayOf);
    assert.ok(statement.text.includes(words) && statement.text.includes('day 5'), statement.text);
    assert.equal(statement.action, 'forget');
  });
}
