// SPDX-License-Identifier: Apache-2.0
import { getDocumentContent } from '../net/api.ts';
import type { Citation } from '../net/protocol.ts';
import { findPassage } from '../state/passage.ts';
import { headingPath, make, part, setText } from './dom.ts';

// A browser lays out this much text at once without stalling; a larger document shows its part around the passage.
const longestText = 400_000;

/** The dialog with a whole document, the cited sentence marked. */
export class Viewer {
  private readonly dialog = part('viewer', HTMLDialogElement);
  private readonly title = part('viewer-title', HTMLElement);
  private readonly heading = part('viewer-heading', HTMLElement);
  private readonly body = part('viewer-text', HTMLElement);
  private opening = 0;

  constructor() {
    part('viewer-close', HTMLButtonElement).addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  async open(documentId: string, citation: Citation | null): Promise<void> {
    const opening = ++this.opening;
    setText(this.title, citation === null ? 'Document' : citation.title || citation.document);
    setText(this.heading, '');
    this.body.replaceChildren('Opening…');
    if (!this.dialog.open) this.dialog.showModal();
    try {
      const content = await getDocumentContent(documentId);
      if (opening !== this.opening) return;
      setText(this.title, content.title || content.filename);
      setText(this.heading, headingPath(citation?.heading ?? '', content.title));
      this.show(content.text, citation);
    } catch (error) {
      if (opening !== this.opening) return;
      this.body.replaceChildren(`The document could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private show(text: string, citation: Citation | null): void {
    const passage = citation === null ? null : findPassage(text, citation.start, citation.end, citation.quote);
    const around = passage?.start ?? 0;
    const from = text.length <= longestText ? 0 : Math.max(0, around - longestText / 2);
    const to = text.length <= longestText ? text.length : Math.min(text.length, from + longestText);
    const nodes: (Node | string)[] = [];
    if (citation !== null && passage === null) nodes.push(note('The quoted sentence is no longer in this document.'));
    if (from > 0) nodes.push(note('The document begins before this part.'));
    if (passage === null) {
      nodes.push(text.slice(from, to));
    } else {
      const mark = make('mark', { tabIndex: -1 }, text.slice(passage.start, passage.end));
      nodes.push(text.slice(from, passage.start), mark, text.slice(passage.end, to));
    }
    if (to < text.length) nodes.push(note('The document goes on after this part.'));
    this.body.replaceChildren(...nodes);
    this.body.scrollTop = 0;
    const mark = this.body.querySelector('mark');
    mark?.scrollIntoView({ block: 'center' });
    mark?.focus({ preventScroll: true });
  }
}

function note(words: string): HTMLElement {
  return make('p', { className: 'viewer-note' }, words);
}
