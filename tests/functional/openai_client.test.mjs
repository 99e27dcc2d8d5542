// SPDX-License-Identifier: Apache-2.0
// The official OpenAI client over TLS: what it can do against the original, it can do here.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { feed, fromALawBytes, fromMuLawBytes, speechAt, speechAt24k, toALawBytes, toMuLawBytes } from './support/audio.mjs';
import { connect, EventLog } from './support/realtime.mjs';
import { demoDocuments, startParley, temporaryFolder } from './support/server.mjs';

describe('the openai client', { timeout: 300_000 }, () => {
  let server;
  before(async () => {
    server = await startParley({ args: ['--tls', 'auto', '--docs', demoDocuments] });
  });
  after(() => server?.stop());

  async function open({ apiKey = 'local' } = {}) {
    const client = new OpenAI({ apiKey, baseURL: `${server.tlsUrl}/v1` });
    // The certificate is one that Parley made for this machine a moment ago.
    const session = new OpenAIRealtimeWS({ model: 'parley', options: { rejectUnauthorized: false } }, client);
    const log = new EventLog();
    session.on('event', (event) => log.add(event));
    session.on('error', (error) => error.error ?? log.end(String(error)));
    session.socket.on('close', (code) => log.end(`closed ${code}`));
    await log.next('session.created');
    return { session, log };
  }

  it('holds a turn in text, with the whole life cycle of a response', async () => {
    const { session, log } = await open();
    session.send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } });
    const updated = await log.next('session.updated');
    assert.deepEqual(updated.session.output_modalities, ['text']);

    session.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What year was Harbor Bikes founded?' }] },
    });
    session.send({ type: 'response.create' });
    const done = await log.next('response.done');
    session.close();

    assert.equal(done.response.status, 'completed');
    const cycle = log.types().filter((type) => type.startsWith('response.') && !type.endsWith('.delta'));
    assert.deepEqual(cycle, [
      'response.created',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    const said = log.of('response.output_text.delta').map((event) => event.delta).join('');
    assert.equal(said, log.of('response.output_text.done')[0].text);
    assert.match(said, /2014/);
    assert.equal(done.response.output[0].content[0].text, said);
    const ids = log.events.map((event) => event.event_id);
    assert.equal(new Set(ids).size, ids.length, 'event ids are unique');
  });

  it('hears a spoken question and answers aloud', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const { session, log } = await open();
    session.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        audio: {
          input: { format: { type: 'audio/pcm', rate: 24000 }, turn_detection: { type: 'server_vad' } },
          output: { format: { type: 'audio/pcm', rate: 24000 }, voice: 'slt' },
        },
      },
    });
    await log.next('session.updated');
    await feed((audio) => session.send({ type: 'input_audio_buffer.append', audio }), question, {
      stopped: () => log.of('response.done').length > 0,
    });
    const done = await log.next('response.done');
    session.close();

    assert.equal(done.response.status, 'completed');
    const order = [
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'response.created',
      'response.output_audio.delta',
      'response.output_audio.done',
      'response.done',
    ].map((type) => log.types().indexOf(type));
    assert.ok(order.every((at, i) => at >= 0 && (i === 0 || at > order[i - 1])), `out of order: ${log.types().join(' ')}`);
    const heard = await log.next('conversation.item.input_audio_transcription.completed');
    assert.match(heard.transcript, /hotel/i);
    const audio = Buffer.concat(log.of('response.output_audio.delta').map((event) => Buffer.from(event.delta, 'base64')));
    assert.ok(audio.length > 24_000, `half a second of sound at least, not ${audio.length} bytes`);
    assert.ok(audio.some((byte) => byte !== 0), 'the answer can be heard');
    const said = log.of('response.output_audio_transcript.done')[0].transcript;
    assert.match(said, /140|one hundred (and )?forty/i);
  });

  const telephony = [
    { law: 'µ-law', type: 'audio/pcmu', encode: toMuLawBytes, decode: fromMuLawBytes },
    { law: 'A-law', type: 'audio/pcma', encode: toALawBytes, decode: fromALawBytes },
  ];
  for (const { law, type, encode, decode } of telephony) it(`hears and speaks the ${law} of telephony`, async (context) => {
    const question = await speechAt(8_000, temporaryFolder(context), 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const { session, log } = await open();
    session.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        output_modalities: ['audio'],
        audio: { input: { format: { type } }, output: { format: { type }, voice: 'rms' } },
      },
    });
    const updated = await log.next('session.updated');
    assert.deepEqual(updated.session.audio.input.format, { type });
    assert.deepEqual(updated.session.audio.output.format, { type });
    assert.equal(updated.session.audio.output.voice, 'rms');
    await feed((audio) => session.send({ type: 'input_audio_buffer.append', audio }), question, {
      rate: 8_000,
      encode,
      stopped: () => log.of('response.done').length > 0,
    });
    const done = await log.next('response.done');
    session.close();

    assert.equal(done.response.status, 'completed');
    const heard = await log.next('conversation.item.input_audio_transcription.completed');
    assert.ok(heard.transcript.length > 0, 'something was heard');
    const codes = Buffer.concat(log.of('response.output_audio.delta').map((event) => Buffer.from(event.delta, 'base64')));
    assert.ok(codes.length > 4_000, `half a second of sound at least, not ${codes.length} bytes`);
    // Bytes of another format, taken for codes, would be loud all through: speech has pauses and no clipping.
    const samples = decode(codes);
    const loud = samples.filter((sample) => Math.abs(sample) > 1000).length / samples.length;
    const quiet = samples.filter((sample) => Math.abs(sample) < 100).length / samples.length;
    assert.ok(loud > 0.05 && quiet > 0.05, `the answer is speech: ${loud} loud, ${quiet} quiet`);
  });

  it('ends turns by what they mean when it asks for semantic_vad', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const { session, log } = await open();
    const update = (turn_detection) => ({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection } } } });
    session.send(update({ type: 'semantic_vad', eagerness: 'eager' }));
    const refused = await log.next('error');
    assert.equal(refused.error.param, 'session.audio.input.turn_detection.eagerness');
    session.send(update({ type: 'semantic_vad', eagerness: 'high', create_response: true, interrupt_response: true }));
    const updated = await log.next('session.updated');
    const { type, eagerness } = updated.session.audio.input.turn_detection;
    assert.deepEqual([type, eagerness], ['semantic_vad', 'high']);
    await feed((audio) => session.send({ type: 'input_audio_buffer.append', audio }), question, {
      stopped: () => log.of('response.done').length > 0,
    });
    const done = await log.next('response.done');
    session.close();
    assert.equal(done.response.status, 'completed');
    assert.equal(log.of('input_audio_buffer.committed').length, 1, 'one question is one turn');
    const heard = await log.next('conversation.item.input_audio_transcription.completed');
    assert.match(heard.transcript, /hotel/i);
  });

  it('truncates an answer at its end at the latest', async () => {
    const { session, log } = await open();
    session.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What year was Harbor Bikes founded?' }] },
    });
    session.send({ type: 'response.create' });
    const done = await log.next('response.done');
    const [answer] = done.response.output;
    const bytes = log.of('response.output_audio.delta').reduce((sum, { delta }) => sum + Buffer.from(delta, 'base64').length, 0);
    const truncate = (audio_end_ms) => ({ type: 'conversation.item.truncate', item_id: answer.id, content_index: 0, audio_end_ms });
    session.send(truncate(3_600_000));
    const whole = await log.next('conversation.item.truncated');
    assert.equal(whole.item_id, answer.id);
    assert.ok(Math.abs(whole.audio_end_ms - bytes / 48) < 50, `${whole.audio_end_ms} ms of ${bytes / 48}`);
    session.send({ type: 'conversation.item.retrieve', item_id: answer.id });
    const kept = await log.next('conversation.item.retrieved');
    assert.equal(kept.item.content[0].transcript, answer.content[0].transcript);

    const from = log.events.length;
    session.send(truncate(100));
    const cut = await log.next('conversation.item.truncated', { from });
    assert.equal(cut.audio_end_ms, 100);
    session.send({ type: 'conversation.item.retrieve', item_id: answer.id });
    const left = await log.next('conversation.item.retrieved', { from });
    assert.ok(left.item.content[0].transcript.length < answer.content[0].transcript.length, 'what was not heard is gone');
    session.close();
  });

  it('is told at once of a voice that does not exist', async () => {
    const { session, log } = await open();
    const update = (voice) => ({ type: 'session.update', session: { type: 'realtime', audio: { output: { voice } } } });
    session.send(update('espeak:xx'));
    const lacking = await log.next('error');
    assert.equal(lacking.error.code, 'LANGUAGE_UNAVAILABLE');
    assert.equal(lacking.error.param, 'session.audio.output.voice');
    session.send(update('espeak:de'));
    const updated = await log.next('session.updated');
    assert.equal(updated.session.audio.output.voice, 'espeak:de');
    session.close();
  });

  it('cancels a response', async () => {
    const { session, log } = await open();
    session.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'How do I charge the battery?' }] },
    });
    session.send({ type: 'response.create' });
    session.send({ type: 'response.cancel' });
    const done = await log.next('response.done');
    assert.equal(done.response.status, 'cancelled');
    assert.equal(done.response.status_details.reason, 'client_cancelled');
    assert.equal(log.of('response.done').length, 1);

    // The session goes on.
    const from = log.events.length;
    session.send({ type: 'response.create' });
    const next = await log.next('response.done', { from });
    assert.equal(next.response.status, 'completed');
    session.close();
  });

  it('is told what was wrong with an event, and by which id', async () => {
    const { session, log } = await open();
    session.send({ type: 'input_audio_buffer.append', event_id: 'mine-1', audio: '*** not base64 ***' });
    const bad = await log.next('error');
    assert.equal(bad.error.type, 'invalid_request_error');
    assert.equal(bad.error.event_id, 'mine-1');
    assert.ok(bad.error.message.length > 0);

    const from = log.events.length;
    session.send({ type: 'session.dance', event_id: 'mine-2' });
    const unknown = await log.next('error', { from });
    assert.equal(unknown.error.event_id, 'mine-2');
    assert.match(unknown.error.message, /session\.dance/);
    session.close();
  });

  it('answers aside of the conversation, with what it was given', async () => {
    const { session, log } = await open();
    const ask = (metadata) => ({
      type: 'response.create',
      response: {
        conversation: 'none',
        metadata,
        output_modalities: ['text'],
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What year was Harbor Bikes founded?' }] }],
      },
    });
    session.send(ask({ topic: 'first' }));
    session.send(ask({ topic: 'second' }));
    await log.next((event) => event.type === 'response.done' && log.of('response.done').length === 2);
    const done = log.of('response.done').map((event) => event.response);
    assert.deepEqual(done.map((response) => response.metadata.topic).sort(), ['first', 'second']);
    for (const response of done) {
      assert.equal(response.status, 'completed');
      assert.equal(response.conversation_id, null);
      assert.match(response.output[0].content[0].text, /2014/);
    }
    assert.ok(!log.types().some((type) => type.startsWith('conversation.item')), 'the conversation knows nothing of it');
    session.close();
  });

  it('keeps the conversation in the order that the client gives it', async () => {
    const { session, log } = await open();
    const item = (id, text, previous) => ({
      type: 'conversation.item.create',
      previous_item_id: previous,
      item: { id, type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    session.send(item('b', 'second'));
    session.send(item('a', 'first', 'root'));
    const first = await log.next((event) => event.type === 'conversation.item.done' && event.item.id === 'a');
    assert.equal(first.previous_item_id, null);
    session.send(item('ab', 'between', 'a'));
    const between = await log.next((event) => event.type === 'conversation.item.done' && event.item.id === 'ab');
    assert.equal(between.previous_item_id, 'a');
    session.send({ ...item('c', 'lost', 'nowhere'), event_id: 'mine' });
    const lost = await log.next('error');
    assert.deepEqual([lost.error.param, lost.error.event_id], ['previous_item_id', 'mine']);
    session.send({ type: 'conversation.item.retrieve', item_id: 'ab' });
    const retrieved = await log.next('conversation.item.retrieved');
    assert.equal(retrieved.item.content[0].text, 'between');
    session.send({ type: 'conversation.item.delete', item_id: 'ab' });
    await log.next('conversation.item.deleted');
    session.close();
  });

  it('only transcribes where that is what it asked for', async (context) => {
    const client = new OpenAI({ apiKey: 'local', baseURL: `${server.url}/v1` });
    const secret = await client.realtime.clientSecrets.create({
      expires_after: { anchor: 'created_at', seconds: 60 },
      session: { type: 'transcription', audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 500 } } } },
    });
    assert.match(secret.value, /^ek_/);
    assert.ok(secret.expires_at > Date.now() / 1000 + 30);
    assert.equal(secret.session.type, 'transcription');

    const { session, log } = await open({ apiKey: secret.value });
    const created = log.of('session.created')[0].session;
    assert.equal(created.type, 'transcription');
    assert.equal(created.audio.input.turn_detection.silence_duration_ms, 500);
    const words = await speechAt24k(temporaryFolder(context), 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const completed = 'conversation.item.input_audio_transcription.completed';
    await feed((audio) => session.send({ type: 'input_audio_buffer.append', audio }), words, {
      stopped: () => log.of(completed).length > 0,
    });
    const heard = await log.next(completed);
    assert.match(heard.transcript, /hotel/i);
    session.send({ type: 'response.create' });
    const refused = await log.next('error');
    assert.equal(refused.error.type, 'invalid_request_error');
    assert.equal(log.of('response.created').length, 0);
    session.close();
  });

  it('is refused with an ephemeral key that nobody gave out', async () => {
    const client = new OpenAI({ apiKey: 'ek_aaaa.bbbb.cccc', baseURL: `${server.tlsUrl}/v1` });
    const session = new OpenAIRealtimeWS({ model: 'parley', options: { rejectUnauthorized: false } }, client);
    const log = new EventLog();
    session.on('event', (event) => log.add(event));
    session.on('error', () => {});
    const refused = await log.next('error');
    assert.equal(refused.error.code, 'invalid_api_key');
  });

  it('hears the names of the beta when it asks for them', async () => {
    const { send, log, close } = await connect(server.wssUrl, { headers: { 'OpenAI-Beta': 'realtime=v1' } });
    send({ type: 'session.update', session: { modalities: ['text'], input_audio_format: 'g711_ulaw', turn_detection: null } });
    const { session } = await log.next('session.updated');
    assert.deepEqual([session.modalities, session.input_audio_format, session.turn_detection], [['text'], 'g711_ulaw', null]);
    send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'What year was Harbor Bikes founded?' }] },
    });
    send({ type: 'response.create', response: { modalities: ['text'] } });
    const done = await log.next('response.done');
    assert.match(done.response.output[0].content[0].text, /2014/);
    assert.equal(done.response.output[0].content[0].type, 'text');
    for (const type of ['conversation.item.created', 'response.text.delta', 'response.text.done']) {
      assert.ok(log.types().includes(type), `${type} is missing in ${log.types().join(' ')}`);
    }
    assert.ok(!log.types().some((type) => /output_text|conversation\.item\.(added|done)/.test(type)));
    await close();
  });
});
