// SPDX-License-Identifier: Apache-2.0
import type { MicrophoneTrouble } from '../audio/capture.ts';
import type { TalkSession } from '../session.ts';
import type { Store } from '../state/store.ts';
import { make, part, setText } from './dom.ts';

const microphoneWords: Record<MicrophoneTrouble, string> = {
  refused:
    'The microphone is blocked for this page. Allow it in the browser’s address bar and Parley goes on by itself. You can type meanwhile.',
  absent: 'No microphone was found. Plug one in and Parley goes on by itself. You can type meanwhile.',
  busy: 'The microphone could not be opened; another program may hold it. Press the button to try again, or type.',
  insecure:
    'Browsers give the microphone only to pages over https or from this same computer. Open Parley’s https address to talk. You can type meanwhile.',
  failed: 'The microphone could not be started in this browser. Press the button to try again, or type.',
};

/** What is wrong, in words, with what to do about it. */
export function mountBanners(store: Store, session: TalkSession): void {
  const frame = part('banners', HTMLElement);
  const gone = serverGone(session);
  const microphone = new Banner('microphone');
  const notices = new Map<string, Banner>();
  // A first connection that takes a moment is no trouble yet.
  let everTroubled = false;

  store.subscribe((state) => {
    if (state.connection.kind === 'open') everTroubled = false;
    if (state.connection.kind === 'waiting') everTroubled = true;
    gone.show(everTroubled, state.connection.kind === 'waiting' ? state.connection.secondsLeft : null);
    place(frame, gone.banner, everTroubled);

    const trouble = state.microphone.kind === 'trouble' ? state.microphone.trouble : null;
    if (trouble !== null) setText(microphone.words, microphoneWords[trouble]);
    place(frame, microphone, trouble !== null);

    const keys = new Set(state.notices.map((notice) => notice.key));
    for (const [key, banner] of notices) {
      if (keys.has(key)) continue;
      banner.element.remove();
      notices.delete(key);
    }
    for (const notice of state.notices) {
      let banner = notices.get(notice.key);
      if (banner === undefined) {
        banner = new Banner(notice.key);
        banner.button('Dismiss', () => store.dismiss(notice.key));
        notices.set(notice.key, banner);
      }
      place(frame, banner, true);
      setText(banner.words, notice.text);
    }
  });
}

class Banner {
  readonly element: HTMLElement;
  readonly words = make('p', { role: 'alert' });

  constructor(kind: string) {
    this.element = make('div', { className: 'banner', 'data-testid': 'banner', 'data-kind': kind }, this.words);
  }

  button(label: string, onPress: () => void): void {
    const button = make('button', { type: 'button', className: 'quiet-button' }, label);
    button.addEventListener('click', onPress);
    this.element.append(button);
  }
}

function serverGone(session: TalkSession): { banner: Banner; show: (troubled: boolean, secondsLeft: number | null) => void } {
  const banner = new Banner('server');
  // Outside the alert, so that a screen reader is told of the loss once and not every second.
  const countdown = make('span', { className: 'countdown' });
  banner.element.append(countdown);
  banner.button('Retry now', () => session.reconnectNow());
  return {
    banner,
    show: (troubled, secondsLeft) => {
      setText(banner.words, troubled ? 'The server is gone. Parley comes back by itself when it answers.' : '');
      setText(countdown, secondsLeft === null ? 'Trying…' : `Trying again in ${secondsLeft} s`);
    },
  };
}

function place(frame: HTMLElement, banner: Banner, present: boolean): void {
  if (present && !banner.element.isConnected) frame.append(banner.element);
  if (!present) banner.element.remove();
}
