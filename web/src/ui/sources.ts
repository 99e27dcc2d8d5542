// SPDX-License-Identifier: Apache-2.0
import type { Citation } from '../net/protocol.ts';
import { shownTurn, sourceName } from '../state/selection.ts';
import type { Store } from '../state/store.ts';
import { headingPath, make, part, setText } from './dom.ts';
import type { Viewer } from './viewer.ts';

/** The passages that the shown turn's answer rests on, word for word. */
export function mountSources(store: Store, viewer: Viewer): void {
  const list = part('sources', HTMLOListElement);
  const empty = part('sources-empty', HTMLElement);
  let shown: readonly Citation[] | null = null;

  store.subscribe((state) => {
    const turn = shownTurn(state);
    const citations = turn?.citations ?? [];
    const unanswered = turn === null || turn.phase !== 'over';
    setText(empty, unanswered ? 'The sentences an answer rests on appear here.' : 'This answer cites no document.');
    empty.hidden = citations.length > 0;
    if (citations === shown) return;
    shown = citations;
    list.replaceChildren(...citations.map((citation, index) => card(citation, sourceName(state, citation), index, viewer)));
  });
}

function card(citation: Citation, title: string, index: number, viewer: Viewer): HTMLLIElement {
  const path = headingPath(citation.heading, title);
  const open = make(
    'button',
    { type: 'button', className: 'source', id: `source-${index}`, 'data-testid': 'citation' },
    make('span', { className: 'source-number', 'aria-hidden': 'true' }, String(index + 1)),
    make('span', { className: 'source-title' }, title),
    path === '' ? null : make('span', { className: 'source-heading' }, path),
    make('q', { className: 'source-quote' }, citation.quote),
    make('span', { className: 'source-open' }, 'Show in the document'),
  );
  open.addEventListener('click', () => void viewer.open(citation.document_id, citation));
  return make('li', {}, open);
}
