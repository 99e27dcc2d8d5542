// SPDX-License-Identifier: Apache-2.0
import { floatToPcm16, frameSamples, meterLevel, wireRate } from '../pcm.ts';
import { Resampler } from '../resampler.ts';
import { captureProcessor, type CapturedFrame } from './messages.ts';

/** Microphone in, 40 ms frames of PCM16 at the wire's rate out. */
class CaptureProcessor extends AudioWorkletProcessor {
  private readonly resampler = new Resampler(sampleRate, wireRate);
  private frame = new Float32Array(frameSamples);
  private filled = 0;

  override process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (channel === undefined) return true;
    const samples = this.resampler.process(channel);
    for (let taken = 0; taken < samples.length; ) {
      const count = Math.min(samples.length - taken, frameSamples - this.filled);
      this.frame.set(samples.subarray(taken, taken + count), this.filled);
      this.filled += count;
      taken += count;
      if (this.filled === frameSamples) this.send();
    }
    return true;
  }

  private send(): void {
    const pcm = floatToPcm16(this.frame);
    const message: CapturedFrame = { pcm, level: meterLevel(this.frame) };
    this.port.postMessage(message, [pcm.buffer]);
    this.filled = 0;
  }
}

registerProcessor(captureProcessor, CaptureProcessor);
