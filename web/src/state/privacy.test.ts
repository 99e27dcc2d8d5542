// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineInfo, ServerInfo } from '../net/api.ts';
import { privacyStatement } from './privacy.ts';

const local: EngineInfo = { name: 'here', where: 'local' };
const info = (engines: Record<string, EngineInfo>): ServerInfo => ({
  service: 'parley',
  version: '1',
  engines,
  documents: 0,
});

for (const [name, engines, hostname, headline] of [
  ['local engines', { asr: local, llm: local }, '127.0.0.1', 'Everything stays on this computer'],
  ['another machine', { asr: local, llm: local }, 'parley.lan', 'Everything stays on parley.lan'],
  ['a cloud model', { asr: local, llm: { name: 'gpt', where: 'cloud' } }, 'localhost', 'Text is sent to gpt'],
  ['a cloud recogniser', { asr: { name: 'x', where: 'cloud' }, llm: local }, 'localhost', 'Your voice is sent to x'],
] as const) {
  test(`${name}: ${headline}`, () => {
    const statement = privacyStatement(info(engines), hostname);
    assert.equal(statement.headline, headline);
    assert.equal(statement.local, !headline.includes('sent'));
  });
}
