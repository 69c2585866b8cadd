// Editing without an editor: the members that a YAML or JSON text has are changed, checked and merged as after an editor.

import { z } from 'zod';
import type { EditDocument, Held, NewDocument } from '../../src/edit/document.ts';
import { UsageError } from '../../src/errors.ts';
import type { ActionContext, Option } from '../action.ts';
import { editInTerminal } from './edit-in-terminal.ts';

/** `--from`, of what the summary says. */
export const fromOption = (what: string) =>
  ({
    summary: `${what}; - reads standard input, @FILE a file. Without it an editor opens`,
    value: 'TEXT',
    schema: z.string().optional(),
    readable: true,
  }) as const satisfies Option;

/** @returns what is sent. @throws UsageError that names the member and line; PolicyError Conflict where it moved meanwhile. */
export async function editFrom(
  { signal, io }: Pick<ActionContext, 'signal' | 'io'>,
  document: EditDocument,
  text: string,
): Promise<Held> {
  const [{ fromText }, { changedMembers }] = await Promise.all([
    import('../../src/edit/yaml-text.ts'),
    import('../../src/edit/document.ts'),
  ]);
  const before = await document.read(signal);
  const { members, schema } = document;
  const whole = merged(before, text, await import('./yaml.ts'));
  const read = fromText({ title: '', members, schema }, whole, before);
  if ('problems' in read) throw invalid(read.problems[0]?.text ?? 'It is not valid');
  if (changedMembers(members, before, read.value).length === 0) io.note('Nothing was changed.');
  else await document.write({ before, after: read.value, guarded: true }, signal);
  return read.value;
}

/** A new thing, from the text that was given or from an editor. Without members where nothing was sent. */
export async function createGiven(
  context: Pick<ActionContext, 'settings' | 'io' | 'signal'>,
  document: NewDocument,
  text: string | undefined,
): Promise<Held> {
  if (text !== undefined) return createFrom(context, document, text);
  const edited = await editInTerminal(context, document);
  return edited.outcome === 'applied' ? edited.value : {};
}

async function createFrom({ signal }: Pick<ActionContext, 'signal'>, document: NewDocument, text: string): Promise<Held> {
  const { fromText } = await import('../../src/edit/yaml-text.ts');
  const read = fromText(document, merged(document.template, text, await import('./yaml.ts')));
  if ('problems' in read) throw invalid(read.problems[0]?.text ?? 'It is not valid');
  return document.create(read.value, signal);
}

function merged(
  before: Held,
  text: string,
  { parse, stringify }: Pick<typeof import('./yaml.ts'), 'parse' | 'stringify'>,
): string {
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    throw invalid((error as Error).message.split('\n')[0] ?? 'It is not YAML');
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid('It has to be members with values');
  return stringify({ ...before, ...given });
}

const invalid = (message: string) =>
  new UsageError('edit.invalid', {
    message: `--from is not valid: ${message}.`,
    next: 'Read it from a file: --from @FILE',
    field: 'from',
  });
