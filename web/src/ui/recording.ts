// SPDX-License-Identifier: Apache-2.0
import { ApiError, deleteRecording, listRecordings, recordingAddress, type RecordingSummary } from '../net/api.ts';
import type { TalkSession } from '../session.ts';
import { bySession, recordingStatement } from '../state/recording.ts';
import type { Store } from '../state/store.ts';
import { make, part, setText } from './dom.ts';

/** In the privacy panel: whether this conversation is recorded, by consent, and the recordings there are. */
export function mountRecording(store: Store, session: TalkSession): void {
  const panel = part('privacy', HTMLDetailsElement);
  const frame = part('recording', HTMLElement);
  const text = part('recording-text', HTMLElement);
  const button = part('recording-button', HTMLButtonElement);
  const list = part('recordings', HTMLUListElement);
  const status = part('recording-status', HTMLElement);
  const sign = part('recording-sign', HTMLElement);

  const refresh = async (): Promise<void> => {
    try {
      const recordings = await listRecordings();
      frame.hidden = recordings === null;
      list.replaceChildren(...bySession(recordings ?? []).map(row));
    } catch (error) {
      setText(status, words(error));
    }
  };
  const remove = async (sessionId: string): Promise<void> => {
    try {
      await deleteRecording(sessionId);
      setText(status, 'The recording is deleted.');
    } catch (error) {
      setText(status, words(error));
    }
    await refresh();
    button.focus();
  };
  const row = (recording: RecordingSummary): HTMLLIElement => {
    const when = new Date(recording.startedAt).toLocaleString();
    if (!recording.finished) return make('li', {}, `${when}: still being recorded`);
    const address = recordingAddress(recording.sessionId);
    const deletion = make('button', { type: 'button', className: 'quiet-button', 'aria-label': `Delete the recording of ${when}` }, 'Delete');
    deletion.addEventListener('click', () => void remove(recording.sessionId));
    return make(
      'li',
      {},
      make('span', {}, when),
      make('audio', { controls: true, preload: 'none', src: address, 'aria-label': `Recording of ${when}` }),
      make('a', { href: address, download: 'conversation.ogg', 'aria-label': `Download the recording of ${when}` }, 'Download'),
      deletion,
    );
  };

  panel.addEventListener('toggle', () => {
    if (!panel.open) return;
    setText(status, '');
    void refresh();
  });
  button.addEventListener('click', () => session.setRecording(recordingStatement(store.state.recording).action === 'agree'));
  store.subscribe((state, before) => {
    const statement = recordingStatement(state.recording);
    sign.hidden = state.recording !== 'on';
    setText(text, statement.text);
    setText(button, statement.action === 'agree' ? 'Record this conversation' : 'Delete what is recorded');
    button.disabled = state.connection.kind !== 'open';
    if (state.recording !== before.recording && panel.open) void refresh();
  });
}

function words(error: unknown): string {
  return error instanceof ApiError ? error.message : String(error);
}
