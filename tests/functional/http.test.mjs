// SPDX-License-Identifier: Apache-2.0
// The HTTP side of the server: health, documents, limits, and who may ask.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { askInText, connect } from './support/realtime.mjs';
import { startParley } from './support/server.mjs';

describe('the HTTP server', { timeout: 300_000 }, () => {
  let server;
  before(async () => {
    server = await startParley();
  });
  after(() => server?.stop());

  /** fetch cannot set Host or Origin; this can. */
  function call(path, { method = 'GET', headers = {}, body } = {}) {
    return new Promise((settle, refuse) => {
      const sent = request({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => settle({ status: response.statusCode, headers: response.headers, text }));
      });
      sent.on('error', refuse);
      sent.end(body);
    });
  }

  /** Sends bytes as they are and gives all that came back. */
  function raw(bytes) {
    return new Promise((settle) => {
      const socket = connectTcp(server.port, '127.0.0.1', () => socket.end(bytes));
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk));
      socket.on('error', () => {});
      socket.on('close', () => settle(answer));
      socket.setTimeout(60_000, () => socket.destroy());
    });
  }

  function upload(name, type, bytes) {
    const form = new FormData();
    form.append('file', new Blob([bytes], { type }), name);
    return fetch(`${server.url}/api/v1/documents`, { method: 'POST', body: form });
  }

  it('says how it is', async () => {
    for (const path of ['/health', '/healthz']) {
      const body = await (await fetch(server.url + path)).json();
      assert.equal(body.status, 'healthy');
      for (const field of ['service', 'timestamp', 'uptime']) assert.ok(field in body, field);
    }
    assert.equal((await fetch(`${server.url}/ready`)).status, 200);
    const info = await (await fetch(`${server.url}/info`)).json();
    for (const { where } of Object.values(info.engines)) assert.equal(where, 'local');
  });

  it('serves the talk page', async () => {
    const page = await fetch(`${server.url}/`);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    assert.match(await page.text(), /<script type="module"/);
  });

  it('takes a document, answers from it, and lets go of it', async () => {
    const sent = await upload('tides.md', 'text/markdown', '# Tides\n\nThe ferry to Gull Island leaves at 9:15 in the morning.\n');
    assert.ok(sent.ok, `status ${sent.status}`);
    const [{ id }] = (await sent.json()).documents;
    const events = await fetch(`${server.url}/api/v1/documents/${id}/events`);
    assert.match(events.headers.get('content-type'), /^text\/event-stream/);
    let progress = '';
    const reader = events.body.getReader();
    const decoder = new TextDecoder();
    while (!/"completed"/.test(progress)) {
      const { done, value } = await reader.read();
      if (done) break;
      progress += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
    assert.match(progress, /"completed"/);

    const client = await connect(server.wsUrl);
    const asked = await askInText(client, 'When does the ferry to Gull Island leave?');
    assert.match(asked.text, /9:15/);
    assert.equal((await fetch(`${server.url}/api/v1/documents/${id}`, { method: 'DELETE' })).ok, true);
    const gone = await askInText(client, 'When does the ferry to Gull Island leave?');
    assert.doesNotMatch(gone.text, /9:15/);
    await client.close();
    assert.equal((await fetch(`${server.url}/api/v1/documents/${id}/content`)).status, 404);
  });

  it('says what is wrong with a document', async () => {
    for (const [name, type, bytes] of [
      ['empty.txt', 'text/plain', ''],
      ['picture.png', 'image/png', Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ', 'base64')],
    ]) {
      const answer = await upload(name, type, bytes);
      const body = await answer.json();
      assert.ok([400, 415].includes(answer.status), `${name}: ${answer.status} ${JSON.stringify(body)}`);
      assert.equal(typeof body.error.code, 'string');
      assert.ok(body.error.message.length > 0);
    }
  });

  it('answers what it does not have, and what it does not allow, in one shape', async () => {
    const gone = await call('/api/v1/nothing');
    assert.equal(gone.status, 404);
    assert.equal(JSON.parse(gone.text).error.code, 'NOT_FOUND');
    assert.ok([404, 405].includes((await call('/health', { method: 'DELETE', headers: { origin: server.url } })).status));
    assert.equal((await call('/v1/realtime')).status >= 400, true, 'no upgrade, no session');
  });

  it('gives no file from outside its folder', async () => {
    for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2f..%2fetc/passwd', '//etc/passwd', '/%00']) {
      const { status, text } = await call(path);
      assert.ok(status >= 400, `${path}: ${status}`);
      assert.doesNotMatch(text, /root:/);
    }
  });

  it('lets no other page change anything', async () => {
    const evil = { origin: 'https://evil.example', 'content-type': 'application/json' };
    assert.equal((await call('/api/v1/documents', { method: 'POST', headers: evil, body: '{}' })).status, 403);
    assert.equal((await call('/api/v1/documents/x', { method: 'DELETE', headers: evil })).status, 403);
    assert.ok([400, 403, 421].includes((await call('/info', { headers: { host: 'evil.example' } })).status));
    assert.ok([401, 403].includes((await call('/info', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status));
  });

  it('bears requests that are none', async () => {
    const host = `Host: 127.0.0.1:${server.port}\r\n`;
    for (const [what, bytes, expected] of [
      ['noise', '\x16\x03\x01 what is this\r\n\r\n', /^(HTTP\/1\.1 400|$)/],
      ['a header past its limit', `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(40_000)}\r\n\r\n`, /^(HTTP\/1\.1 431|HTTP\/1\.1 400|$)/],
      ['two lengths', `POST /api/v1/documents HTTP/1.1\r\n${host}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, /^(HTTP\/1\.1 400|$)/],
      ['length and chunks', `POST /api/v1/documents HTTP/1.1\r\n${host}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^(HTTP\/1\.1 400|$)/],
      ['a body past its limit', `POST /api/v1/documents HTTP/1.1\r\n${host}Content-Length: 99999999999\r\n\r\n`, /^(HTTP\/1\.1 413|HTTP\/1\.1 400|$)/],
    ]) {
      assert.match(await raw(bytes), expected, what);
      assert.equal((await fetch(`${server.url}/health`)).status, 200, `after ${what}`);
    }
  });
});
