// SPDX-License-Identifier: Apache-2.0
import { pcm16ToFloat, wireRate } from './pcm.ts';

// Waiting this long before the first sound, and after running dry, rides out uneven arrival.
const startSamples = wireRate * 0.04;
// Five minutes of answer; what would not fit is refused, and the page says so.
const capacitySamples = wireRate * 300;
// A cut wave clicks: 5 ms of fading do not.
const fadeSamples = wireRate * 0.005;
// From silence to full loudness, or back: one step a sample.
const fullSteps = wireRate * 0.02;

/** How the answer is played while it is found out whether the person interrupts it. */
export type OutputLevel = 'full' | 'ducked' | 'paused';
const steps: Record<OutputLevel, number> = { full: fullSteps, ducked: fullSteps / 4, paused: 0 };

interface Block {
  item: string;
  pcm: Int16Array;
}

/** Where playback stands: `samples` of `item` have been handed to the speaker. */
export interface PlayoutPosition {
  item: string;
  samples: number;
}

/**
 * The audio waiting to be played and the count of what was played of each item. It lives on the
 * audio thread; nothing in it waits or throws. Bounded: `push` refuses what exceeds five minutes.
 */
export class PlayoutQueue {
  private blocks: Block[] = [];
  private offset = 0;
  private waiting = 0;
  private flowing = false;
  private ended = true;
  private fade = new Float32Array(0);
  private fadeAt = 0;
  private position: PlayoutPosition | null = null;
  private loudness = fullSteps;
  private wanted = fullSteps;

  /** Plays louder or softer from now on, or waits where it is. A flush brings back the full level. */
  setLevel(level: OutputLevel): void {
    this.wanted = steps[level];
  }

  /** False when the queue is full. */
  push(item: string, pcm: Int16Array): boolean {
    if (this.waiting + pcm.length > capacitySamples) return false;
    if (pcm.length === 0) return true;
    this.blocks.push({ item, pcm });
    this.waiting += pcm.length;
    this.ended = false;
    return true;
  }

  /** No more audio will come for now: play what is left without waiting for more. */
  end(): void {
    this.ended = true;
  }

  /** Drops everything that waits, fading the sound out. Says how far an unfinished answer had come. */
  flush(): PlayoutPosition | null {
    const reached = this.playing ? this.position : null;
    const tail = new Float32Array(this.flowing ? Math.min(fadeSamples, this.waiting) : 0);
    this.take(tail);
    for (let i = 0; i < tail.length; i += 1) tail[i] = (tail[i] ?? 0) * (this.loudness / fullSteps) * (1 - (i + 1) / tail.length);
    this.fade = tail;
    this.fadeAt = 0;
    this.blocks = [];
    this.offset = 0;
    this.waiting = 0;
    this.flowing = false;
    this.ended = true;
    this.position = null;
    this.loudness = fullSteps;
    this.wanted = fullSteps;
    return reached;
  }

  /** Fills `output`, with silence where there is nothing to play. */
  pull(output: Float32Array): void {
    output.fill(0);
    const faded = Math.min(output.length, this.fade.length - this.fadeAt);
    if (faded > 0) {
      output.set(this.fade.subarray(this.fadeAt, this.fadeAt + faded));
      this.fadeAt += faded;
    }
    if (!this.flowing) this.flowing = this.waiting > 0 && (this.ended || this.waiting >= startSamples);
    if (!this.flowing) return;
    // A pause takes no more than its ramp needs.
    const most = this.wanted === 0 ? this.loudness : output.length;
    const start = Math.max(faded, 0);
    const sound = output.subarray(start, start + most);
    this.take(sound);
    this.amplify(sound);
    if (this.waiting === 0) this.flowing = false;
  }

  /** True from the first queued sample until the last one of an ended answer is played. */
  get active(): boolean {
    return this.waiting > 0 || !this.ended;
  }

  /** True while sound goes out or has gone out of an answer that is not over. */
  get playing(): boolean {
    return this.active && this.position !== null;
  }

  get current(): PlayoutPosition | null {
    return this.position;
  }

  private take(output: Float32Array): void {
    let filled = 0;
    while (filled < output.length) {
      const block = this.blocks[0];
      if (block === undefined) return;
      const count = Math.min(output.length - filled, block.pcm.length - this.offset);
      for (let i = 0; i < count; i += 1) output[filled + i] = pcm16ToFloat(block.pcm[this.offset + i] ?? 0);
      filled += count;
      this.offset += count;
      this.waiting -= count;
      this.advance(block.item, count);
      if (this.offset === block.pcm.length) {
        this.blocks.shift();
        this.offset = 0;
      }
    }
  }

  private amplify(sound: Float32Array): void {
    if (this.loudness === fullSteps && this.wanted === fullSteps) return;
    for (let i = 0; i < sound.length; i += 1) {
      this.loudness += Math.sign(this.wanted - this.loudness);
      sound[i] = (sound[i] ?? 0) * (this.loudness / fullSteps);
    }
  }

  private advance(item: string, samples: number): void {
    if (this.position?.item === item) this.position = { item, samples: this.position.samples + samples };
    else this.position = { item, samples };
  }
}
