// SPDX-License-Identifier: Apache-2.0
import { openTurn } from './conversation.ts';
import type { AppState } from './store.ts';

/** What the talk button shows. */
export type ViewState = 'offline' | 'idle' | 'listening' | 'hearing' | 'processing' | 'speaking';

export function viewState(state: Pick<AppState, 'connection' | 'microphone' | 'conversation' | 'playing'>): ViewState {
  if (state.connection.kind !== 'open') return 'offline';
  if (state.playing) return 'speaking';
  const turn = openTurn(state.conversation);
  if (turn?.phase === 'hearing' && state.microphone.kind === 'on') return 'hearing';
  if (turn !== null && turn.phase !== 'hearing') return 'processing';
  return state.microphone.kind === 'on' ? 'listening' : 'idle';
}
