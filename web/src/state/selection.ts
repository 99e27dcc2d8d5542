// SPDX-License-Identifier: Apache-2.0
import type { Citation } from '../net/protocol.ts';
import type { Turn } from './conversation.ts';
import type { AppState } from './store.ts';

/** The name of a cited document as the list of documents has it, else as the citation has it. */
export function sourceName(state: AppState, citation: Citation): string {
  const row = state.documents.find((document) => document.id === citation.document_id);
  return row?.name ?? (citation.title === '' ? citation.document : citation.title);
}

/** The turn whose sources and timings are shown: the chosen one, else the newest that has any. */
export function shownTurn(state: AppState): Turn | null {
  const { turns } = state.conversation;
  const chosen = turns.find((turn) => turn.key === state.selectedTurn);
  if (chosen !== undefined) return chosen;
  return turns.findLast((turn) => turn.responseId !== null) ?? turns.at(-1) ?? null;
}
