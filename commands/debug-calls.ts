// `AIM_DEBUG=api,oauth`: each call as it goes out and what came back, on standard error, with everything secret masked.

import type { Answer, Attempt, Transport } from '../src/http/transport.ts';
import { terminalJson } from '../src/text/json.ts';
import { isSecretName, redact } from '../src/text/redact.ts';

export function saidAloud(inner: Transport, say: (text: string) => void): Transport {
  const around = async <Got extends Pick<Answer, 'status' | 'headers'>>(attempt: Attempt, call: () => Promise<Got>) => {
    say(requestText(attempt));
    const start = performance.now();
    const took = () => `${Math.round(performance.now() - start)} ms`;
    try {
      const answer = await call();
      const id = answer.headers['x-request-id'];
      say(`aim: < ${answer.status} in ${took()}${id === undefined ? '' : ` (request ${id})`}`);
      return answer;
    } catch (error) {
      say(`aim: < failed after ${took()}: ${redact(error instanceof Error ? error.message : String(error))}`);
      throw error;
    }
  };
  return {
    send: async (attempt) => {
      const answer = await around(attempt, () => inner.send(attempt));
      if (answer.text !== '') say(`aim: < ${maskedBody(answer.text)}`);
      return answer;
    },
    open: (attempt) => around(attempt, () => inner.open(attempt)),
    close: () => inner.close(),
  };
}

/** `AIM_DEBUG=api,oauth` asks for both: what verbs ask, and what signs in and keeps signed in. */
export const asksForCalls = (env: Readonly<Record<string, string | undefined>>, kind: 'api' | 'oauth'): boolean =>
  (env['AIM_DEBUG'] ?? '').split(',').some((word) => word.trim() === kind);

function requestText({ method, url, headers, body }: Attempt): string {
  const lines = [`aim: > ${method} ${maskedUrl(url)}`];
  for (const [name, value] of Object.entries(headers))
    lines.push(`aim: > ${name}: ${SECRET_HEADERS.test(name) ? maskedHeader(value) : value}`);
  if (body !== '') lines.push(`aim: > ${maskedBody(body)}`);
  return lines.join('\n');
}

const SECRET_HEADERS = /^(authorization|x-api-key|x-csrf-token|x-sdk-token|proxy-authorization)$|cookie|token|secret|password/i;
/** The kind of credential is no secret, and says which one was used. */
const maskedHeader = (value: string) => (/^\w+ /.test(value) ? `${value.split(' ')[0]} ***` : '***');

/** Members whose names say that they hold a secret. */
const isSecret = (name: string): boolean =>
  isSecretName(name) || /token|^code$|^otp$|^pin$|^seed$|code_?verifier|device_?code|assertion|recovery_?codes?/i.test(name);

function maskedBody(text: string): string {
  const short = (made: string) => (made.length > LONGEST ? `${made.slice(0, LONGEST)}… (${made.length} characters)` : made);
  try {
    return short(terminalJson(masked(JSON.parse(text))));
  } catch {
    return `${text.length} characters that are not JSON`; // a form or a page may hold anything
  }
}

const LONGEST = 2000;

function masked(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isSecret(name) ? withoutText(member) : masked(member)]),
  );
}

// When a token ends, or that there is one, is worth seeing: only what could be used is taken out.
function withoutText(member: unknown): unknown {
  if (Array.isArray(member)) return member.map(withoutText);
  if (typeof member === 'object' && member !== null) return mapped(member, withoutText);
  return member === null || typeof member === 'boolean' ? member : '***';
}

const mapped = (value: object, change: (member: unknown) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));

function maskedUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = '';
  for (const name of [...shown.searchParams.keys()]) if (isSecret(name)) shown.searchParams.set(name, '***');
  return shown.href;
}
