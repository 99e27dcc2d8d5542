// SPDX-License-Identifier: Apache-2.0
// A model store with the small models of tests/models, and a folder from which they can be pulled.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runParley, temporaryFolder } from './server.mjs';

const digits = join(projectRoot, 'tests/models/digits');
export const library = join(projectRoot, 'tests/models/node_modules/sherpa-onnx-linux-x64/libsherpa-onnx-c-api.so');
export const skip = existsSync(library) ? false : 'sherpa-onnx is not installed: tools/npm_ci.sh tests/models';

const folders = { 'punctuation-en': join(projectRoot, 'tests/models/punctuation/online') };
const sentences = { voice: 'four seven two', 'punctuation-en': 'Where is Anna? The door is open.' };
const kinds = { streaming: ['model.onnx', 'tokens.txt'], offline: ['model.onnx', 'tokens.txt'],
  voice: ['model.onnx', 'tokens.txt', 'lexicon.txt'],
  'punctuation-en': ['model.onnx', 'bpe.vocab'] };
const named = (kind) => (kind in folders ? kind : `digits-${kind}`);
const folderOf = (kind) => folders[kind] ?? join(digits, kind);

function model(kind) {
  const files = kinds[kind].map((path) => {
    const content = readFileSync(join(folderOf(kind), path));
    return { path, url: `https://example.org/${path}`, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  return { name: named(kind), version: '1', purpose: 'digits', engine: 'sherpa-onnx', languages: ['en'],
    licence: 'Apache-2.0', home: 'https://example.org', files, test_sentence: sentences[kind] ?? 'four seven two stop' };
}

/** A list with the digits models, and a folder from which they can be pulled. */
export function settings(context) {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'models.json'), JSON.stringify({ models: Object.keys(kinds).map(model) }));
  for (const [kind, files] of Object.entries(kinds)) {
    mkdirSync(join(folder, 'from', named(kind)), { recursive: true });
    for (const file of files) {
      copyFileSync(join(folderOf(kind), file), join(folder, 'from', named(kind), file));
    }
  }
  const data = join(folder, 'data');
  return { folder, data, from: join(folder, 'from'), file: join(data, 'models/digits-streaming/model.onnx'),
    common: ['--data', data, '--set', `models.manifest=${join(folder, 'models.json')}`, '--set', `models.sherpa_onnx=${library}`] };
}

export async function pull(at, name) {
  const pulled = await runParley(['models', 'pull', name, '--from', at.from, ...at.common]);
  assert.equal(pulled.code, 0, pulled.stderr);
}
