// A verification on the stream, seen at a glance: what is counted and looked up by, read from its text; the rest when somebody looks.

import {
  type Outcome,
  outcomeOf,
  type StreamChange,
  streamEnvelope,
  type VerificationEvent,
  verificationEvent,
} from './event.ts';
import { plainVerification } from './plain-event.ts';
import type { AgentId, Timestamp, VerificationId } from './scalars.ts';

/**
 * Of fifty thousand events a second nobody looks at more than a screenful, and taking one apart costs more than everything else that is
 * done with it. A class, because one is made for each event and kept for long: what can be read from the text is on the prototype, and
 * the ids are places in it, as each piece that is kept is one more object for the collector to carry. It is a row of a log as it stands.
 */
export class GlancedVerification {
  readonly position: string;
  readonly at: Timestamp;
  readonly change: StreamChange;
  readonly outcome: Outcome;
  readonly #text: string;
  readonly #idEnd: number;
  readonly #agentAt: number;
  readonly #agentEnd: number;
  #subject: VerificationEvent | undefined;

  constructor(position: string, text: string, glance: Glance) {
    this.position = position;
    this.at = glance.at as Timestamp;
    this.change = glance.change;
    this.outcome = glance.outcome;
    this.#text = text;
    this.#idEnd = glance.idEnd;
    this.#agentAt = glance.agentAt;
    this.#agentEnd = glance.agentEnd;
  }

  get type(): 'verification' {
    return 'verification';
  }

  get kind(): 'event' {
    return 'event';
  }

  get id(): VerificationId {
    return this.#text.slice(idAfter(this.change), this.#idEnd) as VerificationId;
  }

  get key(): string {
    return this.id;
  }

  get agentId(): AgentId | null {
    return this.#agentEnd === 0 ? null : (this.#text.slice(this.#agentAt, this.#agentEnd) as AgentId);
  }

  /** What it is read from: whatever it says is in here, though perhaps with escapes. */
  get text(): string {
    return this.#text;
  }

  get subject(): VerificationEvent {
    this.#subject ??= decoded(this.#text) ?? unreadable(this);
    return this.#subject;
  }

  get event(): VerificationEvent {
    return this.subject;
  }
}

/** Places in the text, where it is not said otherwise; no agent is `agentEnd` 0. */
export type Glance = {
  at: string;
  change: StreamChange;
  outcome: Outcome;
  idEnd: number;
  agentAt: number;
  agentEnd: number;
};

/** Undefined for what is not in the one form that our own server writes: that is taken apart at once, as everything else is. */
export function glanceAt(text: string, before?: Pick<Glance, 'at'> | null): Glance | undefined {
  if (!text.startsWith('{"at":"') || !text.startsWith('","change":"', AT_END) || !text.endsWith('}}')) return undefined;
  const change = wordAt(text, CHANGE, changes);
  if (change === undefined) return undefined;
  const idAt = idAfter(change);
  if (!text.startsWith(',"subject":{"id":"', idAt - ID)) return undefined;
  const idEnd = text.indexOf('"', idAt);
  if (!isPlainId(text, idAt, idEnd)) return undefined;
  const found = membersFrom(text, idEnd + 1);
  if (found === undefined) return undefined;
  const at = before && text.startsWith(before.at, AT) ? before.at : text.slice(AT, AT_END);
  return { at, change, outcome: outcomeOf(found), idEnd, agentAt: found.agentAt, agentEnd: found.agentEnd };
}

/** Where the id begins, behind a change of this length. */
const idAfter = (change: StreamChange): number => CHANGE + change.length + 1 + ID;

type Members = { agentAt: number; agentEnd: number; status: VerificationEvent['status']; result: VerificationEvent['result'] };

/** Member by member, until the three are found: what is inside of another object is never taken for one of them. */
function membersFrom(text: string, from: number): Members | undefined {
  let agentAt = -1;
  let agentEnd = 0;
  let status: Members['status'] | undefined;
  let result: Members['result'] | undefined;
  for (let at = from; text.charCodeAt(at) === COMMA; ) {
    const keyEnd = text.indexOf('"', at + 2);
    const valueAt = keyEnd + 2;
    const isText = text.charCodeAt(valueAt) === QUOTE;
    const valueEnd = text.indexOf(isText ? '"' : ',', valueAt + 1);
    if (keyEnd === -1 || valueEnd === -1 || isInside(text.charCodeAt(valueAt))) return undefined;
    if (isText && text.charCodeAt(valueEnd - 1) === BACKSLASH) return undefined;
    const length = keyEnd - at - 2;
    if (length === 7 && text.startsWith('agentId', at + 2)) {
      agentAt = valueAt + 1;
      agentEnd = isText ? valueEnd : 0;
    } else if (length === 8 && text.startsWith('agent_id', at + 2)) return undefined;
    else if (length === 6 && text.startsWith('status', at + 2)) status = wordAt(text, valueAt + 1, statuses);
    else if (length === 6 && text.startsWith('result', at + 2)) {
      const word = isText ? wordAt(text, valueAt + 1, results) : null;
      if (word === undefined) return undefined;
      result = word;
    }
    if (agentAt !== -1 && status !== undefined && result !== undefined) {
      return agentEnd === 0 || isPlainId(text, agentAt, agentEnd) ? { agentAt, agentEnd, status, result } : undefined;
    }
    at = isText ? valueEnd + 1 : valueEnd;
  }
  return undefined;
}

function isPlainId(text: string, from: number, to: number): boolean {
  if (to <= from || to - from > LONGEST) return false;
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === BACKSLASH) return false;
  return true;
}

const AT = '{"at":"'.length;
const AT_END = AT + '2026-11-23T03:00:00.000Z'.length;
const CHANGE = AT_END + '","change":"'.length;
const ID = ',"subject":{"id":"'.length;
const LONGEST = 200;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** An object or a list begins. */
const isInside = (unit: number): boolean => unit === 0x7b || unit === 0x5b;

const changes = ['created', 'updated', 'decided', 'expired'] as const;
const statuses = ['success', 'failed', 'pending', 'timeout'] as const;
const results = ['verified', 'denied', 'expired'] as const;

/** The word that begins here and ends with a quote: one of a closed list, and no piece of the text. */
function wordAt<Word extends string>(text: string, at: number, words: readonly Word[]): Word | undefined {
  for (const word of words) if (text.startsWith(word, at) && text.charCodeAt(at + word.length) === QUOTE) return word;
  return undefined;
}

function decoded(text: string): VerificationEvent | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  return (
    plainVerification(content)?.subject ?? verificationEvent.safeParse(streamEnvelope.safeParse(content).data?.subject).data
  );
}

/** Its beginning was as it should be and the rest is not: what is known is shown, and that this is not all. */
function unreadable({ id, agentId, at }: GlancedVerification): VerificationEvent {
  return verificationEvent.parse({ id, agentId, status: 'unknown', startedAt: at, errorReason: 'The event cannot be read.' });
}

/** What is kept of one for long must not keep the text of a whole read alive, as a slice of it would. */
export const ownText = <Text extends string>(slice: Text): Text => Buffer.from(slice).toString() as Text;
