// SPDX-License-Identifier: Apache-2.0
import { captureProcessor, type CapturedFrame } from './worklets/messages.ts';
import captureWorkletUrl from './worklets/capture.worklet.ts?worker&url';

/** Why there is no microphone, each with its own remedy. */
export type MicrophoneTrouble = 'refused' | 'absent' | 'busy' | 'insecure' | 'failed';

export class MicrophoneError extends Error {
  readonly trouble: MicrophoneTrouble;

  constructor(trouble: MicrophoneTrouble, cause: unknown) {
    super(`microphone ${trouble}`, { cause });
    this.trouble = trouble;
  }
}

export interface CaptureOptions {
  onFrame: (frame: CapturedFrame) => void;
  /** The microphone was unplugged or its permission taken back. */
  onLost: () => void;
}

/** An open microphone. */
export interface Capture {
  stop(): void;
}

/** Opens the microphone; throws MicrophoneError. */
export async function openMicrophone(options: CaptureOptions): Promise<Capture> {
  const stream = await requestStream();
  const context = new AudioContext({ latencyHint: 'interactive' });
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    void context.close().catch(() => undefined);
  };
  try {
    await context.audioWorklet.addModule(captureWorkletUrl);
    const node = new AudioWorkletNode(context, captureProcessor, {
      numberOfInputs: 1,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    node.port.onmessage = (event: MessageEvent<CapturedFrame>) => options.onFrame(event.data);
    context.createMediaStreamSource(stream).connect(node);
    await context.resume();
  } catch (error) {
    stop();
    throw new MicrophoneError('failed', error);
  }
  stream.getAudioTracks()[0]?.addEventListener('ended', options.onLost);
  return { stop };
}

async function requestStream(): Promise<MediaStream> {
  // Browsers hide the microphone from pages that came over plain http from another machine.
  if (!window.isSecureContext) throw new MicrophoneError('insecure', null);
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new MicrophoneError(troubleOf(error), error);
  }
}

function troubleOf(error: unknown): MicrophoneTrouble {
  switch (error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}
