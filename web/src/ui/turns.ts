// SPDX-License-Identifier: Apache-2.0
import type { Citation } from '../net/protocol.ts';
import type { Turn } from '../state/conversation.ts';
import { sourceName } from '../state/selection.ts';
import type { Store } from '../state/store.ts';
import { waterfallOf } from '../state/waterfall.ts';
import { make, part, prefersStillness, setText } from './dom.ts';

// Nearer to the end than this, the list follows new words; farther up, the reader is left alone.
const followingPixels = 120;

/** The conversation, one item a turn: what was said, what was answered, and its sources in short. */
export function mountTurns(store: Store): void {
  const frame = part('conversation', HTMLElement);
  const list = part('turns', HTMLOListElement);
  const welcome = part('welcome', HTMLElement);
  const views = new Map<number, TurnView>();

  store.subscribe((state, before) => {
    if (state.conversation === before.conversation && state.selectedTurn === before.selectedTurn && views.size > 0) return;
    const { turns } = state.conversation;
    const following = frame.scrollHeight - frame.scrollTop - frame.clientHeight < followingPixels;
    welcome.hidden = turns.length > 0;
    const present = new Set(turns.map((turn) => turn.key));
    for (const [key, view] of views) {
      if (present.has(key)) continue;
      view.element.remove();
      views.delete(key);
    }
    let newest: TurnView | null = null;
    for (const turn of turns) {
      let view = views.get(turn.key);
      if (view === undefined) {
        view = new TurnView((key) => store.update({ selectedTurn: key }));
        views.set(turn.key, view);
        list.append(view.element);
        newest = view;
      }
      view.show(turn, (citation) => sourceName(state, citation));
      view.element.classList.toggle('selected', state.selectedTurn === turn.key);
    }
    if (newest !== null) newest.element.scrollIntoView({ block: 'nearest', behavior: prefersStillness() ? 'auto' : 'smooth' });
    else if (following) frame.scrollTop = frame.scrollHeight;
  });
}

class TurnView {
  readonly element: HTMLLIElement;
  private readonly said = make('p', { className: 'said' });
  private readonly saidWords = make('span');
  private readonly answer = make('p', { className: 'answer', hidden: true });
  private readonly answerWords = make('span', { 'data-testid': 'answer' });
  private readonly chips = make('div', { className: 'chips' });
  private readonly note = make('p', { className: 'turn-note', hidden: true });
  private readonly select: (key: number) => void;
  private shown: Turn | null = null;

  constructor(select: (key: number) => void) {
    this.select = select;
    this.said.append(make('span', { className: 'visually-hidden' }, 'You: '), this.saidWords);
    this.answer.append(make('span', { className: 'visually-hidden' }, 'Parley: '), this.answerWords);
    this.element = make('li', { className: 'turn' }, this.said, this.answer, this.chips, this.note);
  }

  show(turn: Turn, nameOf: (citation: Citation) => string): void {
    if (turn === this.shown) return;
    this.element.dataset['phase'] = turn.phase;
    this.element.dataset['outcome'] = turn.outcome;
    this.showSaid(turn);
    setText(this.answerWords, turn.answer);
    this.answer.hidden = turn.answer === '' && (turn.phase === 'hearing' || turn.phase === 'over');
    this.answer.classList.toggle('waiting', turn.answer === '' && turn.phase !== 'over');
    if (turn.citations !== this.shown?.citations) this.showChips(turn, nameOf);
    const note = noteOf(turn);
    setText(this.note, note);
    this.note.hidden = note === '';
    this.shown = turn;
  }

  private showSaid(turn: Turn): void {
    this.said.hidden = turn.said === '' && turn.phase !== 'hearing';
    this.said.classList.toggle('partial', !turn.saidFinal);
    this.saidWords.dataset['testid'] = turn.saidFinal ? 'transcript-user' : 'partial';
    setText(this.saidWords, turn.said === '' ? '…' : turn.said);
    this.saidWords.title = heardInstead(turn);
  }

  private showChips(turn: Turn, nameOf: (citation: Citation) => string): void {
    this.chips.replaceChildren(
      ...turn.citations.map((citation, index) => {
        const number = make('b', {}, String(index + 1));
        const chip = make('button', { type: 'button', className: 'chip' }, number, ` ${nameOf(citation)}`);
        chip.addEventListener('click', () => {
          this.select(turn.key);
          document.getElementById(`source-${index}`)?.focus();
        });
        return chip;
      }),
    );
  }
}

/** What was heard where the transcript has words of the documents. */
function heardInstead(turn: Turn): string {
  const corrections = turn.record?.corrections ?? [];
  return corrections.map(({ heard, word }) => `“${word}”: heard “${heard}”`).join('\n');
}

function noteOf(turn: Turn): string {
  const notes: string[] = [];
  if (turn.outcome === 'interrupted') notes.push('Interrupted');
  if (turn.outcome === 'stopped') notes.push('Stopped');
  if (turn.outcome === 'failed') notes.push(turn.failure);
  const total = turn.record === null ? null : (waterfallOf(turn.record)?.totalMs ?? null);
  if (total !== null) notes.push(`answered in ${formatMs(total)}`);
  return notes.join(' · ');
}

export function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
