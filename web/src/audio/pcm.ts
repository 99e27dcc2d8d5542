// SPDX-License-Identifier: Apache-2.0

/** Rate of the PCM16 that travels to and from the server. */
export const wireRate = 24000;

/** One frame sent to the server: 40 ms. */
export const frameSamples = wireRate / 25;

const fullScale = 32767;

export function floatToPcm16(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 1) {
    const clipped = Math.max(-1, Math.min(1, samples[i] ?? 0));
    pcm[i] = Math.round(clipped * fullScale);
  }
  return pcm;
}

export function pcm16ToFloat(sample: number): number {
  return sample / fullScale;
}

/** Little-endian PCM16 as base64, as the wire wants it on any machine. */
export function encodePcm16(pcm: Int16Array): string {
  const bytes = new Uint8Array(pcm.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < pcm.length; i += 1) view.setInt16(i * 2, pcm[i] ?? 0, true);
  let text = '';
  // A call takes a bounded number of arguments, so long audio goes in pieces.
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

/** Null when the text is not base64. A trailing half sample is dropped. */
export function decodePcm16(base64: string): Int16Array | null {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    return null;
  }
  const pcm = new Int16Array(text.length >> 1);
  for (let i = 0; i < pcm.length; i += 1) {
    const word = text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8);
    pcm[i] = word > 0x7fff ? word - 0x10000 : word;
  }
  return pcm;
}

/** Loudness of a block for a level meter: 0 at −60 dBFS and below, 1 at −6 dBFS and above. */
export function meterLevel(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i += 1) sum += (samples[i] ?? 0) ** 2;
  const rms = Math.sqrt(sum / Math.max(samples.length, 1));
  const decibels = 20 * Math.log10(Math.max(rms, 1e-6));
  return Math.max(0, Math.min(1, (decibels + 60) / 54));
}
