// SPDX-License-Identifier: Apache-2.0
// Sessions over HTTP, and who may see them.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { mintToken, runParley, startParley, temporaryFolder } from './support/server.mjs';

const secret = 'a secret of at least thirty-two bytes';

/** A token that nobody would mint: signed rightly, whatever it says. */
function forge(header, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

describe('POST /session/create and its companions', { timeout: 300_000 }, () => {
  let server;
  let alice;
  let bob;
  before(async () => {
    server = await startParley({ env: { JWT_SECRET: secret } });
    alice = await mintToken(server, '--user', 'alice');
    bob = await mintToken(server, '--user', 'bob');
  });
  after(() => server?.stop());

  const call = async (method, path, { token, body } = {}) => {
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };

  it('makes, shows, configures, lists and deletes a session', async () => {
    const made = await call('POST', '/session/create', {
      token: alice,
      body: { audioConfig: { sampleRate: 48000, channels: 1, bitDepth: 16, codec: 'opus' }, voiceConfig: { voiceId: 'rms', speed: 1.2 } },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { sessionId, ...session } = made.body;
    assert.equal(session.userId, 'alice');
    assert.equal(session.isGuest, false);
    assert.equal(session.status, 'pending');
    assert.equal(Date.parse(session.expiresAt) - Date.parse(session.createdAt), 60 * 60 * 1000);
    assert.deepEqual(session.audioConfig, { codec: 'opus', sampleRate: 48000, channels: 1, bitDepth: 16 });
    assert.deepEqual(session.voiceConfig, { voiceId: 'rms', speed: 1.2, pitch: 1, language: null, pronunciations: [] });

    assert.deepEqual((await call('GET', `/session/${sessionId}`, { token: alice })).body, made.body);
    const changed = await call('PUT', `/session/${sessionId}/config`, { token: alice, body: { voiceConfig: { pitch: 1.5 } } });
    assert.equal(changed.status, 200);
    assert.equal(changed.body.voiceConfig.pitch, 1.5);
    assert.equal(changed.body.voiceConfig.voiceId, 'rms');
    const config = await call('GET', `/api/session/${sessionId}/config`, { token: alice });
    assert.equal(config.body.voiceConfig.pitch, 1.5);

    const listed = await call('GET', '/session/list', { token: alice });
    assert.deepEqual(listed.body.sessions.map((each) => each.sessionId), [sessionId]);
    assert.equal((await call('DELETE', `/session/${sessionId}`, { token: alice })).status, 204);
    assert.equal((await call('GET', `/session/${sessionId}`, { token: alice })).status, 404);
  });

  it('gives a session to the local user who brings no token', async () => {
    const made = await call('POST', '/session/create');
    assert.equal(made.status, 201);
    assert.equal(made.body.userId, 'local');
  });

  it('invites a guest with a token of their own', async () => {
    const made = await call('POST', '/api/session/create', { body: { guest: true } });
    assert.equal(made.status, 201);
    assert.equal(made.body.isGuest, true);
    const { token, sessionId } = made.body;
    assert.equal((await call('GET', `/session/${sessionId}`, { token })).status, 200);
    assert.equal((await call('GET', `/session/${sessionId}`)).status, 403);
    assert.equal((await call('POST', '/session/create', { token, body: { guest: true } })).status, 403);
  });

  it("refuses somebody else's session", async () => {
    const { body } = await call('POST', '/session/create', { token: alice });
    for (const token of [bob, undefined]) {
      for (const [method, path] of [['GET', ''], ['DELETE', ''], ['GET', '/config'], ['PUT', '/config']]) {
        const refused = await call(method, `/session/${body.sessionId}${path}`, { token, body: method === 'PUT' ? {} : undefined });
        assert.equal(refused.status, 403, `${method} ${path}`);
        assert.equal(refused.body.error.code, 'FORBIDDEN');
      }
    }
    assert.equal((await call('GET', `/session/${body.sessionId}`, { token: alice })).status, 200);
  });

  const soon = Math.floor(Date.now() / 1000) + 600;
  const badTokens = [
    ['that has expired', forge({ alg: 'HS256', typ: 'JWT' }, { sub: 'alice', type: 'access', exp: soon - 700 })],
    ['without an end', forge({ alg: 'HS256', typ: 'JWT' }, { sub: 'alice', type: 'access' })],
    ['to refresh others', forge({ alg: 'HS256', typ: 'JWT' }, { sub: 'alice', type: 'refresh', exp: soon })],
    ['of no kind', forge({ alg: 'HS256', typ: 'JWT' }, { sub: 'alice', exp: soon })],
    ['with the algorithm none', `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub: 'alice', type: 'access', exp: soon })).toString('base64url')}.`],
    ['with another algorithm', forge({ alg: 'HS512' }, { sub: 'alice', type: 'access', exp: soon })],
    ['that is none', 'guest_7b0c_1700000000000'],
    ['that is empty', ''],
  ];
  for (const [what, token] of badTokens) {
    it(`refuses a token ${what}`, async () => {
      const { status, body } = await call('POST', '/session/create', { token });
      assert.equal(status, 401);
      assert.equal(body.error.code, 'UNAUTHORIZED');
      assert.doesNotMatch(body.error.message, /openssl|boost|json|\/src\//i);
    });
  }

  it('refuses settings that nobody could serve, by their field', async () => {
    for (const [body, status, param] of [
      [{ audioConfig: { codec: 'mp3' } }, 400, '/audioConfig/codec'],
      [{ voiceConfig: { voiceId: 'nobody' } }, 404, '/voiceConfig/voiceId'],
      [{ voiceConfig: { language: 'xx-YY' } }, 501, '/voiceConfig/language'],
      [[], 400, undefined],
    ]) {
      const refused = await call('POST', '/session/create', { token: alice, body });
      assert.equal(refused.status, status, JSON.stringify(refused.body));
      assert.equal(refused.body.error.param, param);
    }
  });

  it('knows its sessions after it was killed, and whose they are', async (context) => {
    const dataDir = join(temporaryFolder(context), 'data');
    const first = await startParley({ dataDir });
    const make = async (body) => {
      const response = await fetch(`${first.url}/session/create`, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
      });
      assert.equal(response.status, 201);
      return response.json();
    };
    const made = await make({ voiceConfig: { voiceId: 'rms', speed: 1.5 }, greeting: 'Good morning.' });
    const guest = await make({ guest: true });
    await first.stop('SIGKILL');

    const second = await startParley({ dataDir });
    context.after(() => second.stop());
    const { token, ...session } = guest;
    assert.deepEqual(await (await fetch(`${second.url}/session/${made.sessionId}`)).json(), made);
    assert.deepEqual(await (await fetch(`${second.url}/session/${guest.sessionId}?token=${token}`)).json(), session);
    assert.equal((await fetch(`${second.url}/session/${guest.sessionId}`)).status, 403);
  });

  it('takes nobody for the local user where a token is needed', async () => {
    const strict = await startParley({ args: ['--set', 'accounts.token_needed=true'] });
    try {
      assert.equal((await fetch(`${strict.url}/session/create`, { method: 'POST' })).status, 401);
      // Its key is its own, in its data directory.
      const token = await mintToken(strict, '--guest');
      const made = await fetch(`${strict.url}/session/create?token=${token}`, { method: 'POST' });
      assert.equal(made.status, 201);
      assert.equal((await made.json()).isGuest, true);
      assert.equal((await fetch(`${strict.url}/session/create?token=${alice}`, { method: 'POST' })).status, 401);
    } finally {
      await strict.stop();
    }
  });

  it('lets a user ask so often in a minute and no more', async () => {
    const eve = await mintToken(server, '--user', 'eve');
    const statuses = [];
    for (let i = 0; i < 210; i++) statuses.push((await call('GET', '/session/list', { token: eve })).status);
    assert.equal(statuses.filter((status) => status === 200).length, 200);
    const late = await fetch(`${server.url}/session/list`, { headers: { authorization: `Bearer ${eve}` } });
    assert.equal(late.status, 429);
    assert.ok(Number(late.headers.get('retry-after')) >= 1);
    assert.equal((await call('GET', '/session/list', { token: bob })).status, 200);
  });

  it('mints no token that would admit nobody', async () => {
    for (const args of [[], ['--user', 'a b'], ['--user', 'alice', '--life', '0'], ['--user', 'a', '--guest']]) {
      const { code, stdout } = await runParley(['token', '--data', server.dataDir, ...args]);
      assert.equal(code, 2, args.join(' '));
      assert.equal(stdout, '');
    }
    const short = await runParley(['token', '--data', server.dataDir, '--user', 'alice'], { env: { JWT_SECRET: 'short' } });
    assert.equal(short.code, 2);
    assert.match(short.stderr, /32 bytes/);
  });
});
