// SPDX-License-Identifier: Apache-2.0
// Clients whose connection is cut come back to their conversation, with the `ws` client.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { noise, speechAt, toBytes } from './support/audio.mjs';
import { connect, EventLog } from './support/realtime.mjs';
import { losses, ReturningClient } from './support/returning.mjs';
import { demoDocuments, startParley, temporaryFolder } from './support/server.mjs';

const rate = 16_000;
const frame = rate / 50;

/** Speaks `samples` and then room noise, at the speed of sound, until `done()`. */
async function speakTo(client, samples, done) {
  const room = noise(rate);
  const begun = performance.now();
  for (let sent = 0; !done(); sent += frame) {
    const at = sent - samples.length;
    client.send(toBytes(at < 0 ? samples.slice(sent, sent + frame) : room.slice(at % (rate - frame), (at % (rate - frame)) + frame)));
    await delay(Math.max(0, begun + ((sent + frame) / rate) * 1000 - performance.now()));
  }
}

describe('coming back', { timeout: 600_000 }, () => {
  let server;
  let base;
  let question;
  const folder = temporaryFolder({ after });
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments] });
    base = server.url.replace(/^http/, 'ws');
    question = await speechAt(rate, folder, 'When is the shop open?');
  });
  after(() => server?.stop());

  /** A spoken question and its answer over a connection that is lost at each of `cuts`: milliseconds on, or at a message. */
  async function converse(cuts) {
    const client = new ReturningClient(base);
    await client.connect();
    const done = () => client.log.of('complete').length > 0 || client.log.over !== undefined;
    const speaking = speakTo(client, question, done);
    let from = 0;
    for (const [i, cut] of cuts.entries()) {
      await (typeof cut === 'number' ? delay(cut) : client.log.next(cut, { from }));
      client.lose(losses[i % losses.length]);
      await delay(100);
      from = client.log.events.length;
      await client.comeBack();
    }
    const complete = await client.log.next('complete');
    await speaking;
    await client.arrived();
    client.lose('closed');
    await client.comeBack();
    assert.equal(client.resumed.received, client.sent.length - 1, 'all but the ping that followed');
    assert.equal(client.resumed.audioBytes, client.sent.filter(Buffer.isBuffer).reduce((sum, { length }) => sum + length, 0));
    await client.close();
    const transcript = client.log.of('transcript').find(({ isFinal }) => isFinal).text;
    return { client, transcript, text: complete.text, audio: Buffer.concat(client.audio) };
  }

  it('loses and doubles nothing, in speech and in the answer, by WS /stream', async () => {
    const whole = await converse([]);
    assert.match(whole.text, /open/i);
    const cut = await converse([400, 500, 'audio', 'llm-response']);
    assert.equal(cut.client.lost, 0);
    assert.equal(cut.client.doubled, 0);
    assert.equal(cut.transcript, whole.transcript);
    assert.equal(cut.text, whole.text);
    assert.ok(cut.audio.equals(whole.audio), 'the answer sounds the same, to the sample');
  });

  it('finds its history, by WS /ws', async () => {
    const open = (query) => {
      const socket = new WebSocket(`${base}/ws?${query}`);
      const log = new EventLog();
      socket.on('message', (data) => log.add(JSON.parse(data.toString())));
      socket.on('close', (code, reason) => log.end(`closed ${code} ${reason}`));
      socket.on('error', (error) => log.end(String(error)));
      return { socket, log };
    };
    const first = open('resume=0');
    const { sessionId } = await first.log.next('session_created');
    first.socket.send(JSON.stringify({ type: 'text_message', data: { text: 'When is the shop open?' } }));
    const start = await first.log.next('response_start');
    first.socket._socket.resetAndDestroy();
    const back = open(`resume=${start.sequence}&sessionId=${sessionId}`);
    const resumed = await back.log.next('session_resumed');
    assert.equal(resumed.data.received, 1);
    const end = await back.log.next('response_end');
    assert.equal(end.data.turnId, start.data.turnId);
    const numbers = back.log.events.filter(({ sequence }) => sequence !== undefined).map(({ sequence }) => sequence);
    assert.deepEqual(numbers, numbers.map((_, i) => start.sequence + 1 + i));
    back.socket.close();
    await new Promise((settle) => back.socket.on('close', settle));
    const late = open(`resume=${numbers.at(-1)}&sessionId=${sessionId}`);
    assert.equal((await late.log.next('error')).data.errorCode, 'NOT_FOUND', 'it said goodbye');
  });

  it('goes on behind the last event, by OpenAI Realtime', async () => {
    const first = await connect(server.wsUrl);
    const { conversation } = await first.log.next('conversation.created');
    first.send({ type: 'session.update', session: { type: 'realtime', resumption: { enabled: true } } });
    await first.log.next('session.updated');
    first.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'When is the shop open?' }] } });
    first.send({ type: 'response.create' });
    const { event_id: last } = await first.log.next('response.output_audio.delta');
    first.socket._socket.resetAndDestroy();
    const seen = first.log.events.findIndex(({ event_id }) => event_id === last) + 1;
    const log = new EventLog();
    const socket = new WebSocket(`${server.wsUrl}?conversation_id=${conversation.id}&last_event_id=${last}`);
    socket.on('message', (data) => log.add(JSON.parse(data.toString())));
    const resumed = await log.next('parley.session.resumed');
    assert.equal(resumed.last_event_id, last);
    assert.equal(resumed.received, 3);
    const { response } = await log.next('response.done');
    assert.equal(response.status, 'completed');
    const events = [...first.log.events.slice(0, seen), ...log.events.filter(({ type }) => type !== 'parley.session.resumed')];
    const number = ({ event_id }) => Number(event_id.slice(event_id.lastIndexOf('_') + 1));
    assert.deepEqual(events.map(number), events.map((_, i) => i + 1));
    socket.close();
  });
});
