// SPDX-License-Identifier: Apache-2.0
// A loudspeaker in a room with a microphone: plays an answer as it is told to, and knows what of it is heard.
import { readWav, resample } from '../../tests/functional/support/audio.mjs';

const longestRoom = 0.4;
const faintest = 10 ** (-40 / 20);

function power(samples) {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}

function convolve(samples, taps) {
  const heard = new Float64Array(samples.length);
  for (const { at, gain } of taps) {
    for (let i = at; i < heard.length; i += 1) heard[i] += gain * samples[i - at];
  }
  return heard;
}

/**
 * The reflections of a room response from its first sound on, after which `speech` is as loud as before (both WAV
 * files): { at: samples later, gain }. Rooms make some frequencies louder than others, and an answer is speech.
 */
function reflections(room, speech, rate) {
  const read = (file) => {
    const wav = readWav(file);
    return resample(wav.samples, wav.rate, rate);
  };
  const samples = read(room);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const first = samples.findIndex((sample) => Math.abs(sample) >= peak / 4);
  const taps = [...samples.subarray(first, first + longestRoom * rate)]
    .map((sample, at) => ({ at, gain: sample / peak }))
    .filter(({ gain }) => Math.abs(gain) >= faintest);
  const said = read(speech);
  const louder = Math.sqrt(power(convolve(said, taps)) / power(said));
  return taps.map(({ at, gain }) => ({ at, gain: gain / louder }));
}

const rooms = new Map();

/** The reflections of an echo's room (see OpenSpeaker). Takes a second or so, once for each. */
export function roomOf({ room, speech }, rate) {
  const key = JSON.stringify([room, speech, rate]);
  if (!rooms.has(key)) rooms.set(key, reflections(room, speech, rate));
  return rooms.get(key);
}

export class OpenSpeaker {
  /**
   * `echo`: { room: WAV file, delay_ms, db: of the echo against what is played, speech: WAV file with such speech as
   * is played }. Frames have `frame` samples.
   */
  constructor(echo, rate, frame) {
    this.delay = Math.round((echo.delay_ms / 1000) * rate);
    this.taps = roomOf(echo, rate);
    this.loudness = 10 ** (echo.db / 20);
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
