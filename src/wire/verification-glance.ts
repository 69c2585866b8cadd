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
 * done with it. A class, because one is made for each event: the subject is on the prototype, and decoded once.
 */
export class GlancedVerification {
  readonly type = 'verification';
  readonly position: string;
  readonly at: Timestamp;
  readonly change: StreamChange;
  readonly id: VerificationId;
  readonly agentId: AgentId | null;
  readonly outcome: Outcome;
  readonly #text: string;
  #subject: VerificationEvent | undefined;

  constructor(position: string, text: string, glance: Glance) {
    this.position = position;
    this.at = glance.at as Timestamp;
    this.change = glance.change;
    this.id = glance.id as VerificationId;
    this.agentId = glance.agentId as AgentId | null;
    this.outcome = glance.outcome;
    this.#text = text;
  }

  get subject(): VerificationEvent {
    this.#subject ??= decoded(this.#text) ?? unreadable(this);
    return this.#subject;
  }
}

export type Glance = { at: string; change: StreamChange; id: string; agentId: string | null; outcome: Outcome };

/** Undefined for what is not in the one form that our own server writes: that is taken apart at once, as everything else is. */
export function glanceAt(text: string, before?: Pick<Glance, 'at'> | null): Glance | undefined {
  if (!text.startsWith('{"at":"') || !text.startsWith('","change":"', AT_END) || !text.endsWith('}}')) return undefined;
  const change = wordAt(text, CHANGE, changes);
  if (change === undefined) return undefined;
  const subjectAt = CHANGE + change.length + 1;
  if (!text.startsWith(',"subject":{"id":"', subjectAt)) return undefined;
  const idAt = subjectAt + ID;
  const idEnd = text.indexOf('"', idAt);
  if (idEnd === idAt || idEnd - idAt > LONGEST) return undefined;
  const id = text.slice(idAt, idEnd);
  if (id.includes('\\')) return undefined;
  const found = membersFrom(text, idEnd + 1);
  if (found === undefined) return undefined;
  const at = before && text.startsWith(before.at, AT) ? before.at : text.slice(AT, AT_END);
  return { at, change, id, agentId: found.agentId, outcome: outcomeOf(found) };
}

type Members = { agentId: string | null; status: VerificationEvent['status']; result: VerificationEvent['result'] };

/** Member by member, until the three are found: what is inside of another object is never taken for one of them. */
function membersFrom(text: string, from: number): Members | undefined {
  let agentId: string | null | undefined;
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
    if (length === 7 && text.startsWith('agentId', at + 2)) agentId = isText ? text.slice(valueAt + 1, valueEnd) : null;
    else if (length === 8 && text.startsWith('agent_id', at + 2)) return undefined;
    else if (length === 6 && text.startsWith('status', at + 2)) status = wordAt(text, valueAt + 1, statuses);
    else if (length === 6 && text.startsWith('result', at + 2)) {
      const word = isText ? wordAt(text, valueAt + 1, results) : null;
      if (word === undefined) return undefined;
      result = word;
    }
    if (agentId !== undefined && status !== undefined && result !== undefined) {
      return agentId === null || isPlainId(agentId) ? { agentId, status, result } : undefined;
    }
    at = isText ? valueEnd + 1 : valueEnd;
  }
  return undefined;
}

const isPlainId = (id: string): boolean => id !== '' && id.length <= LONGEST && !id.includes('\\');

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
  return words.find((word) => text.startsWith(word, at) && text.charCodeAt(at + word.length) === QUOTE);
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
