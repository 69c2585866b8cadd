// The words behind a verb, as options, switches and arguments. Node's own parser splits them; what they mean is decided by the action.

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from '../src/errors.ts';
import { nearest } from '../src/settings/nearest.ts';
import type { Action } from './action.ts';
import { type GlobalFlags, type GlobalOption, globalOptions } from './global-options.ts';
import { kebab, optionKind } from './option-kind.ts';

export type Words = {
  flags: GlobalFlags;
  /** As typed, by the names of the action; repeatable ones are lists. */
  options: Record<string, unknown>;
  args: readonly string[];
};

/** What a word of the command line sets: `--no-input` sets `input` to false. */
type Meaning = {
  member: string;
  isOwn: boolean;
  takesValue: boolean;
  isRepeatable: boolean;
  on: boolean;
  short: string | undefined;
};

/** @throws UsageError for an option that does not exist, with the nearest that does, or that lacks its value; exit 2. */
export function parseWords(argv: readonly string[], path: readonly string[], action: Action): Words {
  const end = argv.indexOf('--');
  const before = end === -1 ? argv : argv.slice(0, end);
  const meanings = meaningsFor(action);
  const { tokens } = parseArgs({
    args: [...withJsonFields(before, path, action)],
    options: configOf(meanings),
    strict: false,
    tokens: true,
  });
  const flags: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  const args: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value);
    if (token.kind !== 'option') continue;
    const meaning = meanings.get(token.name);
    if (meaning === undefined) throw withoutUse(action, token.name) ?? unknownOption(token.rawName, [...meanings.keys()], path);
    const into = meaning.isOwn ? options : flags;
    const value = valueIn(token, meaning, path);
    const held = into[meaning.member];
    into[meaning.member] = meaning.isRepeatable ? [...(Array.isArray(held) ? held : []), value] : value;
  }
  return {
    flags: flags as GlobalFlags,
    options,
    args: [...args.slice(path.length), ...(end === -1 ? [] : argv.slice(end + 1))],
  };
}

function meaningsFor(action: Action): Map<string, Meaning> {
  const meanings = new Map<string, Meaning>();
  for (const { name, short, value } of globalOptions as readonly GlobalOption[]) {
    const on = !name.startsWith('no-');
    const member = (on ? name : name.slice(3)).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    meanings.set(name, { member, isOwn: false, takesValue: value !== undefined, isRepeatable: false, on, short });
  }
  // A verb may give a name a meaning of its own: `aim mcp inspect --timeout` is about the server that is inspected.
  for (const [member, option] of Object.entries(action.options)) {
    const kind = optionKind(option);
    const name = kind === 'off-switch' ? `no-${kebab(member)}` : kebab(member);
    const { short, repeatable: isRepeatable = false } = option;
    meanings.set(name, { member, isOwn: true, takesValue: kind === 'value', isRepeatable, on: kind !== 'off-switch', short });
  }
  return meanings;
}

function configOf(meanings: ReadonlyMap<string, Meaning>): ParseArgsOptionsConfig {
  // The verb's own short letters count before those of every verb.
  const taken = new Map<string, string>();
  for (const [name, { short }] of meanings) if (short !== undefined) taken.set(short, name);
  return Object.fromEntries(
    [...meanings].map(([name, { takesValue, short }]) => [
      name,
      {
        type: takesValue ? 'string' : 'boolean',
        ...(short !== undefined && taken.get(short) === name && { short }),
      },
    ]),
  );
}

type OptionToken = { rawName: string; value?: string | undefined; inlineValue?: boolean | undefined };

function valueIn({ rawName, value, inlineValue }: OptionToken, { takesValue, on }: Meaning, path: readonly string[]): unknown {
  if (takesValue) {
    if (typeof value === 'string') return value;
    throw misuse('option-missing-argument', `Option ${rawName}: argument missing.`, path);
  }
  if (inlineValue) throw misuse('option-takes-nothing', `Option ${rawName} takes no value.`, path);
  return on;
}

function unknownOption(rawName: string, known: readonly string[], path: readonly string[]): UsageError {
  const names = known.map((name) => `--${name}`);
  // What is cut short is meant before what is spelled alike.
  const [begun, ...others] = rawName.length > 3 ? names.filter((name) => name.startsWith(rawName)) : [];
  const meant = begun !== undefined && others.length === 0 ? begun : nearest(rawName, names);
  return misuse('unknown-option', `Unknown option '${rawName}'.${meant === null ? '' : ` Did you mean ${meant}?`}`, path);
}

function withoutUse(action: Action, name: string): UsageError | null {
  const why = 'without' in action ? action.without?.[name] : undefined;
  if (why === undefined) return null;
  return new UsageError('option.without-use', {
    message: `aim ${action.id.replaceAll('.', ' ')} has no --${name}: ${why.because}.`,
    next: why.instead,
    field: name,
  });
}

const misuse = (code: string, message: string, path: readonly string[]): UsageError =>
  new UsageError(`usage.${code}`, { message, next: `See: aim ${path.join(' ')} --help` });

// `--json` is everything; `--json a,b` are fields where the verb takes no further argument, so that `show --json NAME` stays a name.
function withJsonFields(argv: readonly string[], path: readonly string[], action: Action): readonly string[] {
  const at = argv.lastIndexOf('--json');
  if (at === -1) return argv;
  const next = argv[at + 1];
  const isWord = next !== undefined && !next.startsWith('-');
  const positionals = countPositionals(argv, action);
  const most = Object.values(action.args).some(({ variadic }) => variadic)
    ? Number.POSITIVE_INFINITY
    : Object.keys(action.args).length;
  if (isWord && positionals - path.length > most) return withJsonFields(argv.toSpliced(at, 2, `--json=${next}`), path, action);
  return withJsonFields(argv.toSpliced(at, 1, '--json='), path, action);
}

function countPositionals(argv: readonly string[], action: Action): number {
  const takesValue = new Set<string>();
  for (const { name, short, value } of globalOptions as readonly GlobalOption[]) {
    if (value !== undefined && name !== 'json') takesValue.add(`--${name}`).add(`-${short}`);
  }
  for (const [name, option] of Object.entries(action.options)) {
    if (optionKind(option) === 'value') takesValue.add(`--${kebab(name)}`).add(`-${option.short}`);
  }
  let count = 0;
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (!word.startsWith('-') || word === '-') count++;
    else if (takesValue.has(word)) index++;
  }
  return count;
}
