// SPDX-License-Identifier: Apache-2.0
import { reconnectDelaySeconds } from './backoff.ts';
import { parseServerEvent, type ClientEvent, type ServerEvent } from './protocol.ts';

export type ConnectionStatus =
  | { kind: 'connecting' }
  | { kind: 'open' }
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
  open: () => Socket;
  timers: Timers;
  onEvent: (event: ServerEvent) => void;
  onStatus: (status: ConnectionStatus) => void;
}

/** Unsent audio allowed to wait in the socket: about four seconds of speech. */
export const audioBacklogLimitBytes = 256 * 1024;
const answerDeadlineMs = 8000;

/**
 * The realtime socket that comes back by itself. It counts as open once the server has said
 * `session.created`; until then, and after a loss, it tries again after 1, 2, 4 … 30 seconds.
 */
export class Connection {
  private readonly options: ConnectionOptions;
  private socket: Socket | null = null;
  private ready = false;
  private attempt = 0;
  private timer: number | null = null;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  get isOpen(): boolean {
    return this.ready;
  }

  /** Connects now, dropping any wait. Does nothing while a socket is open or opening. */
  connect(): void {
    if (this.socket !== null) return;
    this.stopTimer();
    this.options.onStatus({ kind: 'connecting' });
    const socket = this.options.open();
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
    this.socket.send(JSON.stringify(event));
    return true;
  }

  /** Sends audio unless too much already waits. Audio is worth nothing late, so a full socket drops the newest frame. */
  sendAudio(audio: string): 'sent' | 'dropped' | 'offline' {
    if (!this.ready || this.socket === null) return 'offline';
    if (this.socket.bufferedAmount > audioBacklogLimitBytes) return 'dropped';
    this.socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio } satisfies ClientEvent));
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
    const event = parseServerEvent(data);
    if (event === null) return;
    if (event.type === 'session.created' && !this.ready) {
      this.ready = true;
      this.attempt = 0;
      this.stopTimer();
      this.options.onStatus({ kind: 'open' });
    }
    this.options.onEvent(event);
  }

  private lost(socket: Socket): void {
    if (socket !== this.socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    this.socket = null;
    this.ready = false;
    this.stopTimer();
    this.attempt += 1;
    this.wait(reconnectDelaySeconds(this.attempt));
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

/** The address of the realtime endpoint of the server that the page came from. */
export function realtimeAddress(page: { protocol: string; host: string }): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/v1/realtime?model=parley`;
}
