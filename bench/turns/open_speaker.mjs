// SPDX-License-Identifier: Apache-2.0
// A loudspeaker in a room with a microphone: plays an answer as it is told to, and knows what of it is heard.
import { readWav, resample } from '../../tests/functional/support/audio.mjs';

const longestRoom = 0.4;
const faintest = 10 ** (-40 / 20);

/** The reflections of a room response (a WAV file) from its first sound on: { at: samples later, gain }; of unit energy. */
function reflections(file, rate) {
  const wav = readWav(file);
  const samples = resample(wav.samples, wav.rate, rate);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = samples.findIndex((sample) => Math.abs(sample) >= peak / 4);
  const taps = [...samples.subarray(first, first + longestRoom * rate)]
    .map((sample, at) => ({ at, gain: sample / peak }))
    .filter(({ gain }) => Math.abs(gain) >= faintest);
  const energy = Math.sqrt(taps.reduce((sum, { gain }) => sum + gain * gain, 0));
  return taps.map(({ at, gain }) => ({ at, gain: gain / energy }));
}

export class OpenSpeaker {
  /** `echo`: { room: WAV file, delay_ms, db: of the echo against what is played }. Frames have `frame` samples. */
  constructor({ room, delay_ms: delay, db }, rate, frame) {
    this.delay = Math.round((delay / 1000) * rate);
    this.taps = reflections(room, rate);
    this.loudness = 10 ** (db / 20);
    this.frame = frame;
    this.past = new Float32Array(this.delay + longestRoom * rate + 2 * frame);
    this.queue = [];
    this.level = 'full';
    this.played = 0;
  }

  /** An event of the server. */
  on(event) {
    if (event.type === 'response.created') this.level = 'full';
    if (event.type === 'parley.output') this.level = event.level;
    if (event.type === 'input_audio_buffer.speech_started') this.queue = [];
    if (event.type !== 'response.output_audio.delta') return;
    const bytes = Buffer.from(event.delta, 'base64');
    this.queue.push(Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i)));
  }

  get playing() {
    return this.queue.length > 0;
  }

  /** Plays for the length of a frame, and gives what the microphone hears of all that was played. */
  next() {
    const { past, frame } = this;
    const gain = this.level === 'ducked' ? 0.25 : 1;
    past.copyWithin(0, frame);
    past.fill(0, past.length - frame);
    for (let at = past.length - frame; at < past.length && this.level !== 'paused' && this.playing; ) {
      const now = this.queue[0].subarray(0, past.length - at);
      past.set(now.map((sample) => gain * sample), at);
      at += now.length;
      this.played += now.length;
      if (now.length === this.queue[0].length) this.queue.shift();
      else this.queue[0] = this.queue[0].subarray(now.length);
    }
    const heard = new Float32Array(frame);
    for (const { at, gain: reflected } of this.taps) {
      const from = past.length - frame - this.delay - at;
      for (let i = 0; i < frame; i += 1) heard[i] += reflected * past[from + i];
    }
    return heard.map((sample) => sample * this.loudness);
  }
}
