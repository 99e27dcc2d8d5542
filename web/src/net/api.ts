// SPDX-License-Identifier: Apache-2.0

export interface EngineInfo {
  name: string;
  where: 'local' | 'cloud';
}

export interface ServerInfo {
  service: string;
  version: string;
  engines: Record<string, EngineInfo>;
  documents: number;
}

export type DocumentStatus = 'pending' | 'processing' | 'completed' | 'failed';

export interface DocumentSummary {
  id: string;
  title: string;
  filename: string;
  status: DocumentStatus;
  size_bytes: number;
  chunks: number;
  error?: string | { message?: string };
}

export interface DocumentContent {
  id: string;
  title: string;
  filename: string;
  text: string;
}

export interface IndexProgress {
  id: string;
  status: DocumentStatus;
  progress: number;
  stage?: string;
  error?: string | { message?: string };
}

/** What the server keeps of this person's voice, and what they would agree to. */
export interface SpeakerProfile {
  consent: { wording: number; given_at_ms: number } | null;
  engine: string | null;
  kept: { engine: string; seconds: number; since_ms: number; changed_ms: number }[];
  wording: { version: number; text: string };
}

/** A conversation that was recorded, or is. */
export interface RecordingSummary {
  sessionId: string;
  startedAt: string;
  bytes: number;
  finished: boolean;
}

/** What the server answered instead of what was asked for, in words a person can act on. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function getInfo(): Promise<ServerInfo> {
  return getJson<ServerInfo>('/info');
}

export async function listDocuments(): Promise<DocumentSummary[]> {
  return (await getJson<{ documents: DocumentSummary[] }>('/api/v1/documents')).documents;
}

export async function getDocumentContent(id: string): Promise<DocumentContent> {
  return getJson<DocumentContent>(`/api/v1/documents/${encodeURIComponent(id)}/content`);
}

export async function deleteDocument(id: string): Promise<void> {
  const response = await reach(() => fetch(`/api/v1/documents/${encodeURIComponent(id)}`, { method: 'DELETE' }));
  if (!response.ok) throw errorFrom(response.status, await response.text());
}

const speakerProfile = '/api/v1/speaker-profile';

export async function getSpeakerProfile(): Promise<SpeakerProfile> {
  return getJson<SpeakerProfile>(speakerProfile);
}

export async function agreeToSpeakerProfile(wording: number): Promise<SpeakerProfile> {
  const response = await reach(() =>
    fetch(`${speakerProfile}/consent`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ wording }),
    }),
  );
  if (!response.ok) throw errorFrom(response.status, await response.text());
  return (await response.json()) as SpeakerProfile;
}

export async function forgetSpeakerProfile(): Promise<void> {
  const response = await reach(() => fetch(speakerProfile, { method: 'DELETE' }));
  if (!response.ok) throw errorFrom(response.status, await response.text());
}

/** The person's own, newest first; null where nobody is recorded. */
export async function listRecordings(): Promise<RecordingSummary[] | null> {
  try {
    return (await getJson<{ recordings: RecordingSummary[] }>('/session/recordings')).recordings;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export function recordingAddress(sessionId: string): string {
  return `/session/${encodeURIComponent(sessionId)}/recording`;
}

export async function deleteRecording(sessionId: string): Promise<void> {
  const response = await reach(() => fetch(recordingAddress(sessionId), { method: 'DELETE' }));
  if (!response.ok) throw errorFrom(response.status, await response.text());
}

/** Sends one file; `onSent` hears the share that has left this machine, 0 to 1. (fetch cannot report that.) */
export function uploadDocument(file: File, onSent: (share: number) => void): Promise<DocumentSummary> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/documents');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onSent(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiError(0, 'UNREACHABLE', 'The server did not answer.'));
    request.onload = () => {
      if (request.status >= 300) {
        reject(errorFrom(request.status, request.responseText));
        return;
      }
      const accepted = firstDocument(request.responseText);
      if (accepted === null) reject(new ApiError(request.status, 'BAD_ANSWER', 'The server’s answer could not be read.'));
      else resolve(accepted);
    };
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}

/**
 * Follows the indexing of a document until it is completed or failed, or until the server no longer
 * knows it. The stream survives a lost connection: the browser asks again by itself.
 */
export function followIndexing(
  id: string,
  listener: { onProgress: (progress: IndexProgress) => void; onEnd: () => void },
): void {
  const events = new EventSource(`/api/v1/documents/${encodeURIComponent(id)}/events`);
  events.addEventListener('progress', (event) => {
    let progress: IndexProgress;
    try {
      progress = JSON.parse((event as MessageEvent<string>).data) as IndexProgress;
    } catch {
      return;
    }
    listener.onProgress(progress);
    if (progress.status !== 'completed' && progress.status !== 'failed') return;
    events.close();
    listener.onEnd();
  });
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) listener.onEnd();
  };
}

/** The words of an error field, whichever of its two shapes it has. */
export function errorWords(error: string | { message?: string } | undefined): string {
  if (error === undefined) return '';
  return typeof error === 'string' ? error : (error.message ?? '');
}

async function getJson<T>(path: string): Promise<T> {
  const response = await reach(() => fetch(path, { headers: { accept: 'application/json' } }));
  if (!response.ok) throw errorFrom(response.status, await response.text());
  return (await response.json()) as T;
}

async function reach(call: () => Promise<Response>): Promise<Response> {
  try {
    return await call();
  } catch {
    throw new ApiError(0, 'UNREACHABLE', 'The server did not answer.');
  }
}

function errorFrom(status: number, body: string): ApiError {
  try {
    const { error } = JSON.parse(body) as { error: { code: string; message: string } };
    return new ApiError(status, error.code, error.message);
  } catch {
    return new ApiError(status, 'UNKNOWN', `The server answered with status ${status}.`);
  }
}

function firstDocument(body: string): DocumentSummary | null {
  try {
    return (JSON.parse(body) as { documents: DocumentSummary[] }).documents[0] ?? null;
  } catch {
    return null;
  }
}
