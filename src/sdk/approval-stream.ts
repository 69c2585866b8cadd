// The stream of one decision, as the server sends it: each answer, and its heartbeats, until it ends or falls silent.

import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { AIMError, RemoteError } from '../errors.ts';
import type { Answer, OpenAnswer } from '../http/transport.ts';

export type StreamLimits = { server: string; maxBytes: number; remainingMs: number; signal: AbortSignal | undefined };

const SILENCE = 25_000; // two and a half heartbeats
const JSON_TYPE = { 'content-type': 'application/json' };

/** Whether the server took up the offer; one that does not answers as to any poll. */
export const isStream = ({ headers }: OpenAnswer): boolean => headers['content-type']?.startsWith('text/event-stream') ?? false;

/** Null for a heartbeat. @throws RemoteError where it is cut off, silent, or too long; the signal's reason. */
export async function* answersIn(answer: OpenAnswer, limits: StreamLimits): AsyncGenerator<Answer | null, void, void> {
  const { headers, body } = answer;
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => arrived.push(message) });
  const decoder = new TextDecoder();
  let unread = 0;
  for await (const chunk of within(body, limits)) {
    unread += chunk.length;
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (arrived.length > 0) unread = 0;
    if (unread > limits.maxBytes) throw tooLong(limits.server);
    for (const { event, data } of arrived.splice(0))
      yield event === 'verification' ? { status: answer.status, headers: { ...headers, ...JSON_TYPE }, text: data } : null;
  }
}

/** The whole of an answer that is no stream. @throws as above. */
export async function wholeOf({ status, headers, body }: OpenAnswer, limits: StreamLimits): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of within(body, limits)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limits.maxBytes) throw tooLong(limits.server);
  }
  return { status, headers, text: Buffer.concat(chunks).toString('utf8') };
}

async function* within(body: OpenAnswer['body'], limits: StreamLimits): AsyncGenerator<Buffer, void, void> {
  const { server, remainingMs, signal } = limits;
  const silence = (): void => void body.destroy(new RemoteError('remote.silent', { message: `${server} has fallen silent.` }));
  const timer = setTimeout(silence, SILENCE);
  const end = setTimeout(silence, remainingMs);
  const aborted = (): void => void body.destroy(new Error('aborted'));
  signal?.addEventListener('abort', aborted);
  try {
    for await (const chunk of body) {
      timer.refresh();
      yield chunk as Buffer;
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof AIMError) throw error;
    throw new RemoteError('remote.cut-off', { message: `The stream from ${server} was cut off.`, cause: error });
  } finally {
    clearTimeout(timer);
    clearTimeout(end);
    signal?.removeEventListener('abort', aborted);
    body.destroy();
  }
}

const tooLong = (server: string): RemoteError =>
  new RemoteError('remote.too-large', { message: `${server} sends more than a decision can hold.` });
