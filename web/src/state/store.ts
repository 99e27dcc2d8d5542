// SPDX-License-Identifier: Apache-2.0
import type { MicrophoneTrouble } from '../audio/capture.ts';
import type { ServerInfo } from '../net/api.ts';
import type { ConnectionStatus } from '../net/connection.ts';
import { emptyConversation, type Conversation } from './conversation.ts';
import type { DocumentRow } from './documents.ts';
import type { RecordingStage } from './recording.ts';

export type MicrophoneState = { kind: 'off' | 'opening' | 'on' } | { kind: 'trouble'; trouble: MicrophoneTrouble };

/** Something that went wrong and that the person should read; it stays until dismissed or over. */
export interface Notice {
  readonly key: string;
  readonly text: string;
}

export interface AppState {
  readonly connection: ConnectionStatus;
  readonly microphone: MicrophoneState;
  readonly conversation: Conversation;
  /** The answer's sound is coming out of the speaker. */
  readonly playing: boolean;
  readonly readAloud: boolean;
  /** What becomes of the conversation's sound: `off` until the person agrees to a recording. */
  readonly recording: RecordingStage;
  readonly info: ServerInfo | null;
  readonly documents: readonly DocumentRow[];
  /** The turn whose sources and timings are shown; null follows the newest. */
  readonly selectedTurn: number | null;
  readonly notices: readonly Notice[];
}

export const initialState: AppState = {
  connection: { kind: 'connecting' },
  microphone: { kind: 'off' },
  conversation: emptyConversation,
  playing: false,
  readAloud: true,
  recording: 'off',
  info: null,
  documents: [],
  selectedTurn: null,
  notices: [],
};

type Listener = (state: AppState, before: AppState) => void;

/** The page's one state. Listeners run in the order they came, after each change. */
export class Store {
  private current = initialState;
  private readonly listeners: Listener[] = [];

  get state(): AppState {
    return this.current;
  }

  update(patch: Partial<AppState>): void {
    const before = this.current;
    this.current = { ...before, ...patch };
    for (const listener of this.listeners) listener(this.current, before);
  }

  /** Calls `listener` now and after each change. */
  subscribe(listener: Listener): void {
    this.listeners.push(listener);
    listener(this.current, this.current);
  }

  notify(key: string, text: string): void {
    const others = this.current.notices.filter((notice) => notice.key !== key);
    this.update({ notices: [...others, { key, text }] });
  }

  dismiss(key: string): void {
    const notices = this.current.notices.filter((notice) => notice.key !== key);
    if (notices.length !== this.current.notices.length) this.update({ notices });
  }
}
