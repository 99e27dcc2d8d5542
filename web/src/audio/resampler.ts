// SPDX-License-Identifier: Apache-2.0

// Zero crossings of the kernel on each side, and table steps between two of them: with the Blackman
// window this keeps aliases about 70 dB down, far under what a recogniser or an ear notices.
const crossings = 16;
const tableSteps = 256;

/**
 * Windowed-sinc sample rate conversion of one channel, block by block. Microphones run at 44.1 or 48 kHz,
 * the wire at 24, and not every browser lets a context and a microphone differ in rate.
 */
export class Resampler {
  private readonly step: number;
  private readonly scale: number;
  private readonly reach: number;
  private readonly table: Float32Array;
  private history: Float32Array;
  // Position in `history` of the next output sample.
  private at: number;

  constructor(fromRate: number, toRate: number) {
    this.step = fromRate / toRate;
    // Going down, the kernel widens so that it cuts at the lower rate's half.
    this.scale = Math.min(1, toRate / fromRate);
    this.reach = Math.ceil(crossings / this.scale);
    this.table = kernelTable();
    this.history = new Float32Array(this.reach);
    this.at = this.reach;
  }

  process(input: Float32Array): Float32Array {
    if (this.step === 1) return input.slice();
    const samples = new Float32Array(this.history.length + input.length);
    samples.set(this.history);
    samples.set(input, this.history.length);

    const last = samples.length - this.reach;
    const count = Math.max(0, Math.ceil((last - this.at) / this.step));
    const output = new Float32Array(count);
    for (let i = 0; i < count; i += 1) output[i] = this.sampleAt(samples, this.at + i * this.step);
    this.at += count * this.step;

    const keepFrom = Math.max(0, Math.floor(this.at) - this.reach);
    this.history = samples.slice(keepFrom);
    this.at -= keepFrom;
    return output;
  }

  private sampleAt(samples: Float32Array, position: number): number {
    const first = Math.max(0, Math.ceil(position - this.reach));
    const end = Math.min(samples.length - 1, Math.floor(position + this.reach));
    let sum = 0;
    for (let i = first; i <= end; i += 1) {
      const place = Math.abs(position - i) * this.scale * tableSteps;
      const index = Math.floor(place);
      const below = this.table[index] ?? 0;
      const above = this.table[index + 1] ?? 0;
      sum += (samples[i] ?? 0) * (below + (above - below) * (place - index));
    }
    return sum * this.scale;
  }
}

function kernelTable(): Float32Array {
  const table = new Float32Array(crossings * tableSteps + 2);
  for (let i = 0; i < crossings * tableSteps; i += 1) {
    const x = i / tableSteps;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    const phase = (Math.PI * x) / crossings;
    table[i] = sinc * (0.42 + 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
  }
  return table;
}
