// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentSummary } from '../net/api.ts';
import { applyProgress, mergeListing, rowOfDocument, type DocumentRow } from './documents.ts';

const summary = (id: string, status: DocumentSummary['status']): DocumentSummary => ({
  id,
  title: `Title ${id}`,
  filename: `${id}.md`,
  status,
  size_bytes: 10,
  chunks: 1,
});
const given = (key: string, id: string | null, status: DocumentRow['status']): DocumentRow => ({
  key,
  id,
  name: `${key}.md`,
  status,
  progress: 0.5,
  stage: 'reading',
  error: '',
  sizeBytes: 10,
  added: true,
});

test('what was given on this page stands first and keeps its line when it is ready', () => {
  const rows = [given('file-2', null, 'failed'), given('file-1', 'b', 'indexing')];
  const merged = mergeListing(rows, [summary('a', 'completed'), summary('b', 'completed')]);
  assert.deepEqual(
    merged.map((row) => [row.key, row.status]),
    [
      ['file-2', 'failed'],
      ['file-1', 'ready'],
      ['a', 'ready'],
    ],
  );
  assert.equal(merged[1]?.name, 'Title b');
});

test('a listing does not set back the progress that is being followed', () => {
  const [row] = mergeListing([given('file-1', 'b', 'indexing')], [summary('b', 'processing')]);
  assert.equal(row?.progress, 0.5);
});

test('a document that is no longer listed goes', () => {
  assert.deepEqual(mergeListing([rowOfDocument(summary('a', 'completed'))], []), []);
});

test('progress is kept between nothing and all, and a failure says why', () => {
  const row = rowOfDocument(summary('a', 'processing'));
  assert.equal(applyProgress(row, { id: 'a', status: 'processing', progress: 7 }).progress, 1);
  const failed = applyProgress(row, { id: 'a', status: 'failed', progress: 0, error: { message: 'Not text.' } });
  assert.deepEqual([failed.status, failed.error], ['failed', 'Not text.']);
});
