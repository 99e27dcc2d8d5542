// SPDX-License-Identifier: Apache-2.0
// WAV files, a little signal arithmetic, and sending sound at the speed at which a microphone gives it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runParley } from './server.mjs';

/** Reads a PCM16 WAV: { rate, channels, samples: Int16Array (interleaved) }. */
export function readWav(path) {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error(`${path} is not a WAV file`);
  }
  let format;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ') {
      format = { channels: bytes.readUInt16LE(start + 2), rate: bytes.readUInt32LE(start + 4) };
    } else if (name === 'data') {
      const length = Math.min(size, bytes.length - start);
      const samples = new Int16Array(Math.floor(length / 2));
      for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(start + 2 * i);
      return { ...format, samples };
    }
    at = start + size + (size % 2);
  }
  throw new Error(`${path} has no data`);
}

function wavHeader({ tag, channels, rate, bits, dataBytes }) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(tag, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * bits) / 8, 28);
  header.writeUInt16LE((channels * bits) / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

export function writeWav(path, samples, { rate, channels = 1 }) {
  const data = toBytes(samples);
  writeFileSync(path, Buffer.concat([wavHeader({ tag: 1, channels, rate, bits: 16, dataBytes: data.length }), data]));
  return path;
}

/** Writes G.711 µ-law, as a telephone system would leave it. */
export function writeMuLawWav(path, samples, { rate, channels }) {
  const data = toMuLawBytes(samples);
  writeFileSync(path, Buffer.concat([wavHeader({ tag: 7, channels, rate, bits: 8, dataBytes: data.length }), data]));
  return path;
}

export function toMuLawBytes(samples) {
  return Buffer.from(Uint8Array.from(samples, muLaw));
}

/** What G.711 µ-law codes stand for. */
export function fromMuLawBytes(bytes) {
  return Int16Array.from(bytes, (code) => {
    const value = ~code & 0xff;
    const magnitude = ((((value & 0x0f) << 3) + 132) << ((value & 0x70) >> 4)) - 132;
    return value & 0x80 ? -magnitude : magnitude;
  });
}

function muLaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  let exponent = 7;
  while (exponent > 0 && (magnitude & (1 << (exponent + 7))) === 0) exponent--;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

export function toALawBytes(samples) {
  return Buffer.from(Uint8Array.from(samples, aLaw));
}

/** What G.711 A-law codes stand for. */
export function fromALawBytes(bytes) {
  return Int16Array.from(bytes, (code) => {
    const value = code ^ 0x55;
    const segment = (value & 0x70) >> 4;
    const step = ((value & 0x0f) << 4) + 8;
    const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
    return value & 0x80 ? magnitude : -magnitude;
  });
}

function aLaw(sample) {
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  let segment = 7;
  while (segment > 0 && magnitude < 16 << segment) segment--;
  const code = (segment << 4) | ((magnitude >> Math.max(segment, 1)) & 0x0f);
  return code ^ (sample < 0 ? 0x55 : 0xd5);
}

/** Changes the rate. What both rates can carry stays as loud as it was (a sinc in a Hann window). */
export function resample(samples, from, to) {
  const band = Math.min(1, to / from);
  const half = Math.ceil(16 / band);
  const weigh = (distance) => {
    const angle = Math.PI * band * distance;
    const window = Math.cos((Math.PI * distance) / (2 * half)) ** 2;
    return band * (angle === 0 ? 1 : Math.sin(angle) / angle) * window;
  };
  // Of an output sample so far behind an input sample: the same for all of them that are.
  const weights = new Map();
  const weightsAt = (behind) => {
    if (!weights.has(behind)) {
      weights.set(behind, Float64Array.from({ length: 2 * half }, (_, k) => weigh(behind / to + half - 1 - k)));
    }
    return weights.get(behind);
  };
  return Int16Array.from({ length: Math.floor((samples.length * to) / from) }, (_, i) => {
    const first = Math.floor((i * from) / to) - half + 1;
    const taps = weightsAt((i * from) % to);
    const last = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let k = Math.max(0, -first); k < last; k++) sum += samples[first + k] * taps[k];
    return Math.round(Math.max(-32768, Math.min(32767, sum)));
  });
}

/** Room noise: the same for the same seed. */
export function noise(count, amplitude = 20, seed = 1) {
  const out = new Int16Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    out[i] = Math.round((state / 0x3fffffff - 1) * amplitude);
  }
  return out;
}

export function toBytes(samples) {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, i) => bytes.writeInt16LE(sample, 2 * i));
  return bytes;
}

/** Has Parley itself say `text` into `folder`; gives the path of the WAV. */
export async function speak(folder, text, { voice = 'slt', name = 'speech' } = {}) {
  const path = join(folder, `${name}.wav`);
  const { code, stderr } = await runParley(['say', text, '-o', path, '--voice', voice]);
  if (code !== 0) throw new Error(`parley say failed: ${stderr}`);
  return path;
}

/** The speech of `text` as the realtime protocol wants it: mono PCM16 at 24 kHz. */
export function speechAt24k(folder, text, options) {
  return speechAt(24_000, folder, text, options);
}

/** The same at another rate. */
export async function speechAt(wanted, folder, text, options) {
  const { rate, samples } = readWav(await speak(folder, text, options));
  return resample(samples, rate, wanted);
}

/** The number of samples up to the last one within 35 dB of the peak. */
function endOfSound(samples) {
  const threshold = samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) * 10 ** (-35 / 20);
  return samples.findLastIndex((sample) => Math.abs(sample) >= threshold) + 1;
}

/**
 * Sends sound at the speed of sound, in 20 ms frames: `samples` and then room noise until `stopped()` is true or
 * `tailSeconds` have gone by. `send` gets base64 of what `encode` makes of the samples. Gives the times (performance.now()) at which sending began and at
 * which the last sound of the speech had been sent.
 */
export async function feed(send, samples, { rate = 24_000, tailSeconds = 60, stopped = () => false, encode = toBytes } = {}) {
  const frame = rate / 50;
  const tail = noise(Math.floor(tailSeconds * rate));
  const lastSound = endOfSound(samples);
  const begun = performance.now();
  let ended;
  for (let sent = 0; sent < samples.length + tail.length; sent += frame) {
    if (sent >= samples.length && stopped()) break;
    const part =
      sent < samples.length
        ? samples.subarray(sent, sent + frame)
        : tail.subarray(sent - samples.length, sent - samples.length + frame);
    send(encode(part).toString('base64'));
    if (sent + frame >= lastSound) ended ??= performance.now();
    const due = begun + ((sent + frame) / rate) * 1000;
    const wait = due - performance.now();
    if (wait > 1) await delay(wait);
  }
  return { begun, ended: ended ?? performance.now() };
}
