// SPDX-License-Identifier: Apache-2.0
import type { TalkSession } from '../session.ts';
import type { AppState, Store } from '../state/store.ts';
import { viewState, type ViewState } from '../state/view_state.ts';
import { part, setText } from './dom.ts';

const labels: Record<ViewState, string> = {
  offline: 'Not connected',
  idle: 'Ready',
  listening: 'Listening',
  hearing: 'Listening',
  processing: 'Thinking',
  speaking: 'Speaking',
};

/** The talk button with its state, the stop button and the box for typed questions. */
export function mountTalk(store: Store, session: TalkSession): void {
  const button = part('talk', HTMLButtonElement);
  const label = part('talk-label', HTMLElement);
  const line = part('state', HTMLElement);
  const hint = part('hint', HTMLElement);
  const stop = part('stop', HTMLButtonElement);

  button.addEventListener('click', () => session.toggleMicrophone());
  stop.addEventListener('click', () => {
    // The button goes away with the answer, and must not take the focus with it.
    if (document.activeElement === stop) button.focus();
    session.stopAnswer();
  });
  mountQuestion(session);

  const readAloud = part('read-aloud', HTMLInputElement);
  readAloud.addEventListener('change', () => session.setReadAloud(readAloud.checked));

  store.subscribe((state) => {
    const view = viewState(state);
    const open = state.microphone.kind === 'on' || state.microphone.kind === 'opening';
    button.dataset['state'] = view;
    button.setAttribute('aria-pressed', String(open));
    setText(label, open ? 'Stop talking' : 'Start talking');
    line.dataset['state'] = view === 'hearing' ? 'listening' : view;
    setText(line, stateWords(state, view));
    setText(hint, hintWords(state, view));
    stop.hidden = view !== 'speaking' && view !== 'processing';
  });
}

export function stateWords(state: AppState, view: ViewState): string {
  if (view === 'offline' && state.connection.kind === 'connecting') return 'Connecting';
  if (view === 'idle' && state.microphone.kind === 'opening') return 'Opening the microphone';
  return labels[view];
}

function hintWords(state: AppState, view: ViewState): string {
  switch (view) {
    case 'idle':
      return state.microphone.kind === 'trouble' ? 'No microphone: type instead' : pressWords();
    case 'listening':
      return 'Say your question';
    case 'hearing':
      return 'I hear you';
    case 'processing':
      return 'Looking in your documents';
    case 'speaking':
      return state.microphone.kind === 'on' ? 'Speak to interrupt' : stopWords();
    case 'offline':
      return '';
  }
}

function pressWords(): string {
  return hasNoKeyboard() ? 'Press the button to talk' : 'Press the button or the space bar';
}

function stopWords(): string {
  return hasNoKeyboard() ? 'Press the button to talk' : 'Escape to stop';
}

function hasNoKeyboard(): boolean {
  return window.matchMedia('(hover: none)').matches;
}

function mountQuestion(session: TalkSession): void {
  const question = part('question', HTMLInputElement);
  part('ask', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    const text = question.value.trim();
    // With no server to ask, the words stay in the box.
    if (text !== '' && session.ask(text)) question.value = '';
  });
}
