// The words behind a verb, as options, switches and arguments. Commander reads them; what they mean is decided by the action.

import { Command, CommanderError, Option as CommanderOption } from 'commander';
import { UsageError } from '../src/errors.ts';
import type { Action } from './action.ts';
import { type GlobalFlags, type GlobalOption, globalOptions } from './global-options.ts';
import { kebab, optionKind } from './option-kind.ts';

export type Words = {
  flags: GlobalFlags;
  /** As typed, by the names of the action; repeatable ones are lists. */
  options: Record<string, unknown>;
  args: readonly string[];
};

/** @throws UsageError with commander's suggestion for an option that does not exist, exit 2. */
export function parseWords(argv: readonly string[], path: readonly string[], action: Action): Words {
  const end = argv.indexOf('--');
  const before = end === -1 ? argv : argv.slice(0, end);
  const command = new Command('aim').helpOption(false).allowExcessArguments().argument('[words...]').exitOverride();
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  const own = Object.keys(action.options);
  // A verb may give a name a meaning of its own: `aim mcp inspect --timeout` is about the server that is inspected.
  for (const option of globalOptions)
    if (!own.some((name) => kebab(name) === option.name)) command.addOption(globalOption(option));
  for (const [name, option] of Object.entries(action.options)) command.addOption(ownOption(name, option));
  try {
    command.parse([...withJsonFields(before, path, action)], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw misuse(error, path);
    throw error;
  }
  const given = command.opts() as Record<string, unknown>;
  return {
    flags: Object.fromEntries(Object.entries(given).filter(([name]) => !own.includes(name))) as GlobalFlags,
    options: Object.fromEntries(own.filter((name) => name in given).map((name) => [name, given[name]])),
    args: [...command.args.slice(path.length), ...(end === -1 ? [] : argv.slice(end + 1))],
  };
}

function globalOption({ name, short, value, summary }: GlobalOption): CommanderOption {
  const place = value === undefined ? '' : name === 'json' ? ` [${value}]` : ` <${value}>`;
  return new CommanderOption(`${short === undefined ? '' : `-${short}, `}--${name}${place}`, summary);
}

function ownOption(name: string, option: Action['options'][string]): CommanderOption {
  const kind = optionKind(option);
  const short = option.short === undefined ? '' : `-${option.short}, `;
  if (kind === 'off-switch') return new CommanderOption(`${short}--no-${kebab(name)}`, option.summary);
  const made = new CommanderOption(`${short}--${kebab(name)}${kind === 'value' ? ' <value>' : ''}`, option.summary);
  return option.repeatable ? made.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]) : made;
}

// `--json` is everything; `--json a,b` are fields where the verb takes no further argument, so that `show --json NAME` stays a name.
function withJsonFields(argv: readonly string[], path: readonly string[], action: Action): readonly string[] {
  const at = argv.indexOf('--json');
  if (at === -1) return argv;
  const next = argv[at + 1];
  const isWord = next !== undefined && !next.startsWith('-');
  const positionals = countPositionals(argv, action);
  const most = Object.values(action.args).some(({ variadic }) => variadic)
    ? Number.POSITIVE_INFINITY
    : Object.keys(action.args).length;
  if (isWord && positionals - path.length > most) return argv.toSpliced(at, 2, `--json=${next}`);
  return argv.toSpliced(at, 1, '--json=');
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

function misuse(error: CommanderError, path: readonly string[]): UsageError {
  const sentence = error.message.replace(/^error: /, '').replace(/\n+\(Did you mean (.*)\?\)/, '. Did you mean $1?');
  return new UsageError(
    `usage.${error.code.replace('commander.', '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    {
      message: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.?]$/.test(sentence) ? '' : '.'}`,
      next: `See: aim ${path.join(' ')} --help`,
    },
  );
}
