// What the user's own words say that means nothing: a key for no binding, a line that goes nowhere. Said, with what was probably meant.

import type { Action } from '../../commands/action.ts';
import { nearest } from '../../src/settings/nearest.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { bindingIds } from '../keys/binding-ids.ts';
import { isKeyName } from '../keys/key-overrides.ts';
import type { Screen } from '../screen.ts';
import { own, words } from '../words.ts';
import { destinationOf, expanded } from './destination.ts';
import type { UserLines } from './user-lines.ts';
import { verbOf } from './verb-of.ts';

export type Surroundings = { registry: readonly Action[]; screens: readonly Screen[] };

/** One sentence each, the first mistake first. */
export function problemsOf({ aliases, views, keys, plugins }: UserLines, { registry, screens }: Surroundings): Printable[] {
  const lines = { ...views, ...aliases };
  const known = [
    ...bindingIds,
    ...registry.map(({ id }) => id),
    ...screens.map(({ id }) => `tab.${id}`),
    ...Object.keys(views).map((name) => `view.${name}`),
    ...Object.keys(aliases).map((name) => `alias.${name}`),
    ...Object.keys(plugins).map((name) => `plugin.${name}`),
  ];
  const ofKeys = Object.entries(keys).flatMap(([id, text]): Printable[] => {
    if (!known.includes(id)) return [words`keys: there is no ${visible(id, { max: 40 })}${meant(id, known)}.`];
    const wrong = text.split(/\s+/).filter((key) => key !== '' && !isKeyName(key));
    return wrong.map(
      (key) => words`keys.${visible(id, { max: 40 })}: no key is called ${visible(key, { max: 20 })}${asKey(key)}.`,
    );
  });
  const ofLines = (kind: 'aliases' | 'views') =>
    Object.entries(kind === 'aliases' ? aliases : views).flatMap(([name, text]): Printable[] => {
      const line = expanded(text.replace(/^:/, ''), lines);
      const [first = ''] = line.split(/\s+/);
      if (OWN.has(first) || destinationOf(line, screens) || verbOf(`${line} `, registry)) return [];
      const places = [
        ...screens.map(({ id }) => id),
        ...registry.map(({ id }) => id.split('.')[0] ?? id),
        ...Object.keys(lines),
      ];
      return [
        words`${own(kind)}.${visible(name, { max: 30 })}: ${visible(line, { max: 40 })} means nothing${meant(first, places)}.`,
      ];
    });
  return [...ofKeys, ...ofLines('aliases'), ...ofLines('views')];
}

/** What a line can begin with besides a place, a verb and a user's word. */
const OWN: ReadonlySet<string> = new Set(['context', 'ctx', 'plugin', 'q', 'quit']);

function meant(word: string, known: readonly string[]): Printable {
  const found = nearest(word, known);
  return found === null || found === word ? words`` : words` (did you mean ${visible(found)}?)`;
}

/** `Ctrl+S` and `C-s`, as others write it. */
function asKey(key: string): Printable {
  const tidy = key
    .toLowerCase()
    .replace(/^(ctrl|control|c|\^)[+-]/, 'ctrl-')
    .replace(/^(alt|meta|m)[+-]/, 'alt-')
    .replaceAll('+', '-');
  return tidy !== key && isKeyName(tidy) ? words`; ${visible(tidy)} is` : words``;
}
