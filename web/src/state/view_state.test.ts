// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, emptyConversation } from './conversation.ts';
import { viewState } from './view_state.ts';

const open = { kind: 'open', resumed: false } as const;
const on = { kind: 'on' } as const;
const off = { kind: 'off' } as const;
const hearing = advance(emptyConversation, {
  type: 'input_audio_buffer.speech_started',
  item_id: 'u',
  audio_start_ms: 0,
});
const asked = advance(emptyConversation, { type: 'local.question', text: 'q' });

for (const [name, state, expected] of [
  ['nothing going on', { connection: open, microphone: off, conversation: emptyConversation, playing: false }, 'idle'],
  ['an open microphone', { connection: open, microphone: on, conversation: emptyConversation, playing: false }, 'listening'],
  ['a voice', { connection: open, microphone: on, conversation: hearing, playing: false }, 'hearing'],
  ['a voice, then the microphone closed', { connection: open, microphone: off, conversation: hearing, playing: false }, 'idle'],
  ['a question without its answer', { connection: open, microphone: off, conversation: asked, playing: false }, 'processing'],
  ['sound', { connection: open, microphone: on, conversation: asked, playing: true }, 'speaking'],
  ['no server', { connection: { kind: 'connecting' }, microphone: on, conversation: hearing, playing: true }, 'offline'],
] as const) {
  test(`${name} shows as ${expected}`, () => assert.equal(viewState(state), expected));
}
