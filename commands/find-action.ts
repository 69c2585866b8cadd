// Which verb a command line means: the longest id whose words it begins with.

import { UsageError } from '../src/errors.ts';
import { nearest } from '../src/settings/nearest.ts';
import type { Action } from './action.ts';
import { wordsOf } from './global-options.ts';
import { loadVerbs } from './verb-files.ts';
import { type VerbGroup, verbGroups } from './verbs.ts';

export type Found = {
  group: VerbGroup;
  /** The words that named it: `['agents', 'show']`. */
  path: readonly string[];
  /** Null where the words name a group only. */
  action: Action | null;
  actions: readonly Action[];
};

/** @throws UsageError `verb.unknown` with what was probably meant. */
export async function findAction(argv: readonly string[]): Promise<Found> {
  const words = wordsOf(argv);
  const first = words[0] ?? '';
  const group = Object.hasOwn(verbGroups, first) ? verbGroups[first] : undefined;
  if (group === undefined) throw unknownVerb([first], Object.keys(verbGroups));
  const actions = (await loadVerbs(first)).filter(({ id }) => id === first || id.startsWith(`${first}.`));
  for (let length = Math.min(words.length, LONGEST); length > 0; length--) {
    const id = words.slice(0, length).join('.');
    const action = actions.find((candidate) => candidate.id === id);
    if (action !== undefined) return { group, path: id.split('.'), action, actions };
  }
  const path = deepestGroup(words, actions);
  const next = words[path.length];
  if (next === undefined) return { group, path, action: null, actions };
  const prefix = `${path.join('.')}.`;
  const known = actions.filter(({ id }) => id.startsWith(prefix)).map(({ id }) => id.slice(prefix.length).split('.')[0] ?? '');
  // `agents grant` means the one verb deeper down that ends so.
  const deeper = actions.find(({ id }) => id.startsWith(prefix) && id.endsWith(`.${next}`));
  throw unknownVerb([...path, next], [...new Set(known)], deeper?.id.replaceAll('.', ' '));
}

const LONGEST = 4;

function deepestGroup(words: readonly string[], actions: readonly Action[]): string[] {
  let length = 1;
  while (length < words.length && actions.some(({ id }) => id.startsWith(`${words.slice(0, length + 1).join('.')}.`))) length++;
  return words.slice(0, length);
}

function unknownVerb(path: readonly string[], known: readonly string[], deeper?: string): UsageError {
  const before = path.slice(0, -1).join(' ');
  const word = path.at(-1) ?? '';
  const meant = deeper ?? nearest(word, known);
  return new UsageError('verb.unknown', {
    message: `There is no verb ${JSON.stringify(word)}${before === '' ? '' : ` in ${before}`}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `See them with: aim ${before === '' ? '' : `${before} `}--help`,
  });
}
