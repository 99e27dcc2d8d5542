// SPDX-License-Identifier: Apache-2.0
import { privacyStatement } from '../state/privacy.ts';
import type { Store } from '../state/store.ts';
import { make, part, setText } from './dom.ts';

/** Says in the header where voice and words go, and engine by engine when opened. */
export function mountPrivacy(store: Store): void {
  const frame = part('privacy', HTMLDetailsElement);
  const headline = part('privacy-headline', HTMLElement);
  const details = part('privacy-details', HTMLTableSectionElement);

  store.subscribe((state, before) => {
    if (state.info === null || (state.info === before.info && !frame.hidden)) return;
    const statement = privacyStatement(state.info, window.location.hostname);
    frame.hidden = false;
    frame.dataset['local'] = String(statement.local);
    setText(headline, statement.headline);
    details.replaceChildren(
      ...statement.details.map(({ task, engine, where }) =>
        make('tr', {}, make('th', { scope: 'row' }, task), make('td', {}, engine), make('td', {}, where)),
      ),
    );
  });

  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !frame.contains(event.target)) frame.open = false;
  });
  frame.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !frame.open) return;
    event.preventDefault();
    frame.open = false;
    frame.querySelector('summary')?.focus();
  });
}
