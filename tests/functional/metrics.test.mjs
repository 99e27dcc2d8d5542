// SPDX-License-Identifier: Apache-2.0
// The names of the metrics are a promise to dashboards and alerts: they stand in tests/golden/metrics.txt.
// With PARLEY_WRITE_GOLDEN=1 the file is written anew.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { feed, speechAt24k } from './support/audio.mjs';
import { askInText, connect } from './support/realtime.mjs';
import { demoDocuments, projectRoot, startParley, temporaryFolder } from './support/server.mjs';

const golden = join(projectRoot, 'tests/golden/metrics.txt');

describe('/metrics', { timeout: 300_000 }, () => {
  it('has the names of the golden file, each with its type, after a turn in speech and one in text', async (context) => {
    const question = await speechAt24k(temporaryFolder(context), 'How long does a test ride last?');
    const server = await startParley({ args: ['--docs', demoDocuments] });
    try {
      const client = await connect(server.wsUrl);
      await feed(client.append, question, { stopped: () => client.log.of('response.done').length > 0 });
      await client.log.next('response.done');
      await askInText(client, 'What year was Harbor Bikes founded?');
      await client.close();

      const response = await fetch(`${server.url}/metrics`);
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type'), /^text\/plain/);
      const text = await response.text();
      const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`).sort();
      if (process.env.PARLEY_WRITE_GOLDEN === '1') writeFileSync(golden, `${names.join('\n')}\n`);
      assert.deepEqual(names, readFileSync(golden, 'utf8').trim().split('\n'));
      const open = await fetch(`${server.url}/metrics`, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
      assert.match(open.headers.get('content-type'), /^application\/openmetrics-text/);
      const exemplars = await open.text();
      assert.match(exemplars, /^parley_turn_stage_seconds_bucket\{stage="endpoint",le="[0-9.]+"\} 1 # \{turn_id="turn_[^"]+"\} [0-9.]+$/m);
      assert.ok(exemplars.endsWith('# EOF\n'));
      for (const line of names) assert.match(line, /^parley_[a-z0-9_]+ (counter|gauge|histogram|summary)$/);
    } finally {
      await server.stop();
    }
  });
});
