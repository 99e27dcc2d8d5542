// SPDX-License-Identifier: Apache-2.0
import {
  agreeToSpeakerProfile,
  ApiError,
  forgetSpeakerProfile,
  getSpeakerProfile,
  type SpeakerProfile,
} from '../net/api.ts';
import { voiceStatement } from '../state/voice.ts';
import { part, setText } from './dom.ts';

/** In the privacy panel: what is kept of the person's voice, by their consent, and the way to take it back. */
export function mountVoice(): void {
  const panel = part('privacy', HTMLDetailsElement);
  const frame = part('voice', HTMLElement);
  const text = part('voice-text', HTMLElement);
  const button = part('voice-button', HTMLButtonElement);
  const status = part('voice-status', HTMLElement);
  let shown: SpeakerProfile | null = null;

  const show = (profile: SpeakerProfile): void => {
    shown = profile;
    const statement = voiceStatement(profile, (milliseconds) => new Date(milliseconds).toLocaleDateString());
    frame.hidden = !statement.available;
    setText(text, statement.text);
    setText(button, statement.action === 'agree' ? 'Remember my voice' : 'Forget my voice');
  };
  const attempt = async (work: () => Promise<string>): Promise<void> => {
    button.disabled = true;
    try {
      setText(status, await work());
    } catch (error) {
      setText(status, error instanceof ApiError ? error.message : String(error));
    } finally {
      button.disabled = false;
    }
  };

  panel.addEventListener('toggle', () => {
    if (!panel.open) return;
    void attempt(async () => {
      show(await getSpeakerProfile());
      return '';
    });
  });
  button.addEventListener('click', () => {
    void attempt(async () => {
      if (shown === null) return '';
      if (shown.consent === null) {
        show(await agreeToSpeakerProfile(shown.wording.version));
        return 'Your voice is remembered from your next conversation on.';
      }
      await forgetSpeakerProfile();
      show(await getSpeakerProfile());
      return 'Your voice is forgotten.';
    });
  });
}
