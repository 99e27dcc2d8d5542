// SPDX-License-Identifier: Apache-2.0
import type { ServerInfo } from '../net/api.ts';

export interface PrivacyStatement {
  readonly local: boolean;
  readonly headline: string;
  readonly details: readonly { readonly task: string; readonly engine: string; readonly where: string }[];
}

const tasks: Record<string, string> = {
  asr: 'Hearing',
  tts: 'Speaking',
  llm: 'Answering',
  retrieval: 'Searching',
};

/** Where audio and text go, in one line and engine by engine. */
export function privacyStatement(info: ServerInfo, hostname: string): PrivacyStatement {
  const here = isLoopback(hostname) ? 'this computer' : hostname;
  const engines = Object.entries(info.engines);
  const cloud = engines.filter(([, engine]) => engine.where === 'cloud');
  return {
    local: cloud.length === 0,
    headline: cloud.length === 0 ? `Everything stays on ${here}` : cloudHeadline(cloud),
    details: engines.map(([key, engine]) => ({
      task: tasks[key] ?? key,
      engine: engine.name,
      where: engine.where === 'cloud' ? 'cloud' : here,
    })),
  };
}

function cloudHeadline(cloud: readonly [string, { name: string }][]): string {
  const sent = cloud.some(([key]) => key === 'asr') ? 'Your voice' : 'Text';
  const names = [...new Set(cloud.map(([, engine]) => engine.name))].join(', ');
  return `${sent} is sent to ${names}`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname) || hostname.endsWith('.localhost');
}
