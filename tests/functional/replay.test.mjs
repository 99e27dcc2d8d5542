// SPDX-License-Identifier: Apache-2.0
// Sessions leave traces, which the same engine runs again to the same end.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { feed, speechAt24k } from './support/audio.mjs';
import { askInText, connect } from './support/realtime.mjs';
import { demoDocuments, runParley, startParley, temporaryFolder } from './support/server.mjs';

/** The text of the only trace in a folder, once it is whole. */
async function traceIn(folder) {
  for (let tries = 0; tries < 200; ++tries) {
    const files = readdirSync(folder, { withFileTypes: true }).map(({ name }) => join(folder, name));
    const text = files.length > 0 ? readFileSync(files[0], 'utf8') : '';
    if (text.endsWith('"}\n') && text.includes('{"end":')) return { file: files[0], text };
    await delay(50);
  }
  throw new Error(`no whole trace in ${folder}`);
}

describe('parley replay', { timeout: 300_000 }, () => {
  it('runs a spoken and a typed turn again, bit for bit, and shows what was changed', async (context) => {
    const folder = temporaryFolder(context);
    const traces = join(folder, 'traces');
    const question = await speechAt24k(folder, 'When is the shop open?');
    const server = await startParley({ args: ['--docs', demoDocuments, '--set', `conversation.trace_folder=${traces}`] });
    context.after(() => server.stop());
    const client = await connect(server.wsUrl);
    await feed(client.append, question, { stopped: () => client.log.of('parley.turn').length > 0 });
    await askInText(client, 'What year was Harbor Bikes founded?');
    await client.close();
    const { file, text } = await traceIn(traces);

    assert.equal(statSync(file).mode & 0o077, 0, 'it is for its owner alone');
    assert.doesNotMatch(text, /shop|open at|harbor/i, 'no words of the conversation');
    assert.match(text, /"is":"speech_started"/);
    assert.match(text, /"turn":\{"id":"turn_[^}]*"marks_ms":\{"endpoint":/);
    assert.ok(text.length < 64 * 1024, `${text.length} bytes`);
    const same = await runParley(['replay', file]);
    assert.equal(same.code, 0, same.stdout + same.stderr);
    assert.match(same.stdout, /^[0-9]+ events, 0 differences\n$/);

    const changed = join(folder, 'changed.trace');
    writeFileSync(changed, text.replace('"is":"end_utterance"', '"is":"drop_utterance"'));
    const other = await runParley(['replay', changed]);
    assert.equal(other.code, 1);
    assert.match(other.stdout, /^line \d+: after .*drop_utterance.*end_utterance.*\n\d+ events, 1 differences\n$/);
    const [object] = (await runParley(['replay', '--json', changed])).objects();
    assert.equal(object.differences, 1);
    assert.equal(object.flaw, null);

    const cut = join(folder, 'cut.trace');
    writeFileSync(cut, text.slice(0, text.length / 2));
    const broken = await runParley(['replay', cut]);
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /breaks off/);
    for (const nothing of [join(folder, 'nowhere'), folder, join(folder, 'speech.wav')]) {
      const refused = await runParley(['replay', nothing]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /not a trace|cannot be read/);
    }
  });

  it('goes without traces where none can be written', async (context) => {
    const server = await startParley({ args: ['--docs', demoDocuments, '--set', 'conversation.trace_folder=/proc/no/such/place'] });
    context.after(() => server.stop());
    const client = await connect(server.wsUrl);
    assert.match((await askInText(client, 'What year was Harbor Bikes founded?')).text, /2014/);
    await client.close();
    for (let tries = 0; tries < 100 && !server.log().includes('trace_failed'); ++tries) await delay(50);
    assert.match(server.log(), /trace_failed/);
  });
});
