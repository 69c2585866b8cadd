// What fits where the cursor is: a pure function of the words so far, the tree, and the values that are known.

import type { Candidate } from '../action.ts';
import type { Source, Tree, TreeOption, TreeVerb, Values } from './tree.ts';

export type Live = Partial<Record<Source, readonly Candidate[]>>;

/** The last of `words` is the one being typed, perhaps empty. `files` in the answer means: complete file names instead. */
export function candidatesFor(words: readonly string[], tree: Tree, live: Live): readonly Candidate[] | 'files' {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  if (before.includes('--')) return 'files';
  const { positionals, pending } = read(before, tree);
  const verb = verbAt(positionals, tree);
  const options = [...(verb?.options ?? []), ...tree.global];
  if (pending !== null) {
    const option = options.find(({ flags }) => flags.includes(pending)) ?? null;
    if (option?.takes) return valuesFor(typed, option.takes, live);
  }
  const assigned = /^(--[\w-]+)=(.*)$/.exec(typed);
  if (assigned !== null) return assignedValues(assigned[1] ?? '', assigned[2] ?? '', options, live);
  if (typed.startsWith('-')) {
    return beginning(
      options.flatMap(({ flags, summary }) =>
        flags.filter((flag) => flag.startsWith('--')).map((value) => ({ value, summary })),
      ),
      typed,
    );
  }
  if (verb === null) return beginning(nextWords(positionals, tree), typed);
  const given = positionals.length - verb.path.length;
  const argument = verb.args[given] ?? verb.args.findLast(({ variadic }) => variadic);
  const further = beginning(nextWords(positionals, tree), typed);
  if (argument === undefined) return further;
  const values = valuesFor(typed, argument, live);
  return values === 'files' ? values : [...values, ...further];
}

/** The words that are no options, and the option that still waits for its value. */
function read(words: readonly string[], tree: Tree): { positionals: string[]; pending: string | null } {
  const positionals: string[] = [];
  let pending: string | null = null;
  for (const word of words) {
    if (pending !== null) pending = null;
    else if (!word.startsWith('-') || word === '-') positionals.push(word);
    else if (!word.includes('=')) {
      const options = [...(verbAt(positionals, tree)?.options ?? []), ...tree.global];
      if (options.find(({ flags }) => flags.includes(word))?.takes) pending = word;
    }
  }
  return { positionals, pending };
}

function verbAt(positionals: readonly string[], tree: Tree): TreeVerb | null {
  const fitting = tree.verbs.filter(({ path }) => path.every((word, index) => positionals[index] === word));
  return fitting.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

function nextWords(positionals: readonly string[], tree: Tree): Candidate[] {
  if (positionals.length === 0) return [...tree.groups];
  const found = new Map<string, string>();
  for (const { path, summary } of tree.verbs) {
    if (path.length <= positionals.length || !positionals.every((word, index) => path[index] === word)) continue;
    const word = path[positionals.length] ?? '';
    found.set(word, path.length === positionals.length + 1 ? summary : (found.get(word) ?? ''));
  }
  return [...found].map(([value, summary]) => ({ value, summary }));
}

function valuesFor(typed: string, { words, source }: Values, live: Live): readonly Candidate[] | 'files' {
  if (source === 'files' || typed.startsWith('@')) return 'files';
  return beginning([...words, ...(source === null ? [] : (live[source] ?? []))], typed);
}

function assignedValues(flag: string, typed: string, options: readonly TreeOption[], live: Live): readonly Candidate[] {
  const takes = options.find(({ flags }) => flags.includes(flag))?.takes;
  const values = takes ? valuesFor(typed, takes, live) : [];
  return values === 'files' ? [] : values.map(({ value, ...rest }) => ({ value: `${flag}=${value}`, ...rest }));
}

const beginning = (candidates: readonly Candidate[], typed: string) =>
  candidates.filter(({ value }) => value.startsWith(typed));
