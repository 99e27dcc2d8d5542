// SPDX-License-Identifier: Apache-2.0
import type { TalkSession } from '../session.ts';

/** Space to talk and Escape to stop the answer, where these keys mean nothing else. */
export function mountKeyboard(session: TalkSession): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (event.key === 'Escape') session.stopAnswer();
    if (event.key !== ' ' || event.repeat || ownsSpace(event.target)) return;
    event.preventDefault();
    session.toggleMicrophone();
  });
}

function ownsSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, button, a, summary, [contenteditable]') !== null;
}
