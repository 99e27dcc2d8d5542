// SPDX-License-Identifier: Apache-2.0
import type { RecordingSummary } from '../net/api.ts';
import type { RecordingEnd } from '../net/protocol.ts';

/** `full` and `failed`: the recording ended by itself, and what there is of it is kept. */
export type RecordingStage = 'off' | 'on' | 'full' | 'failed';

export function stageOf(change: { active: boolean; ended?: RecordingEnd }): RecordingStage {
  if (change.active) return 'on';
  return change.ended === 'full' || change.ended === 'failed' ? change.ended : 'off';
}

export interface RecordingStatement {
  readonly text: string;
  readonly action: 'agree' | 'withdraw';
}

const endsWithThePage = 'It is finished half a minute after you close this page.';

/** What becomes of this conversation's sound, and what the person would agree to. */
export function recordingStatement(stage: RecordingStage): RecordingStatement {
  switch (stage) {
    case 'off':
      return {
        text:
          'This conversation is not recorded. If you agree, what you say and the answers that you hear are kept from ' +
          'now on as a sound file where Parley runs. Through Parley only you can listen to it, and you can delete it ' +
          'at any time.',
        action: 'agree',
      };
    case 'on':
      return { text: `This conversation is being recorded. ${endsWithThePage}`, action: 'withdraw' };
    case 'full':
      return { text: 'The recording is as long as one may be, and has ended. What there is of it is kept.', action: 'withdraw' };
    case 'failed':
      return { text: 'The recording has ended: the disk did not take more of it. What there is of it is kept.', action: 'withdraw' };
  }
}

/** A conversation that was talked in several times has one recording, as old as its beginning. */
export function bySession(recordings: readonly RecordingSummary[]): RecordingSummary[] {
  const sessions = new Map<string, RecordingSummary>();
  for (const each of recordings) {
    const other = sessions.get(each.sessionId);
    if (other === undefined) {
      sessions.set(each.sessionId, each);
      continue;
    }
    sessions.set(each.sessionId, {
      ...each,
      bytes: each.bytes + other.bytes,
      finished: each.finished && other.finished,
      startedAt: each.startedAt < other.startedAt ? each.startedAt : other.startedAt,
    });
  }
  return [...sessions.values()];
}
