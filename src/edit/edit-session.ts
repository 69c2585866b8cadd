// Editing one thing as a text, from reading it to having it on the server: checked, shown as a difference, and merged where it moved.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AIMError, ExitCode, PolicyError } from '../errors.ts';
import { makeFolder } from '../settings/make-folder.ts';
import { type DifferenceLine, difference } from './difference.ts';
import { changedMembers, type EditDocument, type Held, isSame, type NewDocument } from './document.ts';
import { threeWay } from './three-way.ts';
import { conflictNotes, fromText, isEmptied, problemNotes, toText, withNotes } from './yaml-text.ts';

export type EditPorts = {
  /** Lets a person edit the file; resolves when the editor was left. @throws AIMError where there is none. */
  edit(path: string): Promise<void>;
  /** Shows what would be done. `taken` are members that were changed on the server meanwhile, and are kept. */
  confirm(change: {
    title: string;
    lines: readonly DifferenceLine[];
    taken: readonly string[];
  }): Promise<'apply' | 'again' | 'leave'>;
  /** Where texts are kept: a folder that only this user reads. */
  folder: string;
  signal: AbortSignal;
};

export type Edited =
  | { outcome: 'unchanged' }
  /** `kept` is where the text is, where there was something in it. */
  | { outcome: 'left'; kept: string | null }
  | { outcome: 'applied'; changed: readonly string[]; value: Held };

/** @throws AIMError with the path of the text in its next step where it could not be sent: what was written is never lost. */
export async function editDocument(document: EditDocument, ports: EditPorts): Promise<Edited> {
  const base = await document.read(ports.signal);
  return untilSent(document, base, ports, (mine, file) => sendChange(document, base, mine, ports, file));
}

/** The same for a new thing: a template to fill in. */
export async function createDocument(document: NewDocument, ports: EditPorts): Promise<Edited> {
  return untilSent(document, document.template, ports, async (value, file) => {
    const lines = difference(document.members, {}, value);
    const answer = await ports.confirm({ title: document.title, lines, taken: [] });
    if (answer === 'leave') return file.leave();
    if (answer === 'again') return { again: file.text };
    const created = await file.orKept(() => document.create(value, ports.signal));
    return file.done({ outcome: 'applied', changed: document.members.map(({ name }) => name), value: created });
  });
}

/** Opened again after each mistake, with what is wrong on top of what was written. */
async function untilSent(
  document: Pick<EditDocument, 'title' | 'members' | 'schema'>,
  before: Held,
  ports: EditPorts,
  send: (value: Held, file: TextFile) => Promise<Edited | { again: string }>,
): Promise<Edited> {
  const file = await openFile(document, ports);
  const first = toText(document, before);
  // What is left as it was opened means: leave it. Except where it was opened again with something to be kept as it is.
  for (let text = first, mayStay = false; ; ) {
    const isChanged = await file.edit(text);
    if (!isChanged && !mayStay) return text === first ? file.done({ outcome: 'unchanged' }) : file.leave();
    if (isEmptied(file.text)) return file.done({ outcome: 'left', kept: null });
    const read = fromText(document, file.text, before);
    if ('problems' in read) {
      text = withNotes(file.text, problemNotes(read.problems));
      mayStay = false;
      continue;
    }
    const sent = await send(read.value, file);
    if (!('again' in sent)) return sent;
    text = sent.again;
    mayStay = true;
  }
}

async function sendChange(
  document: EditDocument,
  before: Held,
  mine: Held,
  ports: EditPorts,
  file: TextFile,
): Promise<Edited | { again: string }> {
  const { members } = document;
  const base = file.base ?? before;
  let isGuarded = true;
  let last: Held | null = null;
  for (let attempt = 1; ; attempt++) {
    const now = await file.orKept(() => document.read(ports.signal));
    // Refused as changed, although nothing of what is edited did: then the comparison just made has to do.
    if (last !== null && isSame(last, now)) isGuarded = false;
    last = now;
    const { value, conflicts, taken } = threeWay(members, base, mine, now);
    if (conflicts.length > 0) {
      file.base = now;
      return { again: withNotes(toText(document, value), conflictNotes(conflicts)) };
    }
    const changed = changedMembers(members, now, value);
    if (changed.length === 0) return file.done({ outcome: 'unchanged' });
    const answer = await ports.confirm({ title: document.title, lines: difference(members, now, value), taken });
    if (answer === 'leave') return file.leave();
    if (answer === 'again') {
      file.base = now;
      return { again: toText(document, value) };
    }
    try {
      await document.write({ before: now, after: value, guarded: isGuarded }, ports.signal);
      return file.done({ outcome: 'applied', changed, value });
    } catch (error) {
      if (!isMoved(error) || attempt === ATTEMPTS) throw file.kept(error);
    }
  }
}

const ATTEMPTS = 5; // somebody who writes faster than a person can confirm is a program

const isMoved = (error: unknown): boolean => error instanceof AIMError && error.exitCode === ExitCode.Conflict;

type TextFile = {
  /** What was written last, without our notes. */
  readonly text: string;
  /** What the server held when this text was begun, where that is later than the first time. */
  base: Held | null;
  /** Whether the text was changed. */
  edit(text: string): Promise<boolean>;
  done(result: Edited): Promise<Edited>;
  leave(): Edited;
  kept(error: unknown): unknown;
  orKept<Result>(work: () => Promise<Result>): Promise<Result>;
};

async function openFile({ title }: Pick<EditDocument, 'title'>, { folder, edit }: EditPorts): Promise<TextFile> {
  await makeFolder(folder);
  const name = title.replace(/[^\w.-]+/g, '-').slice(0, 60);
  const path = join(folder, `${name}-${process.pid}-${(count++).toString(36)}.yaml`);
  const file: TextFile = {
    text: '',
    base: null,
    async edit(before) {
      await writeFile(path, before, { mode: 0o600 });
      await edit(path).catch((error: unknown) => {
        throw file.text === '' ? error : file.kept(error);
      });
      const after = await readFile(path, 'utf8');
      Object.assign(file, { text: withNotes(after, []) });
      return after !== before;
    },
    async done(result) {
      await rm(path, { force: true });
      return result;
    },
    leave: () => ({ outcome: 'left', kept: path }),
    kept(error) {
      if (!(error instanceof AIMError)) return error;
      const next = `${error.next === undefined ? '' : `${error.next} `}Your text is kept in ${path}`;
      return new PolicyError(error.code, { message: error.message, next, exitCode: error.exitCode, cause: error });
    },
    orKept: (work) =>
      work().catch((error: unknown) => {
        throw file.kept(error);
      }),
  };
  return file;
}

let count = 0;
