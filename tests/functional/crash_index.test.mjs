// SPDX-License-Identifier: Apache-2.0
// kill -9 at random moments of indexing: what was acknowledged is there afterwards, and nothing is half there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { askInText, connect } from './support/realtime.mjs';
import { cleanEnvironment, parleyBinary, startParley, temporaryFolder } from './support/server.mjs';

const runs = Number(process.env.PARLEY_CRASH_RUNS ?? 10);
const fileCount = 100;
const sections = 8;
// Made-up names with no stem in common, so that a question finds its one document.
const syllables = ['ba', 'ke', 'di', 'lo', 'mu', 'ra', 'te', 'vi', 'zo', 'nu'];
const nameOf = (i) => `${syllables[Math.floor(i / 10)]}${syllables[i % 10]}${syllables[(i * 7 + 3) % 10]}x`;
const titleOf = (name) => name[0].toUpperCase() + name.slice(1);

function writeDocuments(folder) {
  mkdirSync(folder, { recursive: true });
  for (let i = 0; i < fileCount; i++) {
    const name = titleOf(nameOf(i));
    let text = `# The ${name} project\n`;
    for (let section = 1; section < sections; section++) {
      text += `\n## Part ${section}\n\n`;
      for (let line = 0; line < 6; line++) text += `Sentence ${line} of part ${section} tells how ${name} was planned and built. `;
      text += '\n';
    }
    // The fact stands last: a document cut short would not answer.
    text += `\n## Owner\n\nThe owner of the ${name} project sits in room ${1000 + i}.\n`;
    writeFileSync(join(folder, `${nameOf(i)}.md`), text);
  }
}

/** Indexes until it is done or `killAfter` ms are over; gives the names that were acknowledged. */
function index(folder, data, killAfter) {
  return new Promise((settle, refuse) => {
    const begun = performance.now();
    const child = spawn(parleyBinary, ['index', folder, '--data', data, '--json'], {
      env: cleanEnvironment(data),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', refuse);
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== 'SIGKILL' && code !== 0) {
        refuse(new Error(`parley index ended with ${code ?? signal}: ${stderr}`));
        return;
      }
      // Without a line feed a line is not whole, and its document not acknowledged.
      const lines = stdout.split('\n').slice(0, -1).map((line) => JSON.parse(line));
      const acknowledged = lines.filter((line) => line.status === 'completed');
      settle({ names: acknowledged.map((line) => line.file.replace(/.*\//, '').replace(/\.md$/, '')), ms: performance.now() - begun });
    });
  });
}

/** All documents, once the server has carried on with those whose bytes were safe but not yet indexed. */
async function listDocuments(server) {
  const list = async () => {
    const response = await fetch(`${server.url}/api/v1/documents`);
    assert.equal(response.status, 200);
    return (await response.json()).documents;
  };
  const listed = await list();
  const busy = listed.filter(({ status }) => status === 'pending' || status === 'processing');
  if (busy.length === 0) return listed;
  // The stream of a document's progress ends with the work on it.
  const signal = AbortSignal.timeout(60_000);
  for (const { id } of busy) await (await fetch(`${server.url}/api/v1/documents/${id}/events`, { signal })).text();
  return list();
}

describe('parley index, killed at random moments', { timeout: 120_000 + runs * 60_000 }, () => {
  it(`keeps what it acknowledged, ${runs} times`, async (context) => {
    const folder = temporaryFolder(context);
    const documents = join(folder, 'documents');
    writeDocuments(documents);
    const whole = await index(documents, join(folder, 'whole'));
    assert.equal(new Set(whole.names).size, fileCount);
    const usual = await (async () => {
      const server = await startParley({ dataDir: join(folder, 'whole') });
      const chunks = new Map((await listDocuments(server)).map((document) => [document.filename, document.chunks]));
      await server.stop();
      return chunks;
    })();
    assert.equal(usual.size, fileCount);

    let cutShort = 0;
    for (let run = 0; run < runs; run++) {
      const data = join(folder, `run-${run}`);
      // Each run takes its share of the whole time, so that no part of it is left out.
      const { names } = await index(documents, data, (whole.ms * (run + Math.random())) / runs);
      if (names.length < fileCount) cutShort++;

      const server = await startParley({ dataDir: data });
      try {
        const listed = await listDocuments(server);
        const there = new Set(listed.map((document) => document.filename.replace(/.*\//, '').replace(/\.md$/, '')));
        assert.equal(there.size, listed.length, 'no document stands there twice');
        for (const document of listed) {
          assert.equal(document.status, 'completed', `${document.filename} is half there`);
          assert.equal(document.chunks, usual.get(document.filename), `${document.filename} has all its passages`);
        }
        assert.deepEqual(names.filter((name) => !there.has(name)), [], 'acknowledged and lost');
        const client = await connect(server.wsUrl);
        for (const name of there) {
          const { text, citations } = await askInText(client, `In which room does the owner of the ${titleOf(name)} project sit?`);
          const quotes = citations.map((citation) => citation.quote).join(' ');
          assert.match(quotes, new RegExp(`owner of the ${name} project sits in room`, 'i'), `${name} is not found: ${text}`);
        }
        await client.close();

        // What was cut short is carried on by the next index, and then everything is there once.
        await index(documents, data);
        const all = await listDocuments(server);
        assert.equal(all.length, fileCount);
        assert.ok(all.every((document) => document.status === 'completed'));
      } finally {
        await server.stop();
      }
    }
    context.diagnostic(`${cutShort} of ${runs} runs were cut short; a whole one takes ${whole.ms.toFixed(0)} ms`);
  });
});
