// SPDX-License-Identifier: Apache-2.0
// The realtime client of OpenAI's agents: a spoken turn with a call of a tool, an interruption, and what both sides
// remember of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import { z } from 'zod';
import { feed, speechAt24k } from './support/audio.mjs';
import { startChatServer } from './support/chat_server.mjs';
import { EventLog } from './support/realtime.mjs';
import { demoDocuments, startParley, temporaryFolder } from './support/server.mjs';

const longAnswer = Array.from({ length: 40 }, (_, i) => `This is sentence number ${i + 1} of a long answer.`).join(' ');

/** Calls the tool once for each question that is no wish for a story, and tells its result. */
function answer({ messages, tools }) {
  const last = messages.at(-1);
  if (last.role === 'tool') return { text: `The tool says: ${last.content}.` };
  if (tools === undefined) return { text: longAnswer };
  return { calls: [{ id: `call_${messages.length}`, name: 'opening_hours', arguments: '{"day":"monday"}' }] };
}

describe('the client of OpenAI agents', { timeout: 300_000 }, () => {
  let server;
  let language;
  before(async () => {
    language = await startChatServer(answer);
    server = await startParley({ args: ['--docs', demoDocuments, '--llm', language.url] });
  });
  after(async () => {
    await server?.stop();
    await language?.stop();
    assert.deepEqual(language.problems, [], 'the language server had nothing to object to');
  });

  async function open(context, tools) {
    const agent = new RealtimeAgent({ name: 'shop', instructions: 'You answer for a bicycle shop.', tools });
    const transport = new OpenAIRealtimeWebSocket({ url: server.wsUrl });
    const session = new RealtimeSession(agent, { transport, tracingDisabled: true });
    const log = new EventLog();
    const errors = [];
    session.on('transport_event', (event) => log.add(event));
    session.on('error', (error) => errors.push(JSON.stringify(error, Object.getOwnPropertyNames(error.error ?? {}))));
    session.on('audio_interrupted', () => log.add({ type: 'test.audio_interrupted' }));
    await session.connect({ apiKey: 'local' });
    context.after(() => session.close());
    await log.next('session.updated');
    const sendAudio = (audio) => {
      const bytes = Buffer.from(audio, 'base64');
      session.sendAudio(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    };
    return { session, log, errors, sendAudio };
  }

  it('holds a spoken turn with a call of a tool, and remembers all of it', async (context) => {
    const asked = [];
    const openingHours = tool({
      name: 'opening_hours',
      description: 'When the shop is open',
      parameters: z.object({ day: z.string() }),
      execute: async ({ day }) => {
        asked.push(day);
        return 'ten to six';
      },
    });
    const { session, log, errors, sendAudio } = await open(context, [openingHours]);
    const question = await speechAt24k(temporaryFolder(context), 'When does the shop open on Monday?', { voice: 'rms' });
    const answered = () => log.of('response.done').length > 1;
    await feed(sendAudio, question, { stopped: answered });
    await log.next('response.done', { from: log.types().indexOf('response.done') + 1 });

    assert.deepEqual(asked, ['monday']);
    const [first, second] = log.of('response.done').map((event) => event.response);
    assert.deepEqual([first.status, second.status], ['completed', 'completed']);
    assert.deepEqual(first.output.map((item) => item.type), ['message', 'function_call'], 'something is said while it runs');
    assert.equal(first.output[1].arguments, '{"day":"monday"}');
    assert.match(second.output[0].content[0].transcript, /ten to six/);
    assert.equal(second.usage.input_tokens, 12);
    const told = language.requests.at(-1).messages;
    assert.equal(told.at(-1).role, 'tool');
    assert.equal(told.at(-1).content, 'ten to six');
    assert.ok(!log.types().includes('error'), log.summary());

    // The client asks for the words that were heard once they are there.
    await log.next('conversation.item.retrieved');
    const history = session.history;
    assert.deepEqual(history.map((item) => item.role ?? item.type), ['user', 'assistant', 'function_call', 'assistant']);
    assert.match(history[0].content[0].transcript, /open/i);
    assert.equal(history[2].output, 'ten to six');
    assert.match(history[3].content[0].transcript, /ten to six/);
    assert.deepEqual(errors, []);
  });

  it('is interrupted, and remembers what was heard', async (context) => {
    const { session, log, errors, sendAudio } = await open(context, []);
    session.sendMessage('Tell me a long story.');
    await log.next('response.output_audio.delta');
    const begun = performance.now();
    const words = await speechAt24k(temporaryFolder(context), 'Please stop talking about that now.', { voice: 'rms' });
    await feed(sendAudio, words, { stopped: () => log.of('response.done').length > 0, tailSeconds: 20 });
    const done = await log.next('response.done');
    assert.equal(done.response.status, 'cancelled');
    assert.equal(done.response.status_details.reason, 'turn_detected');
    await log.next('test.audio_interrupted');
    await log.next('conversation.item.truncated');
    const seconds = (performance.now() - begun) / 1000;
    const retrieved = await log.next((event) => event.type === 'conversation.item.retrieved' && event.item.role === 'assistant');
    const heard = retrieved.item.content[0].transcript;
    assert.ok(longAnswer.startsWith(heard), heard);
    assert.ok(heard.split(' ').length < 5 * seconds + 5, `as much as ${seconds} s hold: ${heard}`);
    assert.equal(session.history.find((item) => item.role === 'assistant').content[0].transcript, heard);
    assert.deepEqual(errors, []);
  });
});
