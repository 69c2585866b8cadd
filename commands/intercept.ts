// Stops a call before it leaves: for `--dry-run`, which shows the change, and `--curl`, which prints the same call for curl.

import type { Attempt, Transport } from '../src/http/transport.ts';
import { terminalJson } from '../src/text/json.ts';
import { isSecretName } from '../src/text/redact.ts';
import { shellWord } from './confirm.ts';

/** Thrown instead of sending. Not an error of anybody: what was to be seen has been seen. */
export class Intercepted extends Error {
  readonly attempt: Attempt;
  constructor(attempt: Attempt) {
    super('intercepted');
    this.attempt = attempt;
  }
}

export type Interception = 'dry-run' | 'curl';

/** Lets calls through until the one that is meant: the first that changes something, or for curl of a verb that reads, the first. */
export function intercepting(inner: Transport, interception: Interception, changes: boolean): Transport {
  const stop = (attempt: Attempt) => {
    const reads = attempt.method === 'GET' || attempt.method === 'HEAD';
    // What every command asks first is not what the caller wants to see.
    const isPreparation = /\/api\/v1\/(status|auth\/me)$/.test(attempt.url.pathname);
    if (reads && (changes || interception === 'dry-run' || isPreparation)) return;
    throw new Intercepted(attempt);
  };
  return {
    send: async (attempt) => {
      stop(attempt);
      return inner.send(attempt);
    },
    open: async (attempt) => {
      stop(attempt);
      return inner.open(attempt);
    },
    close: () => inner.close(),
  };
}

/** The call for curl, with the words of `curlWay`. Tokens and secrets stay in variables: commands end up in histories. */
export function curlCommand({ method, url, headers, body }: Attempt, way: readonly string[] = []): string {
  const parts = ['curl', ...way];
  if (method === 'HEAD') parts.push('--head');
  else if (method !== 'GET') parts.push('-X', method);
  // To curl, brackets and braces are ranges.
  if (/[[\]{}]/.test(url.href)) parts.push('--globoff');
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (['content-type', 'idempotency-key', 'if-match', 'accept'].includes(lower))
      parts.push('-H', shellWord(`${lower}: ${value}`));
    if (lower === 'authorization') parts.push('-H', '"authorization: Bearer $AIM_TOKEN"');
    if (lower === 'x-api-key') parts.push('-H', '"x-api-key: $AIM_API_KEY"');
  }
  // As it is: with --data a body that begins with @ would be the name of a file.
  if (body !== '') parts.push('--data-raw', wordWithoutSecrets(body));
  return [...parts, shellWord(url.href)].join(' ');
}

function wordWithoutSecrets(body: string): string {
  const found = parsed(body);
  if (!isObject(found)) return shellWord(body);
  const secrets = Object.entries(found).filter(([name, value]) => typeof value === 'string' && isSecretName(name));
  if (secrets.length === 0) return shellWord(body);
  // The quotes of the shell are closed around the variable, those of JSON stay.
  const places = secrets.map(([name], index) => [name, `AIM-SECRET-${index}-HERE`] as const);
  const open = shellWord(JSON.stringify({ ...found, ...Object.fromEntries(places) }));
  return places.reduce((word, [name, place]) => word.replace(place, () => `'"$${variableFor(name)}"'`), open);
}

const variableFor = (name: string): string => `AIM_${name.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`;

export type PlannedCall = { method: string; path: string; body: unknown };

export const plannedCall = ({ method, url, body }: Attempt): PlannedCall => ({
  method,
  path: `${url.pathname}${url.search}`,
  body: parsed(body),
});

/** `name: before -> after`, for each member that would be another. */
export function changesOf(before: unknown, after: unknown): string[] {
  if (!isObject(after)) return [];
  const held = isObject(before) ? before : {};
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(held[name] ?? null) !== JSON.stringify(value))
    .map(([name, value]) =>
      name in held
        ? `${name}: ${terminalJson(held[name] ?? null)} -> ${terminalJson(value)}`
        : `${name}: ${terminalJson(value)}`,
    );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parsed(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
