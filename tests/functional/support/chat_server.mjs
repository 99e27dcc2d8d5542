// SPDX-License-Identifier: Apache-2.0
// A language server with OpenAI's chat completions, whose answers a test decides. It is as strict as the real
// ones about tools: every call needs its result, right behind it, and no result comes without its call.
import { createServer } from 'node:http';

/** What is wrong with the messages of a request, or undefined. */
function problemOf({ messages, tools, tool_choice: choice }) {
  const open = new Set();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) return `no call ${message.tool_call_id} before its result`;
      continue;
    }
    if (open.size > 0) return `no result of ${[...open].join()} right behind the call`;
    if (message.content === null && message.tool_calls === undefined) return 'a message without content';
    for (const call of message.tool_calls ?? []) open.add(call.id);
  }
  if (open.size > 0) return `no result of ${[...open].join()}`;
  if (choice !== undefined && tools === undefined) return 'a choice without tools';
  if (tools?.length === 0) return 'no tools';
  return undefined;
}

/** The events of an answer: { text } or { calls: [{ id, name, arguments }] }, in small pieces as a model makes them. */
function* chunksOf({ text = '', calls = [] }) {
  for (const word of text.match(/\S+\s*/g) ?? []) yield { delta: { content: word } };
  for (const [index, call] of calls.entries()) {
    const head = { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } };
    yield { delta: { tool_calls: [head] } };
    for (const piece of call.arguments.match(/.{1,4}/gs) ?? []) {
      yield { delta: { tool_calls: [{ index, function: { arguments: piece } }] } };
    }
  }
  yield { delta: {}, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' };
}

/**
 * Starts it on a free port: { url, requests, problems, stop() }. `answer(request)` gives an answer for the body
 * of each request.
 */
export async function startChatServer(answer) {
  const requests = [];
  const problems = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/models') {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'test-model', object: 'model' }] }));
      return;
    }
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    requests.push(body);
    const problem = problemOf(body);
    if (problem !== undefined) {
      problems.push(problem);
      response.writeHead(400, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: { message: problem, type: 'invalid_request_error' } }));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const event = (fields) => response.write(`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', ...fields })}\n\n`);
    for (const chunk of chunksOf(answer(body))) event({ choices: [{ index: 0, finish_reason: null, ...chunk }] });
    event({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 } });
    response.end('data: [DONE]\n\n');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/v1`,
    requests,
    problems,
    stop: () => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
  };
}
