// What has to be asked before an action can run: arguments that nothing fills, options that must be given, and whether it is meant.

import type { Action, Subject } from '../../commands/action.ts';
import { optionWords } from '../../commands/option-kind.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Field } from '../widgets/form.tsx';
import { own, words } from '../words.ts';

export type Plan = {
  /** By name, as text; an argument that is not here is asked for or left out. */
  args: Record<string, string>;
  fields: readonly Field[];
  /** What it is about, by name: what is selected only where that is what it will be done to. */
  label: string;
  /** `yes` asks a yes; `name` wants this typed; null just runs. */
  confirm: { kind: 'yes' } | { kind: 'name'; name: string } | null;
};

export type Given = Partial<Record<Subject, { value: string; label: string }>>;

/** `typed` are words that came with the palette entry, in order. */
export function planOf(
  action: Action,
  given: Given,
  typed: readonly string[] = [],
  typedOptions: Readonly<Record<string, unknown>> = {},
): Plan {
  const args: Record<string, string> = {};
  const fields: Field[] = [];
  const rest = [...typed];
  for (const [name, argument] of Object.entries(action.args)) {
    const selected = argument.subject && given[argument.subject]?.value;
    const word = argument.variadic ? rest.splice(0).join(' ') : rest.shift();
    if (word) args[name] = word;
    else if (selected) args[name] = selected;
    else if (!argument.optional) fields.push({ name, label: own(name), help: hint(argument.summary), required: true });
  }
  for (const [name, option] of Object.entries(action.options)) {
    if (name in typedOptions) continue;
    const isNeeded = !option.schema.safeParse(undefined).success;
    // A reason is worth a line wherever it can be given: the audit log keeps it.
    if (!isNeeded && name !== 'reason') continue;
    const choices = optionWords(option) ?? undefined;
    const check = (text: string) => (text === '' && !isNeeded ? null : problemWith(option.schema, text));
    fields.push({
      name,
      label: own(name),
      help: hint(option.summary),
      required: isNeeded,
      choices,
      initial: choices?.[0],
      check,
    });
  }
  const label = labelOf(args, given);
  if (action.risk === 'named') {
    const check = (text: string) => (text === label ? null : 'is not the name');
    fields.push({ name: CONFIRM, label: ours('Name'), help: words`Type ${visible(label)} to confirm`, required: true, check });
    return { args, fields, label, confirm: { kind: 'name', name: label } };
  }
  return { args, fields, label, confirm: action.risk === 'dangerous' ? { kind: 'yes' } : null };
}

function labelOf(args: Readonly<Record<string, string>>, given: Given): string {
  const [first] = Object.values(args);
  const selected = Object.values(given).find(({ value }) => value === first);
  return selected?.label ?? first ?? '';
}

/** The field that is no option: what was typed to show that it is meant. */
export const CONFIRM = 'confirm the name';

/** Without what only the command line can do. */
const hint = (summary: string) => visible(summary.replace(/;\s*- reads.*$/, ''));

function problemWith(schema: Action['options'][string]['schema'], text: string): string | null {
  const { success, error } = schema.safeParse(text);
  return success ? null : (error.issues[0]?.message ?? 'is not valid');
}
