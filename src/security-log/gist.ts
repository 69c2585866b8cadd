// What a line says, in the fewest words: what was done, to what, how it ended and why. Its type and its time stand elsewhere.

import { asUntrusted, type Untrusted } from '../text/brand.ts';
import type { LogEntry } from './entry.ts';

/** The pieces in their order: `git:push on origin/main`, `DENIED`, `No refunds on a Sunday`. Without any, the message. */
export function gistOf(entry: LogEntry): Untrusted[] {
  const { action, resource, result, error, category, details, message, type } = entry;
  const pieces: (string | null)[] = [];
  if (action !== null) pieces.push(resource === null ? action : `${action} on ${resource}`);
  if (category === 'MCP') pieces.push(text(details['server_name']), text(details['tool_name']));
  if (category === 'CRED') pieces.push(text(details['credential_type']));
  const what = pieces.filter((piece) => piece !== null);
  // The message of an event without any of these is the only thing that it says.
  if (what.length === 0) return [message, ...(error !== null && !message.includes(error) ? [error] : [])];
  // An allowed action is written twice: when it was granted, and when it had run.
  const ended = type === 'ACTION_EXECUTED' && result === 'GRANTED' ? (error === null ? 'RAN' : 'RAN, FAILED') : result;
  return [...what, action === null && result === 'SUCCESS' ? null : ended, error]
    .filter((piece) => piece !== null)
    .map((piece) => asUntrusted(piece));
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
