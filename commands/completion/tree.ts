// What can be completed without asking a server, as plain data: built from the registry once per version, then read from a file.

import type { Action, ActionContext, Argument, Candidate } from '../action.ts';
import { type GlobalOption, globalOptions } from '../global-options.ts';
import { kebab, optionKind, optionWords } from '../option-kind.ts';

/** Which values of the server fit, by the names of the lists in the cache. */
export type Source = 'agents' | 'approvals' | 'mcp-servers' | 'profiles' | 'files';
export type Values = { words: readonly Candidate[]; source: Source | null };
export type TreeOption = { flags: readonly string[]; summary: string; takes: Values | null };
export type TreeVerb = {
  path: readonly string[];
  summary: string;
  args: readonly (Values & { variadic: boolean })[];
  options: readonly TreeOption[];
};
export type Tree = { groups: readonly Candidate[]; verbs: readonly TreeVerb[]; global: readonly TreeOption[] };

export async function buildTree(
  registry: readonly Action[],
  groups: Readonly<Record<string, { summary: string }>>,
): Promise<Tree> {
  return {
    groups: Object.entries(groups).map(([value, { summary }]) => ({ value, summary })),
    verbs: await Promise.all(registry.map(verbOf)),
    global: (globalOptions as readonly GlobalOption[]).map(globalOf),
  };
}

async function verbOf(action: Action): Promise<TreeVerb> {
  const args = await Promise.all(
    Object.values(action.args).map(async (argument) => ({
      ...(await valuesOf(argument)),
      variadic: argument.variadic === true,
    })),
  );
  const options = Object.entries(action.options).map(([name, option]): TreeOption => {
    const kind = optionKind(option);
    const flag = `--${kind === 'off-switch' ? 'no-' : ''}${kebab(name)}`;
    const words = (optionWords(option) ?? []).map((value) => ({ value }));
    const source = name === 'agent' ? 'agents' : /FILE|DIR/.test(option.value ?? '') ? 'files' : null;
    return {
      flags: option.short === undefined ? [flag] : [flag, `-${option.short}`],
      summary: option.summary,
      takes: kind === 'value' ? { words, source } : null,
    };
  });
  return { path: action.id.split('.'), summary: action.summary, args, options };
}

const subjects: Readonly<Record<string, Source>> = { agent: 'agents', approval: 'approvals', 'mcp-server': 'mcp-servers' };

async function valuesOf(argument: Argument<unknown>): Promise<Values> {
  const source = argument.subject === undefined ? null : (subjects[argument.subject] ?? null);
  if (source !== null || argument.complete === undefined) return { words: [], source };
  // What needs no server answers here; what needs one has no list of its own in the cache.
  const words = await argument.complete('', nowhere).catch(() => []);
  return { words, source: null };
}

const nowhere = new Proxy({} as ActionContext, {
  get: () => {
    throw new Error('There is no server while completing.');
  },
});

function globalOf({ name, short, value, summary }: GlobalOption): TreeOption {
  const words: Record<string, readonly string[]> = {
    output: ['table', 'plain', 'json', 'ndjson', 'yaml', 'csv'],
    color: ['auto', 'always', 'never'],
  };
  const source: Source | null = name === 'profile' ? 'profiles' : value === 'FILE' ? 'files' : null;
  const takes =
    value === undefined || name === 'json' ? null : { words: (words[name] ?? []).map((word) => ({ value: word })), source };
  return { flags: short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`], summary, takes };
}
