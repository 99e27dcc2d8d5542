// SPDX-License-Identifier: Apache-2.0
import { MicrophoneError, openMicrophone, type Capture } from './audio/capture.ts';
import { encodePcm16, frameSamples } from './audio/pcm.ts';
import { Playback } from './audio/playback.ts';
import type { CapturedFrame } from './audio/worklets/messages.ts';
import { Connection, realtimeAddress, type ConnectionStatus } from './net/connection.ts';
import type { OutputModality, ServerEvent } from './net/protocol.ts';
import { advance, isAboutQuestion, openTurn, questionEventId, type LocalEvent } from './state/conversation.ts';
import { stageOf } from './state/recording.ts';
import type { Store } from './state/store.ts';

export interface SessionOptions {
  store: Store;
  /** Loudness of the microphone or of the answer, 0 to 1, about 25 times a second. */
  onLevel: (level: number) => void;
  /** The server is there, for the first time or again. */
  onOpen: () => void;
}

// Silence sent when the person closes the microphone in mid-sentence, so that the server hears the end of it.
const closingFrames = 30;
// A socket that takes no audio for this many frames (ten seconds) is dead, whatever it says.
const stuckFrames = 250;
// Frames that must get through before the warning about lost audio goes.
const recoveredFrames = 75;

const droppedNotice = 'audio-dropped';

/** One conversation with the server: microphone up, answer down, and the state that the page shows. */
export class TalkSession {
  private readonly store: Store;
  private readonly options: SessionOptions;
  private readonly connection: Connection;
  private readonly playback: Playback;
  private capture: Capture | null = null;
  private microphoneWanted = false;
  private activeResponse: string | null = null;
  private soundingResponse: string | null = null;
  private readonly silenced = new Set<string>();
  private conversationLost = false;
  private framesDropped = 0;
  private framesSince = 0;

  constructor(options: SessionOptions) {
    this.options = options;
    this.store = options.store;
    this.connection = new Connection({
      open: (from) => new WebSocket(realtimeAddress(window.location, from)),
      timers: {
        after: (milliseconds, run) => window.setTimeout(run, milliseconds),
        cancel: (id) => window.clearTimeout(id),
      },
      onEvent: (event) => this.hear(event),
      onStatus: (status) => this.follow(status),
    });
    this.playback = new Playback({
      onPlaying: (playing) => this.store.update({ playing }),
      onLevel: (level) => {
        if (this.store.state.playing) options.onLevel(level);
      },
      onRefused: () => this.store.notify('answer-long', 'The answer is longer than this page can play; read its end.'),
      onFailed: () => this.store.notify('no-sound', 'This browser could not play sound; answers are shown as text.'),
    });
  }

  start(): void {
    this.connection.connect();
    window.addEventListener('online', () => this.connection.connect());
    navigator.mediaDevices?.addEventListener('devicechange', () => this.retryMicrophone());
    void this.watchPermission();
  }

  reconnectNow(): void {
    this.connection.connect();
  }

  toggleMicrophone(): void {
    this.playback.unlock();
    if (this.microphoneWanted && this.store.state.microphone.kind !== 'trouble') {
      this.closeMicrophone();
    } else {
      // With the microphone closed, a press is the only way to interrupt.
      this.stopAnswer();
      this.microphoneWanted = true;
      void this.openMicrophone();
    }
  }

  /** Asks a typed question. False when there is no server to ask. */
  ask(text: string): boolean {
    if (!this.connection.isOpen) return false;
    this.playback.unlock();
    this.stopAnswer();
    this.apply({ type: 'local.question', text });
    const turn = this.store.state.conversation.turns.at(-1);
    if (turn === undefined) return false;
    const event_id = questionEventId(turn);
    this.connection.send({
      type: 'conversation.item.create',
      event_id,
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    });
    this.connection.send({ type: 'response.create', event_id });
    return true;
  }

  /** Stops the answer that is being made or spoken, if one is. */
  stopAnswer(): void {
    if (this.activeResponse !== null) {
      this.connection.send({ type: 'response.cancel', response_id: this.activeResponse });
      this.silenced.add(this.activeResponse);
    }
    void this.silence('stopped');
  }

  setReadAloud(readAloud: boolean): void {
    this.store.update({ readAloud });
    if (!readAloud) void this.silence('stopped');
    this.configure();
  }

  /** The person agrees that this conversation is recorded from now on, or takes that back. */
  setRecording(consent: boolean): void {
    this.connection.send({ type: 'session.update', session: { type: 'realtime', recording: { consent } } });
  }

  private follow(status: ConnectionStatus): void {
    if (this.store.state.connection.kind === 'open' && status.kind !== 'open') this.conversationLost = true;
    this.store.update({ connection: status });
    // Where it may be gone on with, what has arrived of an answer sounds on.
    const goesOn = status.kind === 'open' ? status.resumed : this.connection.mayResume;
    if (this.conversationLost && !goesOn) this.loseConversation();
    if (status.kind !== 'open') return;
    this.conversationLost = false;
    if (!status.resumed) this.configure();
    this.options.onOpen();
  }

  private loseConversation(): void {
    this.conversationLost = false;
    this.activeResponse = null;
    this.silenced.clear();
    void this.playback.flush();
    this.apply({ type: 'local.lost' });
  }

  private configure(): void {
    const modalities: OutputModality[] = [this.store.state.readAloud ? 'audio' : 'text'];
    this.connection.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        resumption: { enabled: true },
        output_modalities: modalities,
        audio: { input: { turn_detection: { type: 'server_vad' } } },
      },
    });
  }

  private hear(event: ServerEvent): void {
    const before = this.store.state.conversation;
    this.apply(event);
    switch (event.type) {
      case 'session.created':
        // Another conversation, to whose recording nobody has agreed.
        this.store.update({ recording: 'off' });
        break;
      case 'parley.recording':
        this.store.update({ recording: stageOf(event) });
        break;
      case 'input_audio_buffer.speech_started':
        // Speaking interrupts an answer that sounds; whether it ends one still in the making, the server decides.
        void this.silence('interrupted');
        break;
      case 'response.created':
        this.activeResponse = event.response.id;
        this.playback.setLevel('full');
        this.store.update({ selectedTurn: null });
        break;
      case 'response.output_audio.delta':
        if (this.silenced.has(event.response_id)) break;
        this.soundingResponse = event.response_id;
        this.playback.push(event.item_id, event.delta);
        break;
      case 'parley.output':
        if (event.response_id === this.soundingResponse) this.playback.setLevel(event.level);
        break;
      case 'response.done':
        this.finish(event.response.id, event.response.status === 'cancelled', event.response.status_details?.reason);
        break;
      case 'error':
        // A refused question shows it in its place; a cancel that crossed the end of the answer is nobody's trouble.
        if (before.turns.some((turn) => isAboutQuestion(event, turn))) break;
        if (event.error.code !== 'response_cancel_not_active') this.store.notify('server-error', event.error.message);
        break;
    }
  }

  private finish(responseId: string, cancelled: boolean, reason: string | undefined): void {
    if (this.activeResponse === responseId) this.activeResponse = null;
    this.silenced.delete(responseId);
    if (!cancelled) this.playback.end();
    else if (this.soundingResponse === responseId) void this.silence(reason === 'turn_detected' ? 'interrupted' : 'stopped');
  }

  /** Stops the sound now and tells the server how much of the answer was heard. */
  private async silence(outcome: 'interrupted' | 'stopped'): Promise<void> {
    if (this.soundingResponse !== null && this.soundingResponse === this.activeResponse) {
      this.silenced.add(this.soundingResponse);
    }
    this.soundingResponse = null;
    const heard = await this.playback.flush();
    if (heard === null) return;
    this.connection.send({
      type: 'conversation.item.truncate',
      item_id: heard.item,
      content_index: 0,
      audio_end_ms: heard.milliseconds,
    });
    this.apply({ type: 'local.cut', answerItemId: heard.item, outcome });
  }

  private apply(event: ServerEvent | LocalEvent): void {
    const conversation = advance(this.store.state.conversation, event);
    if (conversation !== this.store.state.conversation) this.store.update({ conversation });
  }

  private async openMicrophone(): Promise<void> {
    if (this.capture !== null || this.store.state.microphone.kind === 'opening') return;
    this.store.update({ microphone: { kind: 'opening' } });
    try {
      const capture = await openMicrophone({
        onFrame: (frame) => this.sendFrame(frame),
        onLost: () => this.reopenMicrophone(),
      });
      if (!this.microphoneWanted) {
        capture.stop();
        this.store.update({ microphone: { kind: 'off' } });
        return;
      }
      this.capture = capture;
      this.store.update({ microphone: { kind: 'on' } });
    } catch (error) {
      const trouble = error instanceof MicrophoneError ? error.trouble : 'failed';
      this.store.update({ microphone: { kind: 'trouble', trouble } });
    }
  }

  private closeMicrophone(): void {
    this.microphoneWanted = false;
    if (this.store.state.microphone.kind === 'opening') return;
    this.releaseMicrophone();
    if (openTurn(this.store.state.conversation)?.phase === 'hearing') {
      const silence = encodePcm16(new Int16Array(frameSamples));
      for (let i = 0; i < closingFrames; i += 1) this.connection.sendAudio(silence);
    }
  }

  private releaseMicrophone(): void {
    this.capture?.stop();
    this.capture = null;
    this.store.update({ microphone: { kind: 'off' } });
    this.options.onLevel(0);
  }

  private reopenMicrophone(): void {
    this.releaseMicrophone();
    if (this.microphoneWanted) void this.openMicrophone();
  }

  private retryMicrophone(): void {
    if (this.microphoneWanted && this.store.state.microphone.kind === 'trouble') void this.openMicrophone();
  }

  /** A permission given after a refusal opens the microphone without another press. */
  private async watchPermission(): Promise<void> {
    try {
      const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName });
      permission.addEventListener('change', () => {
        if (permission.state === 'granted') this.retryMicrophone();
      });
    } catch {
      // Not every browser can be asked; there the next press finds out.
    }
  }

  private sendFrame(frame: CapturedFrame): void {
    if (!this.store.state.playing) this.options.onLevel(frame.level);
    const outcome = this.connection.sendAudio(encodePcm16(frame.pcm));
    if (outcome === 'dropped') {
      this.framesSince = 0;
      this.framesDropped += 1;
      if (this.framesDropped === 1) {
        this.store.notify(droppedNotice, 'The connection cannot keep up: some of what you say is not reaching the server.');
      }
      if (this.framesDropped >= stuckFrames) this.connection.abandon();
      return;
    }
    this.framesSince += 1;
    if (this.framesDropped > 0 && (outcome === 'offline' || this.framesSince >= recoveredFrames)) {
      this.framesDropped = 0;
      this.store.dismiss(droppedNotice);
    }
  }
}
