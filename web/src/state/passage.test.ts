// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPassage, utf16Offset } from './passage.ts';

const text = 'Größe: 5 €. 🚲 Bikes are\ninsured. Bikes are red.';
const bytes = (part: string) => new TextEncoder().encode(part).length;
const startOf = (part: string) => bytes(text.slice(0, text.indexOf(part)));

for (const quote of ['Größe: 5 €.', '🚲 Bikes are\ninsured.', 'Bikes are red.']) {
  test(`byte offsets find ${JSON.stringify(quote)}`, () => {
    const start = startOf(quote);
    const range = findPassage(text, start, start + bytes(quote), quote);
    assert.equal(range === null ? null : text.slice(range.start, range.end), quote);
  });
}

test('a quote with folded line breaks still matches its place', () => {
  const start = startOf('Bikes are\n');
  const range = findPassage(text, start, start + bytes('Bikes are\ninsured.'), 'Bikes are insured.');
  assert.equal(range === null ? null : text.slice(range.start, range.end), 'Bikes are\ninsured.');
});

test('offsets that point elsewhere give way to the quote itself', () => {
  assert.deepEqual(findPassage('New line. The quote.', 0, 3, 'The quote.'), { start: 10, end: 20 });
  assert.equal(findPassage('All changed.', 0, 3, 'The quote.'), null);
});

test('an offset inside a character or past the end is no place', () => {
  assert.equal(utf16Offset('é', 1), null);
  assert.equal(utf16Offset('é', 3), null);
  assert.equal(utf16Offset('🚲', 4), 2);
});
