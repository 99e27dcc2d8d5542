// SPDX-License-Identifier: Apache-2.0
import type { Turn } from '../state/conversation.ts';
import type { AppState, Store } from '../state/store.ts';
import { viewState } from '../state/view_state.ts';
import { part, setText } from './dom.ts';
import { stateWords } from './talk.ts';

/**
 * Tells a screen reader what others see: the state, the words understood, the answer. Answers wait
 * until their sound is over, so that two voices never speak at once; partial words are not told at all.
 */
export function mountAnnouncer(store: Store): void {
  const words = part('announcer', HTMLElement);
  const status = part('announcer-state', HTMLElement);
  const toldSaid = new Set<number>();
  const toldAnswer = new Set<number>();
  const toldDocument = new Set<string>();

  store.subscribe((state) => {
    setText(status, stateWords(state, viewState(state)));
    const fresh: string[] = [];
    for (const turn of state.conversation.turns) {
      if (turn.saidFinal && turn.said !== '' && !turn.typed && !toldSaid.has(turn.key)) {
        toldSaid.add(turn.key);
        fresh.push(`You said: ${turn.said}`);
      }
      if (answerIsDue(turn, state) && !toldAnswer.has(turn.key)) {
        toldAnswer.add(turn.key);
        fresh.push(`Answer: ${turn.answer}${sourceWords(turn)}`);
      }
    }
    for (const row of state.documents) {
      if (!row.added || toldDocument.has(row.key) || (row.status !== 'ready' && row.status !== 'failed')) continue;
      toldDocument.add(row.key);
      fresh.push(row.status === 'ready' ? `${row.name} is ready.` : `${row.name} could not be added: ${row.error}`);
    }
    if (fresh.length > 0) setText(words, fresh.join(' '));
  });
}

function answerIsDue(turn: Turn, state: AppState): boolean {
  return turn.phase === 'over' && turn.answer !== '' && !state.playing;
}

function sourceWords(turn: Turn): string {
  const count = turn.citations.length;
  if (count === 0) return '';
  return count === 1 ? ' One source.' : ` ${count} sources.`;
}
