// SPDX-License-Identifier: Apache-2.0
import { shownTurn } from '../state/selection.ts';
import type { Turn } from '../state/conversation.ts';
import type { Store } from '../state/store.ts';
import { placeOf, waterfallOf, type Waterfall, type WaterfallRow } from '../state/waterfall.ts';
import { make, part } from './dom.ts';
import { formatMs } from './turns.ts';

/** The waterfall of the shown turn: a table for who reads, bars for who looks. */
export function mountTimings(store: Store): void {
  const frame = part('timings', HTMLElement);
  const empty = part('timings-empty', HTMLElement);
  empty.textContent = 'How long each step of an answer took appears here.';
  let shown: Turn['record'] = null;

  store.subscribe((state) => {
    const turn = shownTurn(state);
    const record = turn?.record ?? null;
    if (record === shown && record !== null) return;
    shown = record;
    const waterfall = record === null ? null : waterfallOf(record);
    frame.hidden = waterfall === null;
    empty.hidden = waterfall !== null;
    if (turn !== null && record !== null && waterfall !== null) {
      frame.replaceChildren(headline(turn, waterfall), table(waterfall), engines(record.engines));
    } else {
      frame.replaceChildren();
    }
  });
}

function headline(turn: Turn, waterfall: Waterfall): HTMLElement {
  const from = turn.typed ? 'from your question to the first sound' : 'from your last word to the first sound';
  const total = waterfall.totalMs;
  return make(
    'p',
    { className: 'timing-total' },
    make('b', {}, total === null ? '–' : formatMs(total)),
    make('span', {}, ` ${from}`),
  );
}

function table(waterfall: Waterfall): HTMLElement {
  const body = make('tbody');
  for (const row of waterfall.rows) {
    body.append(
      make(
        'tr',
        {},
        make('th', { scope: 'row' }, row.label),
        make('td', { className: 'timing-track' }, bar(waterfall, row)),
        make('td', { className: 'timing-ms' }, durationWords(row)),
      ),
    );
  }
  const head = make(
    'thead',
    { className: 'visually-hidden' },
    make('tr', {}, make('th', { scope: 'col' }, 'Step'), make('th', { scope: 'col' }, 'When'), make('th', { scope: 'col' }, 'Took')),
  );
  // The widths stand on columns, since a fixed layout would else take them from the hidden head.
  const columns = make(
    'colgroup',
    {},
    make('col', { className: 'timing-label' }),
    make('col'),
    make('col', { className: 'timing-amount' }),
  );
  const element = make('table', { className: 'waterfall' }, columns, head, body);
  element.style.setProperty('--zero', percent(placeOf(waterfall, 0)));
  return element;
}

function bar(waterfall: Waterfall, row: WaterfallRow): HTMLElement {
  const left = placeOf(waterfall, row.fromMs);
  const width = placeOf(waterfall, row.toMs) - left;
  const element = make('span', { className: 'timing-bar' }, make('span', { className: 'visually-hidden' }, `at ${formatMs(row.toMs)}`));
  element.dataset['stage'] = row.name;
  element.style.setProperty('--left', percent(left));
  element.style.setProperty('--width', percent(width));
  return element;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function durationWords(row: WaterfallRow): string {
  // Done while the person still spoke: the sign says how long before their last word.
  return row.toMs < 0 ? `−${formatMs(-row.toMs)}` : `+${formatMs(row.toMs - row.fromMs)}`;
}

function engines(names: Record<string, string>): HTMLElement {
  return make('p', { className: 'timing-engines' }, Object.values(names).filter((name) => name !== '').join(' · '));
}
