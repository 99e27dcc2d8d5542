// SPDX-License-Identifier: Apache-2.0

export interface PassageRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a quoted passage stands in a document's text, in UTF-16 units. The server counts UTF-8 bytes
 * into the source; if the text there is not the quote (the document was replaced meanwhile), the quote
 * itself is looked for. Null when it is nowhere.
 */
export function findPassage(text: string, startByte: number, endByte: number, quote: string): PassageRange | null {
  const start = utf16Offset(text, startByte);
  const end = utf16Offset(text, endByte);
  if (start !== null && end !== null && start < end && sameWords(text.slice(start, end), quote)) {
    return { start, end };
  }
  const at = quote === '' ? -1 : text.indexOf(quote);
  return at === -1 ? null : { start: at, end: at + quote.length };
}

/** The UTF-16 index of a UTF-8 byte offset; null when it is past the end or inside a character. */
export function utf16Offset(text: string, byteOffset: number): number | null {
  let bytes = 0;
  let index = 0;
  while (bytes < byteOffset && index < text.length) {
    const point = text.codePointAt(index) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    index += point < 0x10000 ? 1 : 2;
  }
  return bytes === byteOffset ? index : null;
}

// A quote may have had its line breaks folded into spaces.
function sameWords(a: string, b: string): boolean {
  const fold = (text: string) => text.replace(/\s+/g, ' ').trim();
  return fold(a) === fold(b);
}
