// SPDX-License-Identifier: Apache-2.0

/** Where to go on with a conversation: behind the last event that arrived. */
export interface ResumePoint {
  conversation: string;
  lastEvent: string;
}

/** How long a server keeps a conversation for a client that was lost, unless it says otherwise. */
export const resumeWindowMs = 30_000;
// Frames that may not have arrived: some seconds of microphone.
const framesKept = 250;

/** What a client has to remember to come back to its conversation: what it heard, and what it said last. */
export class Resumption {
  private conversation: string | null = null;
  private lastEvent: string | null = null;
  private sent = 0;
  private recent: string[] = [];

  get point(): ResumePoint | null {
    if (this.conversation === null || this.lastEvent === null) return null;
    return { conversation: this.conversation, lastEvent: this.lastEvent };
  }

  /** A conversation begins anew: nothing of the one before can be gone on with. */
  forget(): void {
    this.conversation = null;
    this.lastEvent = null;
    this.sent = 0;
    this.recent = [];
  }

  begin(conversation: string): void {
    this.conversation = conversation;
  }

  heard(eventId: string): void {
    this.lastEvent = eventId;
  }

  said(frame: string): void {
    this.sent += 1;
    this.recent.push(frame);
    if (this.recent.length > framesKept) this.recent.shift();
  }

  /** The frames that the server has not got, when so many have arrived there. */
  missing(received: number): string[] {
    const count = Math.max(0, this.sent - received);
    return count === 0 ? [] : this.recent.slice(-count);
  }
}
