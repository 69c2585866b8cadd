// A thing as a text that a person edits: YAML, with what each member may be as a comment, and what was wrong with the last try.

import { LineCounter, parseDocument, Scalar, stringify } from 'yaml';
import { type EditDocument, type Held, isSame, type Member } from './document.ts';
import type { Conflict } from './three-way.ts';

export type Problem = { line: number | null; text: string };
type Shape = Pick<EditDocument, 'title' | 'members' | 'schema'>;

export function toText({ title, members }: Shape, value: Held, notes: readonly string[] = []): string {
  const head = [
    ...notes.map((note) => comment(NOTE, note)),
    ...(notes.length > 0 ? [''] : []),
    comment('# ', title),
    '# Save and leave the editor to go on; leave it without a change, or with an empty file, to leave everything as it is.',
    '',
  ];
  return `${[...head, ...members.flatMap((member) => memberText(member, value[member.name]))].join('\n')}\n`;
}

/** Marks the lines that were put in because something was wrong: they are taken out again by themselves. */
const NOTE = '#! ';

/** Lines are counted in the file as it is opened again: with these notes, and an empty line, on top. */
export function problemNotes(problems: readonly Problem[]): string[] {
  const above = problems.length + 1;
  return problems.map(({ line, text }) => (line === null ? text : `Line ${line + above}: ${text}`));
}

export function conflictNotes(conflicts: readonly Conflict[]): string[] {
  return [
    'Somebody changed the same on the server meanwhile. Below is what you wrote; keep it, or write what is to hold.',
    ...conflicts.map(({ member, theirs }) => `${member} is on the server now: ${JSON.stringify(theirs ?? null)}`),
  ];
}

/** What was typed, below the notes on it: nothing of it is lost by a mistake in it. */
export function withNotes(text: string, notes: readonly string[]): string {
  const lines = text.split('\n').filter((line) => !line.startsWith(NOTE.trim()));
  while (lines[0]?.trim() === '') lines.shift();
  return notes.length === 0 ? lines.join('\n') : [...notes.map((note) => comment(NOTE, note)), '', ...lines].join('\n');
}

/** Whether there is nothing but comments: a person who wants out empties the file. */
export const isEmptied = (text: string): boolean => text.split('\n').every((line) => /^\s*(#.*)?$/.test(line));

/** For a text without notes: lines are counted from its first. */
export function fromText(
  { members, schema }: Shape,
  text: string,
  /** What was there before: what is as it was is not this person's mistake. */
  before: Held = {},
): { value: Held } | { problems: Problem[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (parsed.errors.length > 0) {
    return {
      problems: parsed.errors.map(({ message, linePos }) => ({
        line: linePos?.[0].line ?? null,
        text: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'is not YAML',
      })),
    };
  }
  const value: unknown = parsed.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { problems: [{ line: null, text: 'The text has to be members with values, as "description: …"' }] };
  }
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    const node = parsed.getIn(path as unknown[], true) ?? parsed.get(path[0], true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    return range?.[0] === undefined ? null : lines.linePos(range[0]).line;
  };
  const unknown = Object.keys(value).filter((name) => !members.some((member) => member.name === name));
  if (unknown.length > 0) {
    const known = members.map(({ name }) => name).join(', ');
    return { problems: unknown.map((name) => ({ line: lineOf([name]), text: `${name} is no member; there are ${known}` })) };
  }
  const checked = schema.safeParse(value);
  if (checked.success) return { value: { ...value, ...checked.data } };
  const isAsBefore = ([name]: readonly PropertyKey[]) =>
    Object.hasOwn(before, String(name)) && isSame(before[String(name)], (value as Held)[String(name)]);
  const issues = checked.error.issues.filter(({ path }) => !isAsBefore(path));
  if (issues.length === 0) return { value: value as Held };
  return {
    problems: issues.map(({ path, message }) => ({
      line: lineOf(path),
      text: `${path.join('.') || 'It'}: ${message}`,
    })),
  };
}

function memberText({ name, hint, kind, words }: Member, value: unknown): string[] {
  const choice = kind === 'word' && words ? ` One of: ${words.join(', ')}.` : kind === 'yes-no' ? ' true or false.' : '';
  const held = value === undefined || value === null ? emptyOf(kind) : value;
  const text = stringify({ [name]: quoted(held) }, { lineWidth: 0 }).trimEnd();
  return [...wrapped(`${hint}.${choice}`).map((line) => comment('# ', line)), safe(text), ''];
}

const emptyOf = (kind: Member['kind']): unknown =>
  kind === 'words' ? [] : kind === 'object' ? {} : kind === 'yes-no' ? false : kind === 'number' ? null : '';

/** Texts with characters that an editor or terminal might act on stand in double quotes, where they can be escaped. */
function quoted(value: unknown): unknown {
  if (typeof value === 'string' && HIDDEN.test(value)) {
    const scalar = new Scalar(value);
    scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  }
  if (Array.isArray(value)) return value.map(quoted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, quoted(member)]));
}

const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;
const ALL_HIDDEN = new RegExp(HIDDEN.source, 'gu');
const safe = (text: string): string =>
  text.replace(ALL_HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** On one line, whatever is in it. */
const comment = (sign: string, text: string): string =>
  `${sign}${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu, '?')}`;

function wrapped(text: string, width = 100): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
