// SPDX-License-Identifier: Apache-2.0
import type { TurnRecord } from '../net/protocol.ts';

/** One bar: from the moment the stage before it was done to the moment this one was. */
export interface WaterfallRow {
  readonly name: string;
  readonly label: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  /** From the end of the question to the first sound of the answer. */
  readonly totalMs: number | null;
  /** The ends of the time axis. */
  readonly axisFromMs: number;
  readonly axisToMs: number;
}

// What went on until each mark, in the order of a turn.
const stages: Record<string, string> = {
  endpoint: 'Listening for more',
  asr_final: 'Recognising',
  retrieval_done: 'Searching',
  llm_first_token: 'Writing',
  tts_first_audio: 'Voicing',
  first_audio_sent: 'Sending',
};

/** The waterfall of a turn, or null when it has no marks to draw. */
export function waterfallOf(record: TurnRecord): Waterfall | null {
  const marks = record.marks
    .filter((mark) => Object.hasOwn(stages, mark.name) && Number.isFinite(mark.at_ms))
    .sort((a, b) => a.at_ms - b.at_ms);
  if (marks.length === 0) return null;

  const rows: WaterfallRow[] = [];
  let reached = 0;
  for (const mark of marks) {
    // What was done while the person still spoke cost them nothing: a point before zero, not a bar.
    const fromMs = mark.at_ms < 0 ? mark.at_ms : reached;
    rows.push({ name: mark.name, label: stages[mark.name] ?? mark.name, fromMs, toMs: mark.at_ms });
    reached = Math.max(reached, mark.at_ms);
  }
  const measured = record.timings_ms['voice_to_voice'];
  const sent = marks.find((mark) => mark.name === 'first_audio_sent')?.at_ms;
  const earliest = Math.min(0, ...marks.map((mark) => mark.at_ms));
  return {
    rows,
    totalMs: measured ?? sent ?? null,
    axisFromMs: earliest,
    axisToMs: Math.max(reached, 1),
  };
}

/** Share of the axis, 0 to 1, at which a moment stands. */
export function placeOf(waterfall: Waterfall, ms: number): number {
  return (ms - waterfall.axisFromMs) / (waterfall.axisToMs - waterfall.axisFromMs);
}
