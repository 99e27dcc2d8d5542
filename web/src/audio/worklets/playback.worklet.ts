// SPDX-License-Identifier: Apache-2.0
import { meterLevel } from '../pcm.ts';
import { PlayoutQueue } from '../playout_queue.ts';
import { playbackProcessor, type PlaybackCommand, type PlaybackReport } from './messages.ts';

// A report every 8 quanta of 128 samples: about 43 ms at 24 kHz.
const quantaPerReport = 8;

/** Plays the queue and reports how far it has come. */
class PlaybackProcessor extends AudioWorkletProcessor {
  private readonly queue = new PlayoutQueue();
  private quanta = 0;
  private loudest = 0;
  private quiet = true;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<PlaybackCommand>) => this.obey(event.data);
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channel = outputs[0]?.[0];
    if (channel === undefined) return true;
    const wasPlaying = this.queue.playing;
    this.queue.pull(channel);
    this.loudest = Math.max(this.loudest, meterLevel(channel));
    this.quanta += 1;
    // The start and the end are told at once, the rest of the way now and then.
    if (this.queue.playing !== wasPlaying || (this.quanta >= quantaPerReport && !this.quiet)) this.tellPosition();
    return true;
  }

  private obey(command: PlaybackCommand): void {
    switch (command.kind) {
      case 'push':
        if (!this.queue.push(command.item, command.pcm)) this.tell({ kind: 'refused' });
        this.quiet = false;
        break;
      case 'end':
        this.queue.end();
        this.tellPosition();
        break;
      case 'level':
        this.queue.setLevel(command.level);
        break;
      case 'flush':
        this.tell({ kind: 'flushed', id: command.id, position: this.queue.flush() });
        this.tellPosition();
        break;
    }
  }

  private tellPosition(): void {
    const { current, playing, active } = this.queue;
    this.tell({ kind: 'position', position: current, playing, level: this.loudest });
    this.quanta = 0;
    this.loudest = 0;
    this.quiet = !active;
  }

  private tell(report: PlaybackReport): void {
    this.port.postMessage(report);
  }
}

registerProcessor(playbackProcessor, PlaybackProcessor);
