// SPDX-License-Identifier: Apache-2.0
import { reconnectDelaySeconds } from './backoff.ts';
import { readServerFrame, type ClientEvent, type ServerEvent } from './protocol.ts';
import { Resumption, resumeWindowMs, type ResumePoint } from './resumption.ts';

export type ConnectionStatus =
  | { kind: 'connecting' }
  | { kind: 'open'; resumed: boolean }
  | { kind: 'waiting'; secondsLeft: number; attempt: number };

/** The part of a WebSocket that the connection uses, so that a test can stand in for it. */
export interface Socket {
  readonly bufferedAmount: number;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string): void;
  close(): void;
}

export interface Timers {
  after(milliseconds: number, run: () => void): number;
  cancel(id: number): void;
}

export interface ConnectionOptions {
  open: (from: ResumePoint | null) => Socket;
  timers: Timers;
  onEvent: (event: ServerEvent) => void;
  onStatus: (status: ConnectionStatus) => void;
}

/** Unsent audio allowed to wait in the socket: about four seconds of speech. */
export const audioBacklogLimitBytes = 256 * 1024;
const answerDeadlineMs = 8000;
const steadyMs = 1000;

// Audio that waits for a lost connection: ten seconds.
const framesWaiting = 250;

/**
 * The realtime socket that comes back by itself, and to its conversation where the server still has it. It counts as
 * open once the server has said `session.created` or `parley.session.resumed`; until then, and after a loss, it tries
 * again after 1, 2, 4 … 30 seconds, at once when a conversation was lost.
 */
export class Connection {
  private readonly options: ConnectionOptions;
  private socket: Socket | null = null;
  private ready = false;
  private attempt = 0;
  private timer: number | null = null;
  private readonly past = new Resumption();
  private waiting: string[] = [];
  private expiry: number | null = null;
  // Open for long enough that a loss is no reason to go slowly.
  private steady = false;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  get isOpen(): boolean {
    return this.ready;
  }

  /** The conversation may still be gone on with. */
  get mayResume(): boolean {
    return !this.ready && this.past.point !== null;
  }

  /** Connects now, dropping any wait. Does nothing while a socket is open or opening. */
  connect(): void {
    if (this.socket !== null) return;
    this.stopTimer();
    this.options.onStatus({ kind: 'connecting' });
    const socket = this.options.open(this.past.point);
    this.socket = socket;
    socket.onmessage = (event) => this.receive(socket, event.data);
    socket.onclose = () => this.lost(socket);
    // A server that accepts and then says nothing is as gone as one that refuses.
    this.timer = this.options.timers.after(answerDeadlineMs, () => {
      this.timer = null;
      this.abandon();
    });
  }

  /** Sends an event. False when there is no session to send it to: the caller decides what that means. */
  send(event: ClientEvent): boolean {
    if (!this.ready || this.socket === null) return false;
    this.transmit(this.socket, JSON.stringify(event));
    return true;
  }

  /** Sends audio unless too much already waits. Audio is worth nothing late, so a full socket drops the newest frame. */
  sendAudio(audio: string): 'sent' | 'dropped' | 'offline' {
    const frame = JSON.stringify({ type: 'input_audio_buffer.append', audio } satisfies ClientEvent);
    if (!this.ready || this.socket === null) {
      if (!this.mayResume || this.waiting.length >= framesWaiting) return 'offline';
      this.waiting.push(frame);
      return 'sent';
    }
    if (this.socket.bufferedAmount > audioBacklogLimitBytes) return 'dropped';
    this.transmit(this.socket, frame);
    return 'sent';
  }

  /** Gives the socket up as dead and starts the wait for the next one. */
  abandon(): void {
    const socket = this.socket;
    if (socket === null) return;
    this.lost(socket);
    socket.close();
  }

  private receive(socket: Socket, data: unknown): void {
    if (socket !== this.socket || typeof data !== 'string') return;
    const { eventId, event } = readServerFrame(data);
    if (!this.ready && event?.type === 'session.created') {
      this.past.forget();
      this.waiting = [];
      this.opened(false);
    } else if (!this.ready && event?.type === 'parley.session.resumed') {
      for (const frame of this.past.missing(event.received)) socket.send(frame);
      for (const frame of this.waiting.splice(0)) this.transmit(socket, frame);
      this.opened(true);
    } else if (!this.ready) {
      // Refused: the conversation is not there any more, and the next attempt begins another.
      this.past.forget();
    }
    if (event?.type === 'conversation.created') this.past.begin(event.conversation.id);
    if (eventId !== null && event?.type !== 'parley.session.resumed') this.past.heard(eventId);
    if (event !== null) this.options.onEvent(event);
  }

  private opened(resumed: boolean): void {
    this.ready = true;
    this.attempt = 0;
    this.stopTimer();
    this.stopExpiry();
    this.timer = this.options.timers.after(steadyMs, () => {
      this.timer = null;
      this.steady = true;
    });
    this.options.onStatus({ kind: 'open', resumed });
  }

  private transmit(socket: Socket, frame: string): void {
    socket.send(frame);
    this.past.said(frame);
  }

  private lost(socket: Socket): void {
    if (socket !== this.socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    this.socket = null;
    const { ready, steady } = this;
    this.ready = false;
    this.steady = false;
    this.stopTimer();
    if (ready && this.past.point !== null) this.startExpiry();
    if (steady && this.past.point !== null) {
      this.connect();
      return;
    }
    this.attempt += 1;
    this.wait(reconnectDelaySeconds(this.attempt));
  }

  private startExpiry(): void {
    this.expiry = this.options.timers.after(resumeWindowMs, () => {
      this.expiry = null;
      this.past.forget();
    });
  }

  private stopExpiry(): void {
    if (this.expiry !== null) this.options.timers.cancel(this.expiry);
    this.expiry = null;
  }

  private wait(secondsLeft: number): void {
    if (secondsLeft <= 0) {
      this.timer = null;
      this.connect();
      return;
    }
    this.options.onStatus({ kind: 'waiting', secondsLeft, attempt: this.attempt });
    this.timer = this.options.timers.after(1000, () => this.wait(secondsLeft - 1));
  }

  private stopTimer(): void {
    if (this.timer !== null) this.options.timers.cancel(this.timer);
    this.timer = null;
  }
}

/** The address of the realtime endpoint of the server that the page came from, and of a conversation there. */
export function realtimeAddress(page: { protocol: string; host: string }, from: ResumePoint | null = null): string {
  const address = `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/v1/realtime?model=parley`;
  if (from === null) return address;
  return `${address}&conversation_id=${encodeURIComponent(from.conversation)}&last_event_id=${encodeURIComponent(from.lastEvent)}`;
}
