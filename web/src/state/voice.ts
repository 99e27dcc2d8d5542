// SPDX-License-Identifier: Apache-2.0
import type { SpeakerProfile } from '../net/api.ts';

export interface VoiceStatement {
  /** Nobody's voice can be learnt here: there is nothing to say. */
  readonly available: boolean;
  readonly text: string;
  readonly action: 'agree' | 'forget';
}

/** What is kept of the person's voice, or what they would agree to. */
export function voiceStatement(profile: SpeakerProfile, dayOf: (milliseconds: number) => string): VoiceStatement {
  if (profile.consent === null) {
    return { available: profile.engine !== null, text: profile.wording.text, action: 'agree' };
  }
  const seconds = profile.kept.reduce((sum, { seconds: each }) => sum + each, 0);
  const since = dayOf(profile.consent.given_at_ms);
  const text =
    seconds === 0
      ? `Remembered since ${since}. Nothing has been learnt yet: your next conversation begins it.`
      : `Remembered since ${since}, from ${howLong(seconds)} of your speech.`;
  return { available: true, text, action: 'forget' };
}

function howLong(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 120) return whole === 1 ? 'a second' : `${whole} seconds`;
  return `${Math.round(whole / 60)} minutes`;
}
