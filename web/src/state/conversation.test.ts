// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '../net/protocol.ts';
import { advance, emptyConversation, openTurn, type Conversation, type LocalEvent } from './conversation.ts';

function after(...events: (ServerEvent | LocalEvent)[]): Conversation {
  return events.reduce(advance, emptyConversation);
}

const spoken = (item_id: string, transcript: string): ServerEvent[] => [
  { type: 'input_audio_buffer.speech_started', item_id, audio_start_ms: 0 },
  { type: 'parley.transcript.partial', item_id, text: transcript.slice(0, 3) },
  { type: 'input_audio_buffer.committed', item_id },
  { type: 'conversation.item.input_audio_transcription.completed', item_id, transcript },
];

const answering = (id: string, words: string): ServerEvent[] => [
  { type: 'response.created', response: { id } },
  { type: 'response.output_item.added', response_id: id, item: { id: `${id}-item` } },
  { type: 'response.output_audio_transcript.delta', response_id: id, item_id: `${id}-item`, delta: words },
];

const done = (id: string, status: 'completed' | 'cancelled' | 'failed', reason?: string): ServerEvent => ({
  type: 'response.done',
  response: { id, status, status_details: { ...(reason === undefined ? {} : { reason }), error: { message: 'No voice.' } } },
});

test('a spoken turn goes from hearing to its answer', () => {
  const hearing = after(...spoken('u1', 'how long').slice(0, 2));
  assert.equal(openTurn(hearing)?.said, 'how');
  assert.equal(openTurn(hearing)?.phase, 'hearing');

  const thinking = after(...spoken('u1', 'how long'));
  assert.equal(openTurn(thinking)?.phase, 'thinking');
  assert.equal(openTurn(thinking)?.saidFinal, true);

  const over = after(...spoken('u1', 'how long'), ...answering('r1', 'Two years.'), done('r1', 'completed'));
  const [turn] = over.turns;
  assert.deepEqual([turn?.answer, turn?.phase, turn?.outcome], ['Two years.', 'over', 'answered']);
  assert.equal(openTurn(over), null);
});

test('a partial that comes late does not undo the final words', () => {
  const conversation = after(...spoken('u1', 'how long'), {
    type: 'parley.transcript.partial',
    item_id: 'u1',
    text: 'how',
  });
  assert.equal(conversation.turns[0]?.said, 'how long');
});

test('speaking over an answer interrupts it and begins the next turn', () => {
  const conversation = after(
    ...spoken('u1', 'how long'),
    ...answering('r1', 'Two'),
    { type: 'input_audio_buffer.speech_started', item_id: 'u2', audio_start_ms: 0 },
    done('r1', 'cancelled', 'turn_detected'),
  );
  assert.deepEqual(conversation.turns.map((turn) => turn.outcome), ['interrupted', 'open']);
  assert.equal(openTurn(conversation)?.itemId, 'u2');
});

test('an answer cut while its sound still played counts as cut, though the server had finished', () => {
  const conversation = after(...spoken('u1', 'how long'), ...answering('r1', 'Two years.'), done('r1', 'completed'), {
    type: 'local.cut',
    answerItemId: 'r1-item',
    outcome: 'interrupted',
  });
  assert.equal(conversation.turns[0]?.outcome, 'interrupted');
});

test('a failed answer says why', () => {
  const conversation = after({ type: 'local.question', text: 'q' }, ...answering('r1', ''), done('r1', 'failed'));
  assert.deepEqual([conversation.turns[0]?.outcome, conversation.turns[0]?.failure], ['failed', 'No voice.']);
});

test('sound without words leaves no turn', () => {
  assert.equal(after(...spoken('u1', '')).turns.length, 0);
  const noise: ServerEvent = { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 };
  assert.equal(after(noise, { type: 'parley.state', state: 'idle' }).turns.length, 0);
  assert.equal(after(noise, { ...noise, item_id: 'u2' }).turns.length, 1);
});

test('words that the server took for noise go when it is idle again', () => {
  const conversation = after(...spoken('u1', 'uh').slice(0, 2), { type: 'parley.state', state: 'idle' });
  assert.equal(conversation.turns.length, 0);
});

test('words that led to no answer say so, and a typed question goes on waiting', () => {
  const conversation = after(...spoken('u1', 'how long'), { type: 'local.question', text: 'q' }, {
    type: 'parley.state',
    state: 'idle',
  });
  assert.deepEqual(conversation.turns.map((turn) => turn.outcome), ['failed', 'open']);
});

test('words cut off by more words before any answer do not take the answer to the later ones', () => {
  const conversation = after(...spoken('u1', 'how long'), ...spoken('u2', 'is the warranty'), ...answering('r1', 'Two'));
  assert.deepEqual(conversation.turns.map((turn) => [turn.outcome, turn.answer]), [
    ['interrupted', ''],
    ['open', 'Two'],
  ]);
});

test('a response belongs to the question that waits for it, not to the one being spoken', () => {
  const conversation = after(
    { type: 'local.question', text: 'typed' },
    { type: 'input_audio_buffer.speech_started', item_id: 'u2', audio_start_ms: 0 },
    ...answering('r1', 'Answer.'),
  );
  assert.deepEqual(conversation.turns.map((turn) => turn.responseId), ['r1', null]);
});

test('words that go on after a pause stay one turn', () => {
  const started: ServerEvent = { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 0 };
  const conversation = after(started, { type: 'input_audio_buffer.committed', item_id: 'u1' }, started);
  assert.equal(conversation.turns.length, 1);
  assert.equal(conversation.turns[0]?.phase, 'hearing');
});

test('citations and timings find their turn even after the answer is over', () => {
  const record = {
    turn_id: 't',
    item_id: 'u1',
    response_id: 'r1',
    transcript: '',
    answer: '',
    timings_ms: {},
    marks: [],
    engines: {},
  };
  const conversation = after(
    ...spoken('u1', 'a'),
    ...answering('r1', 'b'),
    done('r1', 'completed'),
    ...spoken('u2', 'c'),
    { type: 'parley.citations', response_id: 'r1', item_id: 'r1-item', citations: [] },
    { type: 'parley.turn', ...record },
  );
  assert.deepEqual(conversation.turns.map((turn) => turn.record?.turn_id), ['t', undefined]);
});

test('the words of the documents take the place of those that were mis-heard for them', () => {
  const record = {
    turn_id: 't',
    item_id: 'u1',
    response_id: 'r1',
    transcript: 'Where is the pelican?',
    corrections: [{ heard: 'paladin', word: 'pelican' }],
    answer: '',
    timings_ms: {},
    marks: [],
    engines: {},
  };
  const conversation = after(
    ...spoken('u1', 'Where is the paladin?'),
    ...answering('r1', 'b'),
    done('r1', 'completed'),
    { type: 'parley.turn', ...record },
  );
  assert.equal(conversation.turns[0]?.said, 'Where is the pelican?');
});

test('the server’s refusal of a typed question is shown at that question only', () => {
  const refusal: ServerEvent = { type: 'error', error: { message: 'Too long.', event_id: 'question_1' } };
  const conversation = after({ type: 'local.question', text: 'a' }, { type: 'local.question', text: 'b' }, refusal);
  assert.deepEqual(conversation.turns.map((turn) => turn.failure), ['Too long.', '']);
});

test('a lost connection ends what was open and keeps what was answered', () => {
  const conversation = after(
    ...spoken('u1', 'a'),
    ...answering('r1', 'b'),
    done('r1', 'completed'),
    ...spoken('u2', 'c'),
    { type: 'local.lost' },
  );
  assert.deepEqual(conversation.turns.map((turn) => turn.outcome), ['answered', 'failed']);
});

test('turns that did not change keep their identity', () => {
  const before = after(...spoken('u1', 'a'), ...answering('r1', 'b'), done('r1', 'completed'), ...spoken('u2', 'c'));
  const changed = advance(before, { type: 'response.created', response: { id: 'r2' } });
  assert.equal(changed.turns[0], before.turns[0]);
  assert.notEqual(changed.turns[1], before.turns[1]);
});

test('a long conversation keeps its newest two hundred turns', () => {
  const questions = Array.from({ length: 250 }, (_, i): LocalEvent => ({ type: 'local.question', text: `${i}` }));
  const conversation = after(...questions);
  assert.equal(conversation.turns.length, 200);
  assert.equal(conversation.turns.at(-1)?.said, '249');
});
