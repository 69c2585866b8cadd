// HTTP collectors: OTLP/HTTP with JSON, and lines of any other format as NDJSON. A batch that is refused is halved until the bad line is found.

import type { LogEntry } from '../entry.ts';
import { formatEntry } from './formats.ts';
import { toOtlp } from './otlp.ts';
import { RefusedError, RetryLater, type Sink, type SinkOptions } from './sink.ts';

export function httpSink(url: URL, { format, headers = {} }: SinkOptions): Sink {
  const isOtlp = format === 'otlp';
  const body = (entries: readonly LogEntry[]) =>
    isOtlp ? toOtlp(entries) : entries.map((entry) => `${formatEntry(entry, format)}\n`).join('');
  const post = async (entries: readonly LogEntry[]): Promise<string | undefined> => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': isOtlp ? 'application/json' : 'application/x-ndjson', ...headers },
      body: body(entries),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await answer.text();
    if (answer.ok) return isOtlp ? rejectedOf(text) : undefined;
    const words = `${answer.status} ${answer.statusText}: ${text.slice(0, 200)}`;
    if (answer.status === 429 || answer.status >= 500 || answer.status === 408) throw new RetryLater(words, retryAfter(answer));
    if (answer.status === 401 || answer.status === 403) throw new Error(words);
    throw new RefusedError(words);
  };
  return { send: post, async close() {} };
}

/** What a `partial_success` of OTLP says (opentelemetry-proto, ExportLogsPartialSuccess). */
function rejectedOf(text: string): string | undefined {
  try {
    const { rejectedLogRecords, errorMessage } = JSON.parse(text).partialSuccess;
    const words = typeof errorMessage === 'string' ? `: ${errorMessage.slice(0, 200)}` : '';
    return Number(rejectedLogRecords) > 0 ? `the receiver dropped ${Number(rejectedLogRecords)} for good${words}` : undefined;
  } catch {
    return undefined; // nothing partial, or an answer in another form than was asked for
  }
}

function retryAfter(answer: Response): number | null {
  const value = answer.headers.get('retry-after');
  if (value === null) return null;
  const seconds = Number(value);
  return Number.isFinite(seconds) ? seconds * 1000 : Math.max(0, Date.parse(value) - Date.now()) || null;
}

const TIMEOUT = 30_000;
