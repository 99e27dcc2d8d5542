// SPDX-License-Identifier: Apache-2.0
// Speech over an answer: each item of a list (standard input: {"id", "kind", "file"} a line) is mixed into the
// microphone of a client of its own while the server's answer plays. Prints, a line each, what the client was told
// and when: {"id", "kind", "duck_ms", "stop_ms", "decided_ms", "interrupted", "resumed_ms"}, and of an answer that was
// given up, {"answer", "played_ms", "remembered"}: what its player had played, and what the conversation keeps of it.
// An item with an "echo" (see open_speaker.mjs) is said where the microphone hears the answer, too. Of the kind
// "listening", nothing is said for "seconds" of answers: {"id", "kind", "seconds", "ducked", "paused",
// "interruptions"}. The answer is left as a WAV file (first argument).
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { noise, readWav, resample, toBytes, writeWav } from '../../tests/functional/support/audio.mjs';
import { connect } from '../../tests/functional/support/realtime.mjs';
import { demoDocuments, startParley } from '../../tests/functional/support/server.mjs';
import { OpenSpeaker, roomOf } from './open_speaker.mjs';

const rate = 24_000;
const frame = rate / 50;
// At once: few enough that the machine hears all of them in time.
const clients = 3;
// Of the answer that plays before anybody speaks; spread, so that the words said over differ.
const before = [700, 1100, 1500, 1900];
const watched = 2500;
const question = 'How do I charge the battery of the Summit?';
// Asked one after another by somebody who then only listens.
const questions = [question, 'What does the warranty cover?', 'How do I clean the bicycle?', 'When are you open?'];

/** The samples as loud as people hear them: A-weighting (IEC 61672) from 50 Hz to 8 kHz, two first-order high-passes. */
function weighted(samples) {
  const filter = (input, hertz) => {
    const a = Math.exp((-2 * Math.PI * hertz) / rate);
    let [before, after] = [0, 0];
    return input.map((sample) => {
      after = a * (after + sample - before);
      before = sample;
      return after;
    });
  };
  return filter(filter(Float64Array.from(samples), 107.7), 737.9);
}

/** The first sample of the first and the last of the last 10 ms within 20 dB of the loudest: where speech is heard. */
function sounding(samples) {
  const size = rate / 100;
  const heard = weighted(samples);
  const energies = Array.from({ length: Math.floor(heard.length / size) }, (_, i) =>
    heard.subarray(i * size, (i + 1) * size).reduce((sum, sample) => sum + sample * sample, 0));
  const threshold = Math.max(...energies) / 100;
  const loud = (energy) => energy >= threshold;
  return { first: energies.findIndex(loud) * size, last: (energies.findLastIndex(loud) + 1) * size - 1 };
}

/** A microphone in a quiet room, into which sounds can be played. It gives a frame when it has heard all of it. */
class Microphone {
  constructor(client, echo) {
    this.append = client.append;
    this.speaker = echo && new OpenSpeaker(echo, rate, frame);
    if (echo) client.socket.on('message', (data) => this.speaker.on(JSON.parse(data.toString())));
    this.room = noise(rate);
    this.sounds = [];
    this.sent = 0;
    this.open = true;
    this.done = this.run();
  }

  /** Times (performance.now()) at which the first and the last sound of it are heard. */
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
      this.speaker?.next().forEach((sample, i) => (pcm[i] += sample));
      await delay(Math.max(0, this.begun + ((this.sent + frame) / rate) * 1000 - performance.now()));
      this.append(toBytes(pcm).toString('base64'));
      this.sent += frame;
    }
  }

  close() {
    this.open = false;
    return this.done;
  }
}

/** What a player that does as told has played of the answer when it is given up, in milliseconds; and all it got. */
function playback(events) {
  const parts = [];
  let [queued, played, paused, since] = [0, 0, false, 0];
  for (const event of events) {
    if (!paused) played = Math.min(queued, played + event.at - since);
    since = event.at;
    if (event.type === 'input_audio_buffer.speech_started') break;
    if (event.type === 'parley.output') paused = event.level === 'paused';
    if (event.type !== 'response.output_audio.delta') continue;
    parts.push(Buffer.from(event.delta, 'base64'));
    queued += (parts.at(-1).length / 2 / rate) * 1000;
  }
  return { played, audio: Buffer.concat(parts) };
}

/** When the answer was first at one of these levels, not before `from`. */
function lowered(log, levels, from) {
  const events = log.of('parley.output');
  const before = events.findLast((event) => event.at <= from);
  if (before !== undefined && levels.includes(before.level)) return from;
  return events.find((event) => event.at > from && levels.includes(event.level))?.at ?? Infinity;
}

function ask(client, text) {
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  client.send({ type: 'response.create' });
}

/** Somebody with an open speaker who says nothing, until so many seconds of answers have been played. */
async function listen(server, item) {
  const client = await connect(`${server.wsUrl}?echo=open`);
  const microphone = new Microphone(client, item.echo);
  const { speaker } = microphone;
  await delay(600);
  for (let asked = 0; speaker.played < item.seconds * rate; asked += 1) {
    const from = client.log.events.length;
    ask(client, questions[asked % questions.length]);
    await client.log.next('response.done', { from });
    while (speaker.playing) await delay(20);
    await delay(1000);
  }
  await microphone.close();
  await client.close();
  const levels = client.log.of('parley.output').map((event) => event.level);
  return {
    id: item.id,
    kind: item.kind,
    seconds: speaker.played / rate,
    ducked: levels.filter((level) => level === 'ducked').length,
    paused: levels.filter((level) => level === 'paused').length,
    interruptions: client.log.of('input_audio_buffer.speech_started').length,
  };
}

let longest = Buffer.alloc(0);

async function measure(server, item, wait) {
  const client = await connect(`${server.wsUrl}${item.echo ? '?echo=open' : ''}`);
  const microphone = new Microphone(client, item.echo);
  await delay(600);
  ask(client, question);
  const { item_id } = await client.log.next('response.output_audio.delta');
  await delay(wait);
  const { onset, end } = microphone.play(item.samples);
  await delay(Math.max(0, end - performance.now()) + watched);
  client.send({ type: 'conversation.item.retrieve', item_id });
  const { item: kept } = await client.log.next((event) => event.type.endsWith('.retrieved') || event.type === 'error');
  await microphone.close();
  await client.close();
  const started = client.log.of('input_audio_buffer.speech_started')[0]?.at ?? Infinity;
  const interrupted = client.log.of('parley.state').some((event) => event.state === 'interrupted');
  const paused = lowered(client.log, ['paused'], onset);
  const since = (at, from) => (at === Infinity ? null : Math.round(at - from));
  const { played, audio } = playback(client.log.events);
  if (audio.length > longest.length) longest = audio;
  const result = {
    id: item.id,
    kind: item.kind,
    duck_ms: since(lowered(client.log, ['ducked', 'paused'], onset), onset),
    stop_ms: since(Math.min(paused, started), onset),
    decided_ms: since(started, onset),
    interrupted,
    resumed_ms: null,
  };
  if (interrupted) {
    const answer = client.log.of('response.output_audio_transcript.delta').map((event) => event.delta).join('');
    return { ...result, answer, played_ms: played, remembered: kept?.content[0].transcript ?? '' };
  }
  return { ...result, resumed_ms: paused === Infinity ? null : since(lowered(client.log, ['full'], paused), end) };
}

const items = [];
for await (const line of createInterface({ input: process.stdin })) items.push(JSON.parse(line));
const sounds = new Map();
function soundOf(file) {
  if (!sounds.has(file)) {
    const wav = readWav(file);
    sounds.set(file, resample(wav.samples, wav.rate, rate));
  }
  return sounds.get(file);
}
// Before anybody's microphone runs, which would have to wait.
for (const item of items) {
  if (item.echo) roomOf(item.echo, rate);
  if (item.file) item.samples = soundOf(item.file);
}
const server = await startParley({ args: ['--docs', demoDocuments] });
try {
  let next = 0;
  const listeners = items.filter((item) => item.kind === 'listening');
  const speakers = items.filter((item) => item.kind !== 'listening');
  const work = async () => {
    while (next < speakers.length) {
      const index = next++;
      console.log(JSON.stringify(await measure(server, speakers[index], before[index % before.length])));
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  await Promise.all(listeners.map(async (item) => console.log(JSON.stringify(await listen(server, item)))));
  writeWav(process.argv[2], new Int16Array(longest.buffer, longest.byteOffset, longest.length / 2), { rate });
} finally {
  await server.stop();
}
