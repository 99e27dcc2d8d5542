// SPDX-License-Identifier: Apache-2.0

/**
 * The events of `WS /v1/realtime` that the page sends and understands: OpenAI Realtime (GA names)
 * and Parley's own `parley.*` events. Only the fields that the page reads are named.
 */

import type { OutputLevel } from '../audio/playout_queue.ts';

export type SessionState = 'idle' | 'listening' | 'processing' | 'speaking' | 'interrupted' | 'error';

/** A passage an answer rests on. `start` and `end` are UTF-8 byte offsets into the source text. */
export interface Citation {
  document_id: string;
  /** The name of the file. */
  document: string;
  title: string;
  heading: string;
  start: number;
  end: number;
  quote: string;
}

/** A moment of a turn, in milliseconds after the end of speech (negative before it). */
export interface Mark {
  name: string;
  at_ms: number;
}

export interface TurnRecord {
  turn_id: string;
  item_id: string;
  response_id: string;
  transcript: string;
  /** Words of the documents in the transcript, and what was heard in their place. */
  corrections?: { heard: string; word: string }[];
  answer: string;
  timings_ms: Record<string, number>;
  marks: Mark[];
  engines: Record<string, string>;
}

export interface ResponseDone {
  id: string;
  status: 'completed' | 'cancelled' | 'failed' | 'incomplete' | 'in_progress';
  status_details?: {
    reason?: string;
    error?: { code?: string; message?: string } | null;
  } | null;
}

/** Why a session is not recorded any more. */
export type RecordingEnd = 'full' | 'failed' | 'withdrawn';

export type ServerEvent =
  | { type: 'session.created' | 'session.updated' }
  | { type: 'conversation.created'; conversation: { id: string } }
  | { type: 'input_audio_buffer.speech_started'; item_id: string; audio_start_ms: number }
  | { type: 'input_audio_buffer.speech_stopped'; item_id: string; audio_end_ms: number }
  | { type: 'input_audio_buffer.committed'; item_id: string }
  | { type: 'conversation.item.added'; item: { id: string; role?: string } }
  | { type: 'conversation.item.input_audio_transcription.completed'; item_id: string; transcript: string }
  | { type: 'conversation.item.input_audio_transcription.failed'; item_id: string; error?: { message?: string } }
  | { type: 'response.created'; response: { id: string } }
  | { type: 'response.output_item.added'; response_id: string; item: { id: string } }
  | { type: 'response.output_audio.delta'; response_id: string; item_id: string; delta: string }
  | { type: 'response.output_audio.done'; response_id: string; item_id: string }
  | { type: 'response.output_audio_transcript.delta' | 'response.output_text.delta'; response_id: string; item_id: string; delta: string }
  | { type: 'response.output_audio_transcript.done'; response_id: string; item_id: string; transcript: string }
  | { type: 'response.output_text.done'; response_id: string; item_id: string; text: string }
  | { type: 'response.done'; response: ResponseDone }
  | { type: 'error'; error: { type?: string; code?: string; message: string; event_id?: string } }
  | { type: 'parley.session.resumed'; received: number }
  | { type: 'parley.recording'; active: boolean; ended?: RecordingEnd }
  | { type: 'parley.state'; state: SessionState }
  | { type: 'parley.transcript.partial'; item_id: string; text: string }
  | { type: 'parley.output'; response_id: string; level: OutputLevel }
  | { type: 'parley.citations'; response_id: string; item_id: string; citations: Citation[] }
  | ({ type: 'parley.turn' } & TurnRecord);

export type OutputModality = 'audio' | 'text';

export type ClientEvent =
  | {
      type: 'session.update';
      session: {
        type: 'realtime';
        resumption: { enabled: true };
        output_modalities: OutputModality[];
        audio: { input: { turn_detection: { type: 'server_vad' } } };
      };
    }
  | { type: 'session.update'; session: { type: 'realtime'; recording: { consent: boolean } } }
  | { type: 'input_audio_buffer.append'; audio: string }
  | { type: 'input_audio_buffer.clear' }
  | {
      type: 'conversation.item.create';
      event_id: string;
      item: { type: 'message'; role: 'user'; content: { type: 'input_text'; text: string }[] };
    }
  | { type: 'response.create'; event_id: string }
  | { type: 'response.cancel'; response_id?: string }
  | { type: 'conversation.item.truncate'; item_id: string; content_index: 0; audio_end_ms: number };

// What an event must carry for the page to use it; an event that lacks it is dropped, never half believed.
type Kind = 'string' | 'number' | 'boolean' | 'object' | 'array';
const required: Record<ServerEvent['type'], Record<string, Kind>> = {
  'session.created': {},
  'session.updated': {},
  'conversation.created': { conversation: 'object' },
  'input_audio_buffer.speech_started': { item_id: 'string' },
  'input_audio_buffer.speech_stopped': { item_id: 'string' },
  'input_audio_buffer.committed': { item_id: 'string' },
  'conversation.item.added': { item: 'object' },
  'conversation.item.input_audio_transcription.completed': { item_id: 'string', transcript: 'string' },
  'conversation.item.input_audio_transcription.failed': { item_id: 'string' },
  'response.created': { response: 'object' },
  'response.output_item.added': { response_id: 'string', item: 'object' },
  'response.output_audio.delta': { response_id: 'string', item_id: 'string', delta: 'string' },
  'response.output_audio.done': { response_id: 'string', item_id: 'string' },
  'response.output_audio_transcript.delta': { response_id: 'string', delta: 'string' },
  'response.output_audio_transcript.done': { response_id: 'string', transcript: 'string' },
  'response.output_text.delta': { response_id: 'string', delta: 'string' },
  'response.output_text.done': { response_id: 'string', text: 'string' },
  'response.done': { response: 'object' },
  error: { error: 'object' },
  'parley.session.resumed': { received: 'number' },
  'parley.recording': { active: 'boolean' },
  'parley.state': { state: 'string' },
  'parley.transcript.partial': { item_id: 'string', text: 'string' },
  'parley.output': { response_id: 'string', level: 'string' },
  'parley.citations': { response_id: 'string', citations: 'array' },
  'parley.turn': { response_id: 'string', timings_ms: 'object', marks: 'array' },
};

/** A text frame: its event, null when the page does not know it or it is not well formed; and its name. */
export interface ServerFrame {
  eventId: string | null;
  event: ServerEvent | null;
}

export function readServerFrame(frame: string): ServerFrame {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { eventId: null, event: null };
  }
  if (!isRecord(value)) return { eventId: null, event: null };
  return { eventId: typeof value['event_id'] === 'string' ? value['event_id'] : null, event: eventOf(value) };
}

function eventOf(value: Record<string, unknown>): ServerEvent | null {
  if (typeof value['type'] !== 'string') return null;
  const fields = Object.hasOwn(required, value['type']) ? required[value['type'] as ServerEvent['type']] : undefined;
  if (fields === undefined) return null;
  for (const [name, kind] of Object.entries(fields)) {
    if (!isKind(value[name], kind)) return null;
  }
  return value as unknown as ServerEvent;
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind === 'array') return Array.isArray(value);
  if (kind === 'object') return isRecord(value);
  return typeof value === kind;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
