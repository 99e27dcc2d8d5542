// SPDX-License-Identifier: Apache-2.0
import type { Library } from '../library.ts';
import type { DocumentRow } from '../state/documents.ts';
import type { Store } from '../state/store.ts';
import { make, part, setText } from './dom.ts';
import type { Viewer } from './viewer.ts';

/** The list of documents and the ways to add one: drop it anywhere on the page, or choose it. */
export function mountDocuments(store: Store, library: Library, viewer: Viewer): void {
  const list = part('documents', HTMLUListElement);
  const views = new Map<string, RowView>();

  store.subscribe((state, before) => {
    if (state.documents === before.documents && views.size > 0) return;
    const present = new Set(state.documents.map((row) => row.key));
    for (const [key, view] of views) {
      if (present.has(key)) continue;
      view.element.remove();
      views.delete(key);
    }
    state.documents.forEach((row, index) => {
      let view = views.get(row.key);
      if (view === undefined) {
        view = new RowView(library, viewer);
        views.set(row.key, view);
      }
      const place = list.children[index] ?? null;
      if (place !== view.element) list.insertBefore(view.element, place);
      view.show(row);
    });
  });
  mountWelcome(store);
  mountChooser(library);
  mountDrop(library);
}

class RowView {
  readonly element: HTMLLIElement;
  private readonly name = make('button', { type: 'button', className: 'document-name' });
  private readonly status = make('span', { className: 'document-status', 'data-testid': 'doc-progress' });
  private readonly bar = make('progress', { max: 1 });
  private readonly removeButton = make('button', { type: 'button', className: 'document-remove' }, 'Remove');
  private row: DocumentRow | null = null;

  constructor(library: Library, viewer: Viewer) {
    this.element = make('li', { className: 'document' }, this.name, this.removeButton, this.status, this.bar);
    this.name.addEventListener('click', () => {
      const id = this.row?.id;
      if (id != null) void viewer.open(id, null);
    });
    this.removeButton.addEventListener('click', () => this.removeOrAsk(library));
    this.removeButton.addEventListener('blur', () => this.ask(false));
  }

  show(row: DocumentRow): void {
    if (row === this.row) return;
    // A list read anew does not take back the question whether to remove a document.
    const asking = this.removeButton.dataset['asking'] === 'true' && row.status === this.row?.status;
    this.row = row;
    const moving = row.status === 'waiting' || row.status === 'uploading' || row.status === 'indexing';
    this.element.dataset['status'] = row.status;
    this.status.dataset['status'] = row.status;
    this.status.dataset['name'] = row.name;
    setText(this.name, row.name);
    this.name.disabled = row.status !== 'ready';
    setText(this.status, statusWords(row));
    this.bar.hidden = !moving;
    this.bar.value = row.progress;
    this.bar.setAttribute('aria-label', `Adding ${row.name}`);
    this.removeButton.hidden = moving;
    this.ask(asking);
  }

  // The first press asks, the second removes: nothing goes by a slip of the finger.
  private removeOrAsk(library: Library): void {
    if (this.row === null) return;
    if (this.row.status === 'ready' && this.removeButton.dataset['asking'] !== 'true') this.ask(true);
    else void library.remove(this.row);
  }

  private ask(asking: boolean): void {
    this.removeButton.dataset['asking'] = String(asking);
    setText(this.removeButton, asking ? 'Really remove?' : 'Remove');
    this.removeButton.setAttribute('aria-label', `${asking ? 'Really remove' : 'Remove'} ${this.row?.name ?? ''}`);
  }
}

function statusWords(row: DocumentRow): string {
  switch (row.status) {
    case 'waiting':
      return 'Waiting';
    case 'uploading':
      return `Sending, ${Math.round(row.progress * 100)} %`;
    case 'indexing':
      return `${row.stage === '' ? 'Reading' : sentenceCase(row.stage)}, ${Math.round(row.progress * 100)} %`;
    case 'failed':
      return row.error === '' ? 'Could not be added' : row.error;
    case 'ready':
      return `Ready · ${sizeWords(row.sizeBytes)}`;
  }
}

function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function mountWelcome(store: Store): void {
  const more = part('welcome-more', HTMLElement);
  store.subscribe((state) => {
    const ready = state.documents.filter((row) => row.status === 'ready').map((row) => row.name);
    const some = ready.slice(0, 3).join(', ');
    const rest = ready.length > 3 ? ` and ${ready.length - 3} more` : '';
    if (state.info === null) setText(more, '');
    else if (ready.length === 0) setText(more, 'Drop a text, Markdown or HTML document anywhere on this page to begin.');
    else setText(more, `Press the button and speak. I answer from ${some}${rest}.`);
  });
}

function mountChooser(library: Library): void {
  const input = part('files', HTMLInputElement);
  part('choose', HTMLButtonElement).addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    library.add([...(input.files ?? [])]);
    input.value = '';
  });
}

function mountDrop(library: Library): void {
  // dragenter and dragleave fire for every element crossed: the cover goes when all that were entered are left.
  let entered = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  const cover = (shown: boolean) => document.body.classList.toggle('dropping', shown);
  document.addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    entered += 1;
    cover(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (!hasFiles(event)) return;
    entered = Math.max(0, entered - 1);
    if (entered === 0) cover(false);
  });
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    entered = 0;
    cover(false);
    library.add([...(event.dataTransfer?.files ?? [])]);
  });
}
