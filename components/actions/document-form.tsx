// A form of what can be edited: each member is checked while it is typed, by the schema that also checks the text.

import { useState } from 'react';
import type { z } from 'zod';
import type { EditDocument, Held, Member, NewDocument } from '../../src/edit/document.ts';
import type { Merged } from '../../src/edit/three-way.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type Field, Form } from '../widgets/form.tsx';
import { own, words } from '../words.ts';

/** `now` is on the server; `value` is both changes put together, with one's own where they do not fit. */
export type Moved = Merged & { now: Held };

export type DocumentFormProps = {
  document: EditDocument | NewDocument;
  before: Held;
  width: number;
  height: number;
  /** Answers what moved meanwhile, where something did: then nothing was sent. */
  onSubmit(after: Held, before: Held): Promise<Moved | null>;
  onCancel(): void;
};

export function DocumentForm({ document, before: first, width, height, onSubmit, onCancel }: DocumentFormProps) {
  const [{ round, moved }, setMoved] = useState<{ round: number; moved: Moved | null }>({ round: 0, moved: null });
  const before = moved?.now ?? first;
  const { members, schema, kind, title } = document;
  const isNew = !('read' in document);
  const heldBy = (texts: Readonly<Record<string, string>>): Held =>
    Object.fromEntries(members.map((member) => [member.name, parse(member, texts[member.name] ?? '')]));
  const fields = members.map((member): Field => {
    const initial = textOf(member, before[member.name]);
    return {
      name: member.name,
      label: own(member.label),
      help: own(member.kind === 'words' ? `${member.hint}; divided by commas` : member.hint),
      initial,
      begins: moved ? textOf(member, moved.value[member.name]) : undefined,
      theirs: moved?.conflicts.some(({ member: name }) => name === member.name) ? initial : undefined,
      required: member.required,
      ...(member.kind === 'word' ? { choices: member.words } : {}),
      ...(member.kind === 'yes-no' ? { choices: ['true', 'false'] } : {}),
      check: (text) => (text === initial ? null : problemOf(member, text)),
    };
  });

  function problemOf(member: Member, text: string): string | null {
    const value = parse(member, text);
    if (value === NOT_JSON) return 'is not JSON';
    const { success, error } = schema.safeParse({ ...before, [member.name]: value });
    if (success) return null;
    const issue = error.issues.find(({ path }) => path[0] === member.name);
    return issue === undefined ? null : wordsFor(issue);
  }
  const submit = async (texts: Record<string, string>) => {
    const answer = await onSubmit(heldBy(texts), before);
    if (answer !== null) setMoved({ round: round + 1, moved: answer });
  };
  const heading: Printable = isNew
    ? visible(title.charAt(0).toUpperCase() + title.slice(1))
    : words`Edit ${visible(title, { max: 80 })}`;
  return (
    <Form
      key={round}
      name={`edit-${kind}`}
      title={heading}
      fields={fields}
      notice={moved ? noticeOf(moved) : undefined}
      verb={isNew ? ours('make') : ours('save')}
      width={width}
      height={height}
      onSubmit={submit}
      onCancel={onCancel}
    />
  );
}

function noticeOf({ taken }: Moved): Printable {
  const kept = taken.length === 0 ? ours('') : words` Kept of theirs: ${visible(taken.join(', '), { max: 60 })}.`;
  return words`Nothing was sent: somebody changed the same. ^S sends what stands here.${kept}`;
}

/** The schema's own words, but for a length: that is what people meet, and `<=200` is no sentence. */
function wordsFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big' && issue.origin === 'string') return `is longer than ${issue.maximum} characters`;
  return issue.message;
}

const NOT_JSON = Symbol('not JSON');

function textOf({ kind }: Member, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (kind === 'words') return (value as readonly string[]).join(', ');
  return kind === 'object' ? (Object.keys(value).length === 0 ? '' : JSON.stringify(value)) : String(value);
}

function parse({ kind }: Member, text: string): unknown {
  if (kind === 'words') return text.split(',').map((word) => word.trim()).filter(Boolean); // biome-ignore format: one line
  if (kind === 'yes-no') return text === 'true';
  if (kind === 'number') return text.trim() === '' ? null : Number(text);
  if (kind !== 'object') return text;
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}
