// What can be edited as a text or in a form: its members with what each may be, how it is read, and how a change of it is sent.

import type { z } from 'zod';
import type { Api } from '../http/api.ts';

/** A plain value; nothing in it is shown to anybody without `visible()`. */
export type Held = Readonly<Record<string, unknown>>;

export type Member = {
  name: string;
  label: string;
  /** One line: what it is, in the comment of the text and below the field of the form. */
  hint: string;
  kind: 'text' | 'word' | 'words' | 'number' | 'yes-no' | 'object';
  /** All that a `word` may be. */
  words?: readonly string[];
  required?: boolean;
};

export type EditDocument = {
  kind: 'agent' | 'policy' | 'tag' | 'approval-rules' | 'capability';
  /** What it is called in sentences: `agent billing-bot`. */
  title: string;
  members: readonly Member[];
  schema: z.ZodType<Held>;
  /** As it is on the server now, with every member. @throws AIMError */
  read(signal: AbortSignal): Promise<Held>;
  /**
   * Sends what differs. `before` is what the server was last seen to hold.
   * @throws PolicyError Conflict where the server holds something else by now; PartlyDone where some of several steps were taken.
   */
  write(change: { before: Held; after: Held; guarded: boolean }, signal: AbortSignal): Promise<void>;
};

/** A new thing: the same members, and nothing to compare with. */
export type NewDocument = Pick<EditDocument, 'kind' | 'title' | 'members' | 'schema'> & {
  template: Held;
  create(value: Held, signal: AbortSignal): Promise<Held>;
};

export type EditApi = Pick<Api, 'agents' | 'raw' | 'server'>;

/** The names of the members that differ. */
export function changedMembers(members: readonly Pick<Member, 'name'>[], before: Held, after: Held): string[] {
  return members.map(({ name }) => name).filter((name) => !isSame(before[name], after[name]));
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'object') return value;
  if (Object.keys(value).length === 0) return null;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
