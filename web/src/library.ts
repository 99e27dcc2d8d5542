// SPDX-License-Identifier: Apache-2.0
import {
  ApiError,
  deleteDocument,
  followIndexing,
  getInfo,
  listDocuments,
  uploadDocument,
  type IndexProgress,
} from './net/api.ts';
import { applyProgress, mergeListing, type DocumentRow } from './state/documents.ts';
import type { Store } from './state/store.ts';

// A browser opens six connections to a server at most, and each followed document holds one.
const atOnce = 2;

/** The documents: their list, files on their way in, and removal. */
export class Library {
  private readonly store: Store;
  private readonly jobs: (() => Promise<void>)[] = [];
  private readonly followed = new Set<string>();
  private running = 0;
  private nextKey = 1;

  constructor(store: Store) {
    this.store = store;
  }

  /** Reads the list and the server's description again. */
  async refresh(): Promise<void> {
    try {
      const [info, listing] = await Promise.all([getInfo(), listDocuments()]);
      this.store.update({ info, documents: mergeListing(this.store.state.documents, listing) });
      for (const row of this.store.state.documents) {
        if (row.id !== null && row.status === 'indexing') this.followLater(row.key, row.id);
      }
    } catch (error) {
      // The lost connection says so by itself.
      if (error instanceof ApiError && error.status === 0) return;
      this.store.notify('documents', `The list of documents could not be read: ${wordsOf(error)}`);
    }
  }

  add(files: Iterable<File>): void {
    for (const file of files) {
      const key = `file-${this.nextKey++}`;
      this.put({
        key,
        id: null,
        name: file.name,
        status: 'waiting',
        progress: 0,
        stage: '',
        error: '',
        sizeBytes: file.size,
        added: true,
      });
      this.enqueue(() => this.upload(key, file));
    }
  }

  async remove(row: DocumentRow): Promise<void> {
    if (row.id === null) {
      this.store.update({ documents: this.store.state.documents.filter((other) => other.key !== row.key) });
      return;
    }
    try {
      await deleteDocument(row.id);
      this.store.update({ documents: this.store.state.documents.filter((other) => other.id !== row.id) });
    } catch (error) {
      this.store.notify('documents', `“${row.name}” could not be removed: ${wordsOf(error)}`);
    }
  }

  private async upload(key: string, file: File): Promise<void> {
    this.change(key, (row) => ({ ...row, status: 'uploading' }));
    try {
      const accepted = await uploadDocument(file, (share) => this.change(key, (row) => ({ ...row, progress: share })));
      // The same file given twice is the same document: its line is already there.
      const rows = this.store.state.documents.filter((row) => row.key === key || row.id !== accepted.id);
      this.store.update({ documents: rows });
      this.change(key, (row) => ({ ...row, id: accepted.id, status: 'indexing', progress: 0 }));
      await this.follow(key, accepted.id);
      await this.refresh();
    } catch (error) {
      this.change(key, (row) => ({ ...row, status: 'failed', error: wordsOf(error) }));
    }
  }

  private followLater(key: string, id: string): void {
    if (this.followed.has(id)) return;
    this.followed.add(id);
    this.enqueue(() => this.follow(key, id));
  }

  private follow(key: string, id: string): Promise<void> {
    this.followed.add(id);
    return new Promise((resolve) => {
      followIndexing(id, {
        onProgress: (progress: IndexProgress) => this.change(key, (row) => applyProgress(row, progress)),
        onEnd: () => {
          this.followed.delete(id);
          resolve();
        },
      });
    });
  }

  private enqueue(job: () => Promise<void>): void {
    this.jobs.push(job);
    this.runNext();
  }

  private runNext(): void {
    if (this.running >= atOnce) return;
    const job = this.jobs.shift();
    if (job === undefined) return;
    this.running += 1;
    void job().finally(() => {
      this.running -= 1;
      this.runNext();
    });
  }

  private put(row: DocumentRow): void {
    this.store.update({ documents: [row, ...this.store.state.documents] });
  }

  private change(key: string, how: (row: DocumentRow) => DocumentRow): void {
    const documents = this.store.state.documents.map((row) => (row.key === key ? how(row) : row));
    this.store.update({ documents });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
