// SPDX-License-Identifier: Apache-2.0
// Speech over a plain WebSocket at real time, and everything a bad client can send.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import WebSocket from 'ws';
import { feed, speechAt24k, toBytes } from './support/audio.mjs';
import { askInText, assertServed, connect } from './support/realtime.mjs';
import { demoDocuments, startParley, temporaryFolder } from './support/server.mjs';

describe('WS /v1/realtime', { timeout: 600_000 }, () => {
  let server;
  before(async () => {
    server = await startParley({ args: ['--docs', demoDocuments] });
  });
  after(() => server?.stop());

  it('hears speech as it is spoken and answers aloud, with the source and the timings', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'What is the most I can spend on a hotel?', { voice: 'rms' });
    const client = await connect(server.wsUrl);
    client.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: { type: 'server_vad' } } } } });
    const { begun, ended } = await feed(client.append, question, { stopped: () => client.log.of('parley.turn').length > 0 });
    const turn = await client.log.next('parley.turn');
    const { log } = client;
    await client.close();

    const partials = log.of('parley.transcript.partial');
    assert.ok(partials.length >= 2, `partials: ${partials.map((event) => event.text).join(' | ')}`);
    assert.ok(partials[0].at < ended, 'the first words arrive while the question is still being asked');
    assert.match(turn.transcript, /hotel/i);
    const first = log.of('response.output_audio.delta')[0];
    assert.ok(first.at > ended, 'the answer waits for the end of the question');
    const citations = log.of('parley.citations').flatMap((event) => event.citations);
    assert.ok(citations.some(({ document }) => document === 'travel.md'), JSON.stringify(citations));
    assert.match(turn.answer, /140|one hundred (and )?forty/i);
    for (const name of ['endpoint', 'asr_final', 'voice_to_voice']) {
      assert.equal(typeof turn.timings_ms[name], 'number', `${name} in ${JSON.stringify(turn.timings_ms)}`);
    }
    const states = log.of('parley.state').map((event) => event.state);
    assert.deepEqual(['listening', 'processing', 'speaking'].filter((state) => !states.includes(state)), []);
    assert.ok(log.of('input_audio_buffer.speech_started')[0].at >= begun);
  });

  it('stops speaking when it is spoken to', async (context) => {
    const folder = temporaryFolder(context);
    const question = await speechAt24k(folder, 'How do I charge the battery of the Summit?');
    const client = await connect(server.wsUrl);
    const speaking = () => client.log.of('response.output_audio.delta').length > 0;
    await feed(client.append, question, { stopped: speaking });
    await client.log.next('response.output_audio.delta');
    const from = client.log.events.length;
    // Twice the question: the turn that interrupts ends by itself before the second answer is asked for.
    await feed(client.append, question, { stopped: () => client.log.of('response.done').length >= 2 });
    const stop = await client.log.next('input_audio_buffer.speech_started', { from });
    const first = await client.log.next('response.done');
    await client.close();
    assert.ok(['cancelled', 'completed'].includes(first.response.status));
    if (first.response.status === 'cancelled') {
      assert.equal(first.response.status_details.reason, 'turn_detected');
      const late = client.log.of('response.output_audio.delta').filter(
        (event) => event.response_id === first.response.id && event.at > Math.min(stop.at + 1000, first.at));
      assert.equal(late.length, 0, 'no sound of the old answer comes a second after the interruption, or behind its end');
    }
  });

  it('takes audio before any session.update, in its default format', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'How many hours do I work each week?');
    const client = await connect(server.wsUrl);
    await feed(client.append, question, { stopped: () => client.log.of('response.done').length > 0 });
    const done = await client.log.next('response.done');
    await client.close();
    assert.equal(done.response.status, 'completed');
    assert.equal(client.log.of('error').length, 0);
  });

  it('commits by hand when turn detection is off', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'How long does a test ride last?');
    const client = await connect(server.wsUrl);
    client.send({ type: 'session.update', session: { type: 'realtime', audio: { input: { turn_detection: null } } } });
    await client.log.next('session.updated');
    // As fast as it goes: nobody waits for a microphone here.
    for (let at = 0; at < question.length; at += 4800) client.append(toBytes(question.subarray(at, at + 4800)).toString('base64'));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.log.next('input_audio_buffer.committed');
    client.send({ type: 'response.create' });
    const done = await client.log.next('response.done');
    const heard = await client.log.next('conversation.item.input_audio_transcription.completed');
    await client.close();
    assert.equal(done.response.status, 'completed');
    assert.match(heard.transcript, /test|ride|last/i);
  });

  it('refuses an empty commit and goes on', async () => {
    const client = await connect(server.wsUrl);
    client.send({ type: 'input_audio_buffer.commit' });
    const { error } = await client.log.next('error');
    assert.equal(error.type, 'invalid_request_error');
    assert.equal((await askInText(client, 'What year was Harbor Bikes founded?')).done.response.status, 'completed');
    await client.close();
  });

  const badEvents = [
    ['text that is not JSON', 'hello'],
    ['JSON that is not an object', '[1, 2, 3]'],
    ['an object without a type', '{"audio": "AAAA"}'],
    ['a type that is not text', '{"type": 7}'],
    ['an unknown event', '{"type": "tea.brew"}'],
    ['JSON 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['an array 10,000 deep', `{"type": "session.update", "session": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['audio that is not text', '{"type": "input_audio_buffer.append", "audio": 12}'],
    ['half a sample', '{"type": "input_audio_buffer.append", "audio": "AA=="}'],
    ['a session that is not an object', '{"type": "session.update", "session": "loud"}'],
    ['a format nobody knows', '{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/x"}}}}}'],
    ['an item that is not there', '{"type": "conversation.item.truncate", "item_id": "gone", "content_index": 0, "audio_end_ms": 1}'],
    ['a number out of range', '{"type": "conversation.item.truncate", "item_id": "gone", "content_index": -1e300, "audio_end_ms": 1e300}'],
  ];
  for (const [what, frame] of badEvents) {
    it(`answers ${what} with an error and goes on`, async () => {
      const client = await connect(server.wsUrl);
      client.socket.send(frame);
      const { error } = await client.log.next('error');
      assert.equal(error.type, what.includes('not there') ? 'not_found_error' : 'invalid_request_error', JSON.stringify(error));
      assert.ok(error.message.length > 0 && error.message.length < 500, error.message);
      assert.doesNotMatch(error.message, /\/src\/|\.[ch]pp|boost|std::|exception/i);
      const { done } = await askInText(client, 'What year was Harbor Bikes founded?');
      assert.equal(done.response.status, 'completed');
      await client.close();
    });
  }

  it('closes on invalid UTF-8, and serves the next client', async () => {
    const client = await connect(server.wsUrl);
    client.socket.send(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), { binary: false });
    const { code } = await client.closed;
    assert.equal(code, 1007);
    await assertServed(server.wsUrl);
  });

  it('closes on a message past its limit, and serves the next client', async () => {
    const client = await connect(server.wsUrl);
    client.socket.on('error', () => {});
    client.socket.send(`{"type": "input_audio_buffer.append", "audio": "${'A'.repeat(17 * 1024 * 1024)}"}`);
    const { code } = await client.closed;
    assert.ok([1009, 1006].includes(code), `close code ${code}`);
    await assertServed(server.wsUrl);
  });

  const badFrames = [
    ['reserved bits', Buffer.from([0xf1, 0x81, 0, 0, 0, 0, 0x41])],
    ['an unknown opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['a frame without a mask', Buffer.from([0x81, 0x02, 0x7b, 0x7d])],
    ['a continuation of nothing', Buffer.from([0x80, 0x81, 0, 0, 0, 0, 0x41])],
    ['a fragmented ping', Buffer.from([0x09, 0x80, 0, 0, 0, 0])],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ];
  for (const [what, bytes] of badFrames) {
    it(`ends a connection that sends ${what}, and serves the next client`, async () => {
      const last = await rawWebSocket(server.port, (socket) => socket.write(bytes));
      // A close frame with 1002 (protocol error) or 1009 (too big), or the end of the connection without one.
      if (last.length > 0) {
        assert.equal(last[0], 0x88, `not a close frame: ${last.toString('hex')}`);
        assert.ok([1002, 1009].includes(last.readUInt16BE(2)), `close code ${last.readUInt16BE(2)}`);
      }
      await assertServed(server.wsUrl);
    });
  }

  it('bears noise where frames should be, and serves the next client', async () => {
    for (let i = 0; i < 20; i++) {
      // Noise may begin a long frame: then the end of the bytes ends the connection.
      await rawWebSocket(server.port, (socket) => socket.end(randomBytes(512)));
    }
    await assertServed(server.wsUrl);
  });

  it('serves the next client after one vanishes in the middle of a frame', async () => {
    const client = await connect(server.wsUrl);
    const tcp = client.socket._socket;
    await new Promise((settle) => tcp.write(Buffer.from([0x81, 0xfe, 0x10, 0x00, 1, 2, 3, 4, 0x7b]), settle));
    tcp.destroy();
    await assertServed(server.wsUrl);
  });

  it('bears a reader that does not read', async () => {
    const before = server.residentMegabytes();
    const slow = await connect(server.wsUrl);
    slow.socket._socket.pause();
    for (let i = 0; i < 40; i++) {
      slow.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'How do I charge the battery of the Summit?' }] },
      });
      slow.send({ type: 'response.create' });
    }
    // Others take their turns meanwhile, as long as the answers would take to pile up.
    for (let i = 0; i < 20; i++) await assertServed(server.wsUrl);
    const grown = server.residentMegabytes() - before;
    assert.ok(grown < 100, `the server grew by ${grown.toFixed(0)} MB`);
    slow.socket.terminate();
    await assertServed(server.wsUrl);
  });

  it('refuses a page of another origin', async () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null', `http://localhost.evil.example:${server.port}`]) {
      assert.equal(await refusal(server.wsUrl, { origin }), 403, origin);
    }
    const own = await connect(server.wsUrl, { origin: server.url });
    await own.close();
  });

  it('refuses a host name it does not know', async () => {
    const status = await refusal(server.wsUrl, { headers: { host: 'evil.example' } });
    assert.ok([400, 403, 421].includes(status), `status ${status}`);
    await assertServed(server.wsUrl);
  });

  it('keeps out who came through a proxy it was not told of', async () => {
    for (const headers of [{ 'x-forwarded-for': '203.0.113.9' }, { forwarded: 'for=203.0.113.9' }]) {
      const status = await refusal(server.wsUrl, { headers });
      assert.ok([401, 403].includes(status), `status ${status} with ${JSON.stringify(headers)}`);
    }
  });

  it('ends its sessions in order when it is told to stop', async () => {
    const other = await startParley({ args: ['--docs', demoDocuments] });
    const client = await connect(other.wsUrl);
    const how = other.stop();
    const { code } = await client.closed;
    assert.ok([1000, 1001, 1012].includes(code), `close code ${code}`);
    assert.equal((await how).code, 0);
  });
});

/** The HTTP status with which an upgrade is refused. */
function refusal(url, options) {
  return new Promise((settle, refuse) => {
    const socket = new WebSocket(url, options);
    socket.on('open', () => {
      socket.terminate();
      refuse(new Error(`let in with ${JSON.stringify(options)}`));
    });
    socket.on('unexpected-response', (request, response) => {
      settle(response.statusCode);
      response.resume();
      request.destroy();
    });
    socket.on('error', refuse);
  });
}

/**
 * Upgrades by hand, lets `send` write bytes that are no good frame, and waits until the server ends the connection.
 * Gives what came behind session.created.
 */
function rawWebSocket(port, send) {
  return new Promise((settle, refuse) => {
    const socket = connectTcp(port, '127.0.0.1');
    const late = setTimeout(() => {
      socket.destroy();
      refuse(new Error('the server kept the connection'));
    }, 60_000);
    let answer = Buffer.alloc(0);
    let before;
    socket.on('connect', () =>
      socket.write(
        `GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
      ),
    );
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (before === undefined && answer.includes('\r\n\r\n')) {
        if (!answer.toString('latin1').startsWith('HTTP/1.1 101')) refuse(new Error(answer.toString('latin1').split('\r\n')[0]));
        if (!answer.includes('session.created') || !answer.toString('latin1').endsWith('}')) return;
        before = answer.length;
        send(socket);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(late);
      const behind = answer.subarray(before ?? 0);
      // Other events of the session may come before the close frame.
      const close = behind.lastIndexOf(0x88);
      settle(close >= 0 && behind.length - close <= 127 ? behind.subarray(close) : Buffer.alloc(0));
    });
  });
}
