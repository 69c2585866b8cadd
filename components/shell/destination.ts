// A line that names a place: a screen, and how its list is shown. Palette, saved views and aliases speak it.

import type { ScreenId } from '../../commands/action.ts';
import type { ListState } from '../../src/state/list.ts';
import type { Screen } from '../screen.ts';

export type Destination = {
  screen: ScreenId;
  /** The name of the one thing that a screen of one thing shows. */
  of: string | null;
  /** The profile of another server. */
  context: string | null;
  preset: Partial<ListState>;
};

/** `agents @prod sort:-trust columns:name,trust /status:pending`; null where the line does not begin with a screen. */
export function destinationOf(line: string, screens: readonly Screen[]): Destination | null {
  const [before = '', filter] = divided(line.trim());
  const [first = '', ...rest] = before.split(/\s+/);
  const screen = screens.find(({ id, title }) => id === first.toLowerCase() || title.toLowerCase() === first.toLowerCase());
  if (!screen) return null;
  const found: Destination = { screen: screen.id, of: null, context: null, preset: {} };
  for (const word of rest) {
    if (word.startsWith('@') && word.length > 1) found.context = word.slice(1);
    else if (word.startsWith('sort:')) {
      const reverse = word[5] === '-';
      found.preset.sort = { column: word.slice(reverse ? 6 : 5), reverse };
    } else if (word.startsWith('columns:')) found.preset.columns = word.slice(8).split(',').filter(Boolean);
    else if (word !== '' && found.of === null && OF_ONE.has(screen.id)) found.of = word;
    else if (word !== '') return null;
  }
  if (filter !== undefined) found.preset.filter = filter;
  // What a line does not say is as the list shows it by itself.
  if (Object.keys(found.preset).length > 0) found.preset = { filter: '', sort: null, ...found.preset };
  return found;
}

const OF_ONE: ReadonlySet<string> = new Set(['agent', 'event', 'approval', 'mcp-server']);

/** A filter begins with a slash after a space, and goes to the end: it may hold anything. */
function divided(line: string): [string, string?] {
  const at = line.search(/\s\//);
  return at === -1 ? [line] : [line.slice(0, at), line.slice(at + 2)];
}

/** The line that shows a list as it is shown now. */
export function lineOf(screen: ScreenId, { filter, sort, columns }: Pick<ListState, 'filter' | 'sort' | 'columns'>): string {
  return [
    screen,
    ...(sort ? [`sort:${sort.reverse ? '-' : ''}${sort.column}`] : []),
    ...(columns ? [`columns:${columns.join(',')}`] : []),
    ...(filter === '' ? [] : [`/${filter}`]),
  ].join(' ');
}

/** The line with its first word replaced where that is an alias or a view; what stood behind it stays there. */
export function expanded(line: string, lines: Readonly<Record<string, string>>): string {
  let text = line.trim();
  for (const seen = new Set<string>(); ; ) {
    const [first = ''] = text.split(/\s/, 1);
    // A name of several words has to be the whole line.
    const name = Object.hasOwn(lines, text) ? text : first;
    if (!Object.hasOwn(lines, name) || seen.has(name)) return text;
    seen.add(name);
    text = `${lines[name]}${text.slice(name.length)}`.trim();
  }
}
