// SPDX-License-Identifier: Apache-2.0
import type { Citation, ServerEvent, SessionState, TurnRecord } from '../net/protocol.ts';

/** How far a turn has come. */
export type TurnPhase = 'hearing' | 'thinking' | 'answering' | 'over';

/** How a turn ended: answered, cut by the person's voice, stopped by hand, or not answered. */
export type TurnOutcome = 'open' | 'answered' | 'interrupted' | 'stopped' | 'failed';

export interface Turn {
  readonly key: number;
  readonly typed: boolean;
  readonly itemId: string | null;
  readonly responseId: string | null;
  readonly answerItemId: string | null;
  readonly said: string;
  readonly saidFinal: boolean;
  readonly answer: string;
  readonly phase: TurnPhase;
  readonly outcome: TurnOutcome;
  readonly failure: string;
  readonly citations: readonly Citation[];
  readonly record: TurnRecord | null;
}

export interface Conversation {
  readonly turns: readonly Turn[];
  readonly server: SessionState;
  readonly nextKey: number;
}

/** What happens to a conversation besides the server's events. */
export type LocalEvent =
  | { type: 'local.question'; text: string }
  | { type: 'local.cut'; answerItemId: string; outcome: 'interrupted' | 'stopped' }
  | { type: 'local.lost' };

export const emptyConversation: Conversation = { turns: [], server: 'idle', nextKey: 1 };

// Older turns leave the page; the server keeps what it keeps.
const longestHistory = 200;

/** The conversation after `event`. Turns that did not change keep their identity. */
export function advance(conversation: Conversation, event: ServerEvent | LocalEvent): Conversation {
  switch (event.type) {
    case 'local.question':
      return addTurn(conversation, { typed: true, said: event.text, saidFinal: true, phase: 'thinking' });
    case 'local.cut':
      return change(conversation, (turn) => turn.answerItemId === event.answerItemId, (turn) => ({
        phase: 'over',
        outcome: turn.outcome === 'failed' ? 'failed' : event.outcome,
      }));
    case 'local.lost':
      return loseOpenTurns(conversation);
    case 'session.created':
      return { ...conversation, server: 'idle' };
    case 'parley.state':
      return follow(conversation, event.state);
    case 'input_audio_buffer.speech_started':
      return startSpeech(conversation, event.item_id);
    case 'input_audio_buffer.committed':
      return changeHeard(conversation, event.item_id, (turn) => ({
        phase: turn.phase === 'hearing' ? 'thinking' : turn.phase,
      }));
    case 'conversation.item.added':
      return event.item.role === 'user' ? nameTypedQuestion(conversation, event.item.id) : conversation;
    case 'parley.transcript.partial':
      return changeHeard(conversation, event.item_id, (turn) => (turn.saidFinal ? {} : { said: event.text }));
    case 'conversation.item.input_audio_transcription.completed':
      return completeTranscript(conversation, event.item_id, event.transcript.trim());
    case 'conversation.item.input_audio_transcription.failed':
      return changeHeard(conversation, event.item_id, () => ({
        phase: 'over',
        outcome: 'failed',
        failure: event.error?.message ?? 'What you said could not be recognised.',
      }));
    case 'response.created':
      return openResponse(conversation, event.response.id);
    case 'response.output_item.added':
      return changeAnswer(conversation, event.response_id, () => ({ answerItemId: event.item.id }));
    case 'response.output_audio_transcript.delta':
    case 'response.output_text.delta':
      return changeAnswer(conversation, event.response_id, (turn) => ({ answer: turn.answer + event.delta }));
    case 'response.output_audio_transcript.done':
      return changeAnswer(conversation, event.response_id, () => ({ answer: event.transcript }));
    case 'response.output_text.done':
      return changeAnswer(conversation, event.response_id, () => ({ answer: event.text }));
    case 'parley.citations':
      return changeAnswer(conversation, event.response_id, () => ({ citations: event.citations }));
    case 'parley.turn':
      return changeAnswer(conversation, event.response_id, () => ({
        record: event,
        ...(event.corrections?.length ? { said: event.transcript } : {}),
      }));
    case 'response.done':
      return closeResponse(conversation, event);
    case 'error':
      return change(conversation, (turn) => isAboutQuestion(event, turn), () => ({
        phase: 'over',
        outcome: 'failed',
        failure: event.error.message,
      }));
    default:
      return conversation;
  }
}

/** The `event_id` under which a typed question travels, by which the server's refusal names it. */
export function questionEventId(turn: Turn): string {
  return `question_${turn.key}`;
}

/** True if the server's error is its answer to this typed question. */
export function isAboutQuestion(event: ServerEvent & { type: 'error' }, turn: Turn): boolean {
  return turn.typed && turn.outcome === 'open' && event.error.event_id === questionEventId(turn);
}

/** The turn that is being heard or answered, if one is. */
export function openTurn(conversation: Conversation): Turn | null {
  return conversation.turns.findLast((turn) => turn.outcome === 'open' && turn.phase !== 'over') ?? null;
}

export function turnOfAnswer(conversation: Conversation, answerItemId: string): Turn | null {
  return conversation.turns.findLast((turn) => turn.answerItemId === answerItemId) ?? null;
}

function addTurn(conversation: Conversation, begin: Partial<Turn>): Conversation {
  const turn: Turn = {
    key: conversation.nextKey,
    typed: false,
    itemId: null,
    responseId: null,
    answerItemId: null,
    said: '',
    saidFinal: false,
    answer: '',
    phase: 'hearing',
    outcome: 'open',
    failure: '',
    citations: [],
    record: null,
    ...begin,
  };
  return {
    ...conversation,
    turns: [...conversation.turns, turn].slice(-longestHistory),
    nextKey: conversation.nextKey + 1,
  };
}

function change(
  conversation: Conversation,
  matches: (turn: Turn) => boolean,
  how: (turn: Turn) => Partial<Turn>,
): Conversation {
  const index = conversation.turns.findLastIndex(matches);
  const turn = conversation.turns[index];
  if (turn === undefined) return conversation;
  const turns = [...conversation.turns];
  turns[index] = { ...turn, ...how(turn) };
  return { ...conversation, turns };
}

function changeHeard(conversation: Conversation, itemId: string, how: (turn: Turn) => Partial<Turn>): Conversation {
  return change(conversation, (turn) => turn.itemId === itemId, how);
}

function changeAnswer(
  conversation: Conversation,
  responseId: string,
  how: (turn: Turn) => Partial<Turn>,
): Conversation {
  return change(conversation, (turn) => turn.responseId === responseId, how);
}

// Sound that held no words leaves no trace: a cough is not a turn.
function withoutWordless(conversation: Conversation): Conversation {
  const turns = conversation.turns.filter(
    (turn) => turn.said !== '' || turn.responseId !== null || turn.outcome !== 'open' || turn.phase === 'over',
  );
  return turns.length === conversation.turns.length ? conversation : { ...conversation, turns };
}

function startSpeech(conversation: Conversation, itemId: string): Conversation {
  if (conversation.turns.some((turn) => turn.itemId === itemId)) {
    // The person went on after a pause: the same words go on too.
    return changeHeard(conversation, itemId, (turn) => (turn.phase === 'thinking' ? { phase: 'hearing' } : {}));
  }
  const kept = withoutWordless(conversation);
  // Words spoken before their answer had begun: the server turns to the new ones.
  const turns = kept.turns.map((turn): Turn =>
    isUnanswered(turn) ? { ...turn, phase: 'over', outcome: 'interrupted' } : turn,
  );
  return addTurn({ ...kept, turns }, { itemId });
}

/** Spoken words that no answer belongs to, and that may still get one. */
function isUnanswered(turn: Turn): boolean {
  return !turn.typed && turn.outcome === 'open' && turn.responseId === null;
}

function nameTypedQuestion(conversation: Conversation, itemId: string): Conversation {
  if (conversation.turns.some((turn) => turn.itemId === itemId)) return conversation;
  return change(conversation, (turn) => turn.typed && turn.itemId === null, () => ({ itemId }));
}

function completeTranscript(conversation: Conversation, itemId: string, transcript: string): Conversation {
  const changed = changeHeard(conversation, itemId, (turn) => ({
    said: transcript,
    saidFinal: true,
    phase: turn.phase === 'hearing' ? 'thinking' : turn.phase,
  }));
  return transcript === '' ? withoutWordless(changed) : changed;
}

function openResponse(conversation: Conversation, responseId: string): Conversation {
  if (conversation.turns.some((turn) => turn.responseId === responseId)) return conversation;
  // Responses come in the order of the questions; a person who is speaking again is not being answered yet.
  const waiting = (turn: Turn) => turn.responseId === null && turn.outcome === 'open';
  const asked =
    conversation.turns.find((turn) => waiting(turn) && turn.phase === 'thinking') ??
    conversation.turns.findLast(waiting);
  const begin = { responseId, phase: 'answering' } as const;
  if (asked === undefined) return addTurn(conversation, { ...begin, saidFinal: true });
  return change(conversation, (turn) => turn.key === asked.key, () => begin);
}

function closeResponse(conversation: Conversation, event: ServerEvent & { type: 'response.done' }): Conversation {
  const { id, status, status_details: details } = event.response;
  return changeAnswer(conversation, id, (turn) => {
    if (turn.outcome !== 'open') return { phase: 'over' };
    switch (status) {
      case 'cancelled':
        return { phase: 'over', outcome: details?.reason === 'turn_detected' ? 'interrupted' : 'stopped' };
      case 'failed':
        return { phase: 'over', outcome: 'failed', failure: details?.error?.message ?? 'The answer failed.' };
      default:
        return { phase: 'over', outcome: 'answered' };
    }
  });
}

function follow(conversation: Conversation, server: SessionState): Conversation {
  const next = { ...conversation, server };
  if (server !== 'idle') return next;
  // Nothing is being heard or answered any more: what was heard and led to no answer was taken for noise.
  const turns = next.turns
    .filter((turn) => !(isUnanswered(turn) && !turn.saidFinal))
    .map((turn): Turn => (isUnanswered(turn) ? { ...turn, phase: 'over', outcome: 'failed', failure: 'No answer came.' } : turn));
  return { ...next, turns };
}

function loseOpenTurns(conversation: Conversation): Conversation {
  const kept = withoutWordless(conversation);
  return {
    ...kept,
    server: 'idle',
    turns: kept.turns.map((turn) =>
      turn.outcome === 'open'
        ? { ...turn, phase: 'over', outcome: 'failed', failure: 'The connection was lost before the answer was complete.' }
        : turn,
    ),
  };
}
