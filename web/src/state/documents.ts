// SPDX-License-Identifier: Apache-2.0
import type { DocumentSummary, IndexProgress } from '../net/api.ts';
import { errorWords } from '../net/api.ts';

export type RowStatus = 'waiting' | 'uploading' | 'indexing' | 'ready' | 'failed';

/** One line of the list of documents: a document of the server, or a file on its way to it. */
export interface DocumentRow {
  readonly key: string;
  /** Null until the server has accepted the file. */
  readonly id: string | null;
  readonly name: string;
  readonly status: RowStatus;
  /** 0 to 1, of what `status` says is going on. */
  readonly progress: number;
  readonly stage: string;
  readonly error: string;
  readonly sizeBytes: number;
  /** Given on this page since it was opened: such rows stand first. */
  readonly added: boolean;
}

export function rowOfDocument(document: DocumentSummary): DocumentRow {
  const status = rowStatus(document.status);
  return {
    key: document.id,
    id: document.id,
    name: document.title === '' ? document.filename : document.title,
    status,
    progress: status === 'ready' ? 1 : 0,
    stage: '',
    error: errorWords(document.error),
    sizeBytes: document.size_bytes,
    added: false,
  };
}

/**
 * The rows after the server has listed its documents. What was added on this page comes first, also the
 * files that the server does not know yet or has refused, so that no failure disappears unread.
 */
export function mergeListing(rows: readonly DocumentRow[], listing: readonly DocumentSummary[]): DocumentRow[] {
  const byId = new Map(rows.filter((row) => row.id !== null).map((row) => [row.id, row]));
  const listed = listing.map((document) => {
    const fresh = rowOfDocument(document);
    const known = byId.get(document.id);
    if (known === undefined) return fresh;
    // The progress that is being followed is newer than the listing's word for it.
    if (fresh.status === 'indexing') return { ...known, name: fresh.name };
    return { ...fresh, key: known.key, added: known.added };
  });
  const current = new Map(listed.map((row) => [row.key, row]));
  const added = rows.flatMap((row) => (row.id === null ? row : row.added ? (current.get(row.key) ?? []) : []));
  return [...added, ...listed.filter((row) => !row.added)];
}

export function applyProgress(row: DocumentRow, progress: IndexProgress): DocumentRow {
  return {
    ...row,
    status: rowStatus(progress.status),
    progress: Math.max(0, Math.min(1, progress.progress)),
    stage: progress.stage ?? '',
    error: errorWords(progress.error),
  };
}

function rowStatus(status: DocumentSummary['status']): RowStatus {
  switch (status) {
    case 'completed':
      return 'ready';
    case 'failed':
      return 'failed';
    default:
      return 'indexing';
  }
}
