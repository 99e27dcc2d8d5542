// SPDX-License-Identifier: Apache-2.0
// Speech over an answer: each item of a list (standard input: {"id", "kind", "file"} a line) is mixed into the
// microphone of a client of its own while the server's answer plays. Prints, a line each, what the client was told
// and when: {"id", "kind", "duck_ms", "stop_ms", "decided_ms", "interrupted", "resumed_ms"}.
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { noise, readWav, resample, toBytes } from '../../tests/functional/support/audio.mjs';
import { connect } from '../../tests/functional/support/realtime.mjs';
import { demoDocuments, startParley } from '../../tests/functional/support/server.mjs';

const rate = 24_000;
const frame = rate / 50;
// At once: few enough that the machine hears all of them in time.
const clients = 3;
// Of the answer that plays before anybody speaks; spread, so that the words said over differ.
const before = [700, 1100, 1500, 1900];
const watched = 2500;
const question = 'How do I charge the battery of the Summit?';

/** The first sample of the first and the last of the last 10 ms within 20 dB of the loudest: where speech is heard. */
function sounding(samples) {
  const size = rate / 100;
  const energies = Array.from({ length: Math.floor(samples.length / size) }, (_, i) =>
    samples.subarray(i * size, (i + 1) * size).reduce((sum, sample) => sum + sample * sample, 0));
  const threshold = Math.max(...energies) / 100;
  const loud = (energy) => energy >= threshold;
  return { first: energies.findIndex(loud) * size, last: (energies.findLastIndex(loud) + 1) * size - 1 };
}

/** A microphone in a quiet room, into which sounds can be played. */
class Microphone {
  constructor(append) {
    this.append = append;
    this.room = noise(rate);
    this.sounds = [];
    this.sent = 0;
    this.open = true;
    this.done = this.run();
  }

  /** Times (performance.now()) at which the first and the last sound of it are sent. */
  play(samples) {
    const { first, last } = sounding(samples);
    const start = this.sent;
    this.sounds.push({ samples, start });
    const at = (sample) => this.begun + ((start + sample) / rate) * 1000;
    return { onset: at(first), end: at(last) };
  }

  async run() {
    this.begun = performance.now();
    while (this.open) {
      const pcm = this.room.slice(this.sent % (rate - frame), (this.sent % (rate - frame)) + frame);
      for (const { samples, start } of this.sounds) {
        for (let i = 0; i < frame; i += 1) pcm[i] += samples[this.sent + i - start] ?? 0;
      }
      this.append(toBytes(pcm).toString('base64'));
      this.sent += frame;
      await delay(Math.max(0, this.begun + (this.sent / rate) * 1000 - performance.now()));
    }
  }

  close() {
    this.open = false;
    return this.done;
  }
}

async function measure(server, item, wait) {
  const wav = readWav(item.file);
  const client = await connect(server.wsUrl);
  const microphone = new Microphone(client.append);
  await delay(600);
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] },
  });
  client.send({ type: 'response.create' });
  await client.log.next('response.output_audio.delta');
  await delay(wait);
  const { onset, end } = microphone.play(resample(wav.samples, wav.rate, rate));
  await delay(Math.max(0, end - performance.now()) + watched);
  await microphone.close();
  await client.close();
  const level = (name) => client.log.of('parley.output').find((event) => event.level === name && event.at >= onset - 20);
  const started = client.log.of('input_audio_buffer.speech_started')[0];
  const cancelled = client.log.of('parley.state').find((event) => event.state === 'interrupted');
  const stop = Math.min(level('paused')?.at ?? Infinity, started?.at ?? Infinity);
  const since = (at, from) => (at === undefined || at === Infinity ? null : Math.round(at - from));
  return {
    id: item.id,
    kind: item.kind,
    duck_ms: since(level('ducked')?.at, onset),
    stop_ms: since(stop, onset),
    decided_ms: since(started?.at, onset),
    interrupted: cancelled !== undefined,
    resumed_ms: cancelled === undefined ? since(level('full')?.at, end) : null,
  };
}

const items = [];
for await (const line of createInterface({ input: process.stdin })) items.push(JSON.parse(line));
const server = await startParley({ args: ['--docs', demoDocuments] });
try {
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      console.log(JSON.stringify(await measure(server, items[index], before[index % before.length])));
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
} finally {
  await server.stop();
}
