// SPDX-License-Identifier: Apache-2.0
import { decodePcm16, wireRate } from './pcm.ts';
import type { OutputLevel, PlayoutPosition } from './playout_queue.ts';
import { playbackProcessor, type PlaybackCommand, type PlaybackReport } from './worklets/messages.ts';
import playbackWorkletUrl from './worklets/playback.worklet.ts?worker&url';

/** What the person has heard: the first `milliseconds` of `item`. */
export interface Heard {
  item: string;
  milliseconds: number;
}

export interface PlaybackOptions {
  onPlaying: (playing: boolean) => void;
  onLevel: (level: number) => void;
  /** The answer was longer than the player holds; its rest is not played. */
  onRefused: () => void;
  /** There is no way to play sound here. */
  onFailed: () => void;
}

/** The speaker: plays the answer's audio in order and knows how much of it was heard. */
export class Playback {
  private readonly options: PlaybackOptions;
  private context: AudioContext | null = null;
  private node: Promise<AudioWorkletNode> | null = null;
  private playing = false;
  // Audio that was on its way to the worklet when everything was flushed belongs to an older epoch.
  private epoch = 0;
  private readonly flushes = new Map<number, (position: PlayoutPosition | null) => void>();

  constructor(options: PlaybackOptions) {
    this.options = options;
  }

  /** Browsers let sound start only from a press or a key: call this in its handler. */
  unlock(): void {
    this.node ??= this.build().catch((error: unknown) => {
      this.node = null;
      this.options.onFailed();
      throw error;
    });
    this.node.catch(() => undefined);
    void this.context?.resume();
  }

  push(item: string, base64: string): void {
    const pcm = decodePcm16(base64);
    if (pcm === null) return;
    this.unlock();
    this.command({ kind: 'push', item, pcm });
  }

  /** The answer's audio is complete. */
  end(): void {
    this.command({ kind: 'end' });
  }

  setLevel(level: OutputLevel): void {
    this.command({ kind: 'level', level });
  }

  /** Stops at once. Says what was heard, or null when nothing was playing. */
  async flush(): Promise<Heard | null> {
    this.epoch += 1;
    const id = this.epoch;
    // Waits for the player like every command, so that it flushes nothing that was pushed after it.
    const flushed = this.node?.then(
      (node) =>
        new Promise<PlayoutPosition | null>((resolve) => {
          this.flushes.set(id, resolve);
          node.port.postMessage({ kind: 'flush', id } satisfies PlaybackCommand);
        }),
      () => null,
    );
    const position = (await flushed) ?? null;
    if (position === null) return null;
    const unheardMs = ((this.context?.outputLatency ?? 0) + (this.context?.baseLatency ?? 0)) * 1000;
    const milliseconds = Math.max(0, Math.round((position.samples / wireRate) * 1000 - unheardMs));
    return { item: position.item, milliseconds };
  }

  private command(command: PlaybackCommand): void {
    const epoch = this.epoch;
    void this.node?.then(
      (node) => {
        if (epoch === this.epoch) node.port.postMessage(command, command.kind === 'push' ? [command.pcm.buffer] : []);
      },
      () => undefined,
    );
  }

  private async build(): Promise<AudioWorkletNode> {
    const context = new AudioContext({ sampleRate: wireRate, latencyHint: 'interactive' });
    this.context = context;
    await context.audioWorklet.addModule(playbackWorkletUrl);
    const node = new AudioWorkletNode(context, playbackProcessor, {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [1],
    });
    node.port.onmessage = (event: MessageEvent<PlaybackReport>) => this.hear(event.data);
    node.connect(context.destination);
    return node;
  }

  private hear(report: PlaybackReport): void {
    switch (report.kind) {
      case 'position':
        if (report.playing !== this.playing) {
          this.playing = report.playing;
          this.options.onPlaying(report.playing);
        }
        this.options.onLevel(report.playing ? report.level : 0);
        break;
      case 'flushed':
        this.flushes.get(report.id)?.(report.position);
        this.flushes.delete(report.id);
        break;
      case 'refused':
        this.options.onRefused();
        break;
    }
  }
}
