// SPDX-License-Identifier: Apache-2.0

// The names of AudioWorkletGlobalScope, which TypeScript's DOM library leaves out.
declare const sampleRate: number;

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
