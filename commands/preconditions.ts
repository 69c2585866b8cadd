// `--if-match` and `--idempotency-key` for every verb that writes: only if it is still what was seen, and only once.

import { createHash } from 'node:crypto';
import { ExitCode, PolicyError, UsageError } from '../src/errors.ts';
import type { Attempt, Transport } from '../src/http/transport.ts';
import { revisionOf } from '../src/wire/revision.ts';
import type { Action } from './action.ts';
import { shellWord } from './confirm.ts';
import type { GlobalFlags } from './global-options.ts';

type Conditions = Pick<GlobalFlags, 'ifMatch' | 'idempotencyKey'>;

/** @throws UsageError for a verb that has no use for them. */
export function checkConditions(action: Action, { ifMatch, idempotencyKey }: Conditions, changes: boolean): void {
  const given = ifMatch !== undefined ? '--if-match' : idempotencyKey !== undefined ? '--idempotency-key' : null;
  if (given === null) return;
  const verb = action.id.replaceAll('.', ' ');
  if (!changes || action.needs === 'none') {
    throw new UsageError('option.without-use', {
      message: `aim ${verb} changes nothing on a server, so it has no use for ${given}.`,
      next: `See: aim ${verb} --help`,
      field: given.slice(2),
    });
  }
  if (idempotencyKey !== undefined && (idempotencyKey.length < 8 || idempotencyKey.length > 200)) {
    throw new UsageError('option.invalid', {
      message: 'The option --idempotency-key takes 8 to 200 characters.',
      next: 'Make one: uuidgen',
      field: 'idempotency-key',
    });
  }
}

/** Sends both with each call that changes something. A verb of several calls gives each its own key, the same at each run. */
export function conditional(
  inner: Transport,
  { ifMatch, idempotencyKey }: Conditions,
  /** What the verb is about, as it was found; known by the time of the first change. */
  subject: () => unknown,
): Transport {
  let calls = 0;
  const send = (attempt: Attempt) => {
    if (attempt.method === 'GET' || attempt.method === 'HEAD') return inner.send(attempt);
    const headers = { ...attempt.headers };
    if (ifMatch !== undefined) headers['if-match'] = JSON.stringify(revisionFor(subject(), ifMatch));
    if (idempotencyKey !== undefined) headers['idempotency-key'] = keyOf(idempotencyKey, attempt, calls++);
    return inner.send({ ...attempt, headers });
  };
  return { ...inner, send };
}

// Between our look and the change somebody else may change it: of agents the server compares what it then holds with what we saw.
const revisionFor = (subject: unknown, given: string): string =>
  typeof subject === 'object' && subject !== null && 'agentType' in subject && 'talksTo' in subject
    ? revisionOf('agent', subject as Readonly<Record<string, unknown>>)
    : given;

// A call that is tried again has the same body, and so the same key.
const keyOf = (key: string, { method, url, body }: Attempt, calls: number): string =>
  calls === 0 ? key : createHash('sha256').update(`${key}\n${method} ${url.pathname}\n${body}`).digest('hex').slice(0, 40);

/**
 * Compares with what the argument just found.
 * @throws PolicyError, exit 7, where it is another version; UsageError where the verb looks at nothing that has one.
 */
export function checkVersion(action: Action, args: Record<string, unknown>, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  const verb = action.id.replaceAll('.', ' ');
  const [subject] = Object.values(args);
  const versions = versionsOf(subject);
  if (versions.length === 0) {
    throw new UsageError('option.without-use', {
      message: `aim ${verb} looks at nothing that has a version, so --if-match has nothing to compare. Nothing was done.`,
      next: `See: aim ${verb} --help`,
      field: 'if-match',
    });
  }
  if (versions.includes(ifMatch)) return;
  const name = (subject as { name?: unknown }).name;
  throw new PolicyError('precondition.changed', {
    message: `It is not what --if-match names any more: its version is ${versions[0]}. Nothing was done.`,
    next: `Look again: aim ${action.id.split('.')[0]} show ${shellWord(String(name ?? ''))} --json`,
    exitCode: ExitCode.Conflict,
    current: { version: versions[0] },
  });
}

/** The moment of the last change, or a number that counts changes: what a list shows, so that a script has it. */
function versionsOf(subject: unknown): string[] {
  if (typeof subject !== 'object' || subject === null) return [];
  const { updatedAt, version } = subject as { updatedAt?: unknown; version?: unknown };
  return [updatedAt, typeof version === 'number' ? version : null]
    .filter((one) => one !== null && one !== undefined)
    .map(String);
}
