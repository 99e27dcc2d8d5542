// SPDX-License-Identifier: Apache-2.0
// The model store from the command line: a list of one's own on a server that cuts, lies and serves; and, where the
// published weights lie beside the checkout, Silero VAD taken from a folder, tried and used.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot, runParley, temporaryFolder } from './support/server.mjs';

const content = Buffer.alloc(400_000, 'a model of no use');
const sha256 = createHash('sha256').update(content).digest('hex');

/** Serves `content` at every path, with ranges; `change(request, response, count)` may answer in its place. */
async function serve(context, change = () => false) {
  let count = 0;
  const server = createServer((request, response) => {
    if (change(request, response, count++)) return;
    const first = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { 'Content-Length': content.length - first };
    if (first > 0) headers['Content-Range'] = `bytes ${first}-${content.length - 1}/${content.length}`;
    response.writeHead(first > 0 ? 206 : 200, headers).end(content.subarray(first));
  });
  await new Promise((settle) => server.listen(0, '127.0.0.1', settle));
  context.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, requests: () => count };
}

function settings(folder, url, size = content.length) {
  const manifest = join(folder, 'models.json');
  writeFileSync(manifest, JSON.stringify({
    models: [{ name: 'tiny', version: '1', purpose: 'testing', engine: 'none', languages: ['en'], licence: 'CC0',
      home: 'https://example.org', files: [{ path: 'tiny.bin', url: `${url}/tiny.bin`, size, sha256 }] }],
  }));
  return ['--data', join(folder, 'data'), '--set', `models.manifest=${manifest}`];
}

describe('parley models', { timeout: 300_000 }, () => {
  it('lists what there is, with sizes and licences', async (context) => {
    const folder = temporaryFolder(context);
    const text = await runParley(['models', 'list', '--data', folder]);
    assert.equal(text.code, 0, text.stderr);
    assert.match(text.stdout, /silero-vad .*2\.3 MB .*MIT/);
    const json = await runParley(['models', 'list', '--json', '--data', folder]);
    const silero = json.stdout.trim().split('\n').map((line) => JSON.parse(line)).find((m) => m.name === 'silero-vad');
    assert.deepEqual([silero.present, silero.usable, silero.licence, silero.size], [false, true, 'MIT', 2327524]);
  });

  it('fetches a model, goes on after a cut, checks and removes it', async (context) => {
    const folder = temporaryFolder(context);
    const server = await serve(context, (request, response, count) => {
      if (count > 0) return false;
      response.writeHead(200, { 'Content-Length': content.length });
      response.write(content.subarray(0, 150_000), () => response.destroy());
      return true;
    });
    const common = settings(folder, server.url);
    const pulled = await runParley(['models', 'pull', 'tiny', ...common]);
    assert.equal(pulled.code, 0, pulled.stderr);
    assert.equal(server.requests(), 2);
    const file = join(folder, 'data/models/tiny/tiny.bin');
    assert.deepEqual(readFileSync(file), content);
    const again = await runParley(['models', 'pull', 'tiny', '--json', ...common]);
    assert.deepEqual(JSON.parse(again.stdout), { name: 'tiny', present: true });
    assert.equal(server.requests(), 2, 'nothing is fetched twice');
    assert.match((await runParley(['models', 'verify', ...common])).stdout, /tiny: checksums right; not tried/);
    assert.equal((await runParley(['models', 'remove', 'tiny', ...common])).code, 0);
    assert.ok(!existsSync(file));
    assert.equal((await runParley(['models', 'verify', 'tiny', ...common])).code, 1);
  });

  it('finds a file that was damaged later', async (context) => {
    const folder = temporaryFolder(context);
    const server = await serve(context);
    const common = settings(folder, server.url);
    assert.equal((await runParley(['models', 'pull', 'tiny', ...common])).code, 0);
    writeFileSync(join(folder, 'data/models/tiny/tiny.bin'), Buffer.alloc(content.length, 'x'));
    const verified = await runParley(['models', 'verify', ...common]);
    assert.equal(verified.code, 1);
    assert.match(verified.stderr, /checksum is wrong/);
    truncateSync(join(folder, 'data/models/tiny/tiny.bin'), 10);
    assert.match((await runParley(['models', 'list', ...common])).stdout, /tiny +- /);
  });

  it('says what went wrong, and leaves nothing wrong behind', async (context) => {
    const folder = temporaryFolder(context);
    const lying = await serve(context, (request, response) => {
      response.writeHead(200, { 'Content-Length': content.length }).end(Buffer.alloc(content.length, 'x'));
      return true;
    });
    const empty = await serve(context, (request, response) => response.writeHead(404).end() && true);
    for (const [url, message] of [[lying.url, /checksum is wrong/], [empty.url, /does not have the file/],
      ['http://127.0.0.1:1', /refused the connection/]]) {
      const pulled = await runParley(['models', 'pull', 'tiny', ...settings(folder, url)]);
      assert.equal(pulled.code, 1, pulled.stdout);
      assert.match(pulled.stderr, message);
      assert.ok(!existsSync(join(folder, 'data/models/tiny/tiny.bin')));
    }
    const unknown = await runParley(['models', 'pull', 'huge', ...settings(folder, empty.url)]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /there are tiny/);
    assert.equal((await runParley(['models', 'pull'])).code, 2);
    assert.equal((await runParley(['models', 'burn'])).code, 2);
  });

  it('takes a model from a mirror when its own address does not answer', async (context) => {
    const folder = temporaryFolder(context);
    const mirror = await serve(context, (request, response) =>
      request.url !== '/m/tiny/tiny.bin' && response.writeHead(404).end() && true);
    const common = settings(folder, 'http://127.0.0.1:1');
    const pulled = await runParley(['models', 'pull', 'tiny', '--mirror', `${mirror.url}/m`, ...common]);
    assert.equal(pulled.code, 0, pulled.stderr);
  });

  it('lets two commands at once fetch a model without harm', async (context) => {
    const folder = temporaryFolder(context);
    const server = await serve(context);
    const common = settings(folder, server.url);
    const both = await Promise.all([1, 2].map(() => runParley(['models', 'pull', 'tiny', ...common])));
    assert.ok(both.some((result) => result.code === 0));
    for (const result of both) if (result.code !== 0) assert.match(result.stderr, /by another command/);
    assert.deepEqual(readFileSync(join(folder, 'data/models/tiny/tiny.bin')), content);
  });

  const weights = join(projectRoot, '../shared/data/models');
  const skip = existsSync(join(weights, 'silero-vad/silero_vad.onnx')) ? false : 'no shared test data beside the checkout';
  it('tries Silero VAD on a spoken sentence, and uses it by itself', { skip }, async (context) => {
    const common = ['--data', temporaryFolder(context)];
    const before = await runParley(['doctor', ...common]);
    assert.match(before.stdout, /voice activity +embedded/);
    const wanted = await runParley(['doctor', '--set', 'vad.engine=silero', ...common]);
    assert.match(wanted.stdout + wanted.stderr, /parley models pull silero-vad/);
    const pulled = await runParley(['models', 'pull', 'silero-vad', '--from', weights, ...common]);
    assert.equal(pulled.code, 0, pulled.stderr);
    const verified = await runParley(['models', 'verify', 'silero-vad', ...common]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.match(verified.stdout, /self-test passed/);
    const after = await runParley(['doctor', ...common]);
    assert.equal(after.code, 0);
    assert.match(after.stdout, /voice activity +Silero VAD/);
    assert.match(after.stdout, /models +silero-vad 6\.2\.1/);
    const told = await runParley(['doctor', '--set', 'vad.engine=embedded', ...common]);
    assert.match(told.stdout, /voice activity +embedded/);
  });
});
