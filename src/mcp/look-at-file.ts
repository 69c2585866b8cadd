// What one configuration file says to the clients that read it; remembered until the file changes, for those who look again and again.

import { type Stats, statSync } from 'node:fs';
import type { Timestamp } from '../wire/scalars.ts';
import { type Entry, type EntryProblem, entriesIn } from './entries.ts';
import { parseConfig } from './parse.ts';
import type { Candidate } from './places.ts';
import { type Policy, policiesIn } from './policies.ts';
import { problemOf, readConfigFile } from './read-file.ts';

/** What a client finds in it. Shared between looks: nobody may change it. */
export type Read = { entries: readonly Entry[]; problems: readonly EntryProblem[]; policies: readonly Policy[] };

export type Looked =
  | { kind: 'missing' }
  | { kind: 'problem'; message: string }
  | {
      kind: 'read';
      mode: number;
      modifiedAt: Timestamp;
      /** The same for two names of one file. */
      identity: string;
      problem: { line: number | null; column: number | null; message: string } | null;
      /** In the order of the readers. */
      reads: readonly Read[];
    };

/** At once where nothing has to be read; most places are empty, and most files as they were. */
export function lookAtFile(path: string, readers: readonly Candidate[]): Looked | Promise<Looked> {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return problemOf(error);
  }
  if (found === undefined) return { kind: 'missing' };
  const stamp = `${found.dev}:${found.ino}:${found.size}:${found.mtimeMs}:${found.ctimeMs}`;
  const known = remembered.get(path);
  if (known !== undefined && known.stamp === stamp && isSame(known.readers, readers)) return known.looked;
  return readAnew(path, readers, stamp, Math.max(found.mtimeMs, found.ctimeMs));
}

async function readAnew(path: string, readers: readonly Candidate[], stamp: string, changedAt: number): Promise<Looked> {
  const file = await readConfigFile(path);
  if (file.kind !== 'text') return file;
  const { value, problem } = await parseConfig(path, file.text);
  const reads = readers.map((candidate) => ({
    ...entriesIn(value, candidate.client, candidate.place),
    policies: policiesIn(value, candidate),
  }));
  const { mode, identity } = file;
  const modifiedAt = file.modifiedAt.toISOString() as Timestamp;
  const looked: Looked = { kind: 'read', mode, modifiedAt, identity, problem, reads };
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  // One that was written in this very moment may be written again without another stamp.
  if (Date.now() - changedAt > SETTLED) remembered.set(path, { stamp, readers, looked });
  else remembered.delete(path);
  return looked;
}

const remembered = new Map<string, { stamp: string; readers: readonly Candidate[]; looked: Looked }>();
const MOST_REMEMBERED = 2_000;
const SETTLED = 50;

const isSame = (left: readonly Candidate[], right: readonly Candidate[]): boolean =>
  left.length === right.length &&
  left.every((one, index) => {
    const other = right[index];
    return (
      one.client === other?.client &&
      one.place === other.place &&
      one.project === other.project &&
      one.home.path === other.home.path
    );
  });
