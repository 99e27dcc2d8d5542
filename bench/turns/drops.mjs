// SPDX-License-Identifier: Apache-2.0
// Connections that are lost at random: clients of /stream speak a question (first argument, a WAV file) and hear its
// answer, while their connection is cut and they come back at once. Prints a line for each of so many (second argument)
// losses: {"how", "state", "reconnect_ms"}, and a last one: {"lost", "doubled", "sessions"}. A message, a sample of the
// answer or a message to the server counts as lost when it did not arrive, and as doubled when it did twice; so does
// every sample in which an answer differs from the one that a client heard whose connection was never cut.
import { setTimeout as delay } from 'node:timers/promises';
import { noise, readWav, resample, toBytes } from '../../tests/functional/support/audio.mjs';
import { losses, ReturningClient } from '../../tests/functional/support/returning.mjs';
import { demoDocuments, startParley } from '../../tests/functional/support/server.mjs';

const rate = 16_000;
const frame = rate / 50;
// At once: few enough that the machine hears all of them in time.
const clients = 3;
const lossesOfOne = 8;
const wav = readWav(process.argv[2]);
const question = resample(wav.samples, wav.rate, rate);
const wanted = Number(process.argv[3]);

/** The same for the same seed (mulberry32). */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A microphone in a quiet room, in which the question is asked at once. It goes on while the connection is lost. */
async function speak(client, until) {
  const room = noise(rate);
  const begun = performance.now();
  for (let sent = 0; !until(); sent += frame) {
    const at = sent - question.length;
    const from = Math.max(0, at) % (rate - frame);
    client.send(toBytes(at < 0 ? question.slice(sent, sent + frame) : room.slice(from, from + frame)));
    await delay(Math.max(0, begun + ((sent + frame) / rate) * 1000 - performance.now()));
  }
}

/** A question and its answer, cut at these moments (milliseconds, in order). */
async function converse(server, cuts, how, told = () => {}) {
  const client = new ReturningClient(server.url.replace(/^http/, 'ws'));
  await client.connect();
  let over = false;
  const speaking = speak(client, () => over);
  const begun = performance.now();
  for (const at of cuts) {
    await delay(Math.max(0, begun + at - performance.now()));
    const kind = how();
    const state = client.log.of('state').at(-1)?.state ?? 'idle';
    client.lose(kind);
    const reconnect_ms = await client.comeBack();
    told({ how: kind, state, reconnect_ms });
  }
  const complete = await client.log.next(({ type }) => type === 'complete' || type === 'error');
  if (complete.type === 'error') {
    over = true;
    client.socket.terminate();
    throw new Error(complete.message);
  }
  const completeAt = complete.at - begun;
  const answered = client.log.events.findIndex(({ type }) => type === 'complete');
  await client.log.next((event) => event.state === 'idle', { from: answered });
  over = true;
  await speaking;
  await client.arrived();
  // Comes back once more, to hear how much of what it sent was taken.
  client.lose('closed');
  await client.comeBack();
  const bytes = client.sent.filter(Buffer.isBuffer).reduce((sum, { length }) => sum + length, 0);
  const missed = client.sent.length - 1 - client.resumed.received;
  const strayed = bytes - client.resumed.audioBytes;
  await client.close();
  return {
    lost: client.lost + Math.max(0, missed) + Math.max(0, strayed),
    doubled: client.doubled + Math.max(0, -missed) + Math.max(0, -strayed),
    text: complete.text,
    transcript: client.log.of('transcript').find(({ isFinal }) => isFinal)?.text,
    audio: Buffer.concat(client.audio),
    completeAt,
    lasted: performance.now() - begun,
  };
}

/** How far one answer is from another, in samples that are missing, or too many or different. */
function difference(whole, cut) {
  const missing = Math.max(0, whole.length - cut.length) / 2;
  let more = Math.max(0, cut.length - whole.length) / 2;
  for (let i = 0; i + 1 < Math.min(whole.length, cut.length); i += 2) {
    if (whole.readInt16LE(i) !== cut.readInt16LE(i)) more += 1;
  }
  return { missing, more };
}

const server = await startParley({ args: ['--docs', demoDocuments] });
try {
  // A machine that is busy may not have its recognisers ready for the first.
  const whole = await converse(server, []).catch(() => converse(server, []));
  const random = chance(1);
  const total = { lost: 0, doubled: 0, sessions: 0 };
  let left = wanted;
  const work = async () => {
    while (left > 0) {
      const count = Math.min(left, lossesOfOne);
      left -= count;
      // Half of them until all of the answer was sent, half at any time.
      const ends = [whole.completeAt, whole.lasted];
      const cuts = Array.from({ length: count }, (_, i) => 200 + random() * (ends[i % 2] - 400)).sort((a, b) => a - b);
      const result = await converse(server, cuts, () => losses[Math.floor(random() * losses.length)], (loss) =>
        console.log(JSON.stringify(loss)));
      const { missing, more } = difference(whole.audio, result.audio);
      const same = result.transcript === whole.transcript && result.text === whole.text;
      if (!same) console.error(`heard ${JSON.stringify(result.transcript)}, answered ${JSON.stringify(result.text)}`);
      total.lost += result.lost + missing + (same ? 0 : 1);
      total.doubled += result.doubled + more;
      total.sessions += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  console.log(JSON.stringify(total));
} finally {
  await server.stop();
}
