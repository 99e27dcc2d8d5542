// SPDX-License-Identifier: Apache-2.0
import type { OutputLevel, PlayoutPosition } from '../playout_queue.ts';

export const captureProcessor = 'parley-capture';
export const playbackProcessor = 'parley-playback';

/** From the capture worklet: one 40 ms frame. */
export interface CapturedFrame {
  pcm: Int16Array;
  level: number;
}

/** To the playback worklet. */
export type PlaybackCommand =
  | { kind: 'push'; item: string; pcm: Int16Array }
  | { kind: 'end' }
  | { kind: 'level'; level: OutputLevel }
  | { kind: 'flush'; id: number };

/** From the playback worklet. */
export type PlaybackReport =
  | { kind: 'position'; position: PlayoutPosition | null; playing: boolean; level: number }
  | { kind: 'flushed'; id: number; position: PlayoutPosition | null }
  | { kind: 'refused' };
