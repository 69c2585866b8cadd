// `aim views`: lists of the dashboard as one wants to see them again, each under a name, some with a key.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { readUserFile } from '../../src/settings/files.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { tableView } from '../output/view.ts';

type SavedView = { name: string; line: string; key: string | null };

function savedViews({ settings }: Pick<ActionContext, 'settings'>): SavedView[] {
  const { values } = readUserFile(settings.paths, []);
  const keys = textsOf(values.keys);
  return Object.entries(textsOf(values.views)).map(([name, line]) => ({ name, line, key: keys[`view.${name}`] ?? null }));
}

const textsOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'))
    : {};

const name: Argument<string> = {
  summary: 'The name of the view',
  parse: (text) => {
    if (/^[^\s/@:][^/@:]{0,49}$/.test(text.trim())) return text.trim();
    throw new UsageError('view.name', {
      message: `${JSON.stringify(text.slice(0, 60))} is no name for a view.`,
      next: 'Use up to 50 characters without / @ and :',
      field: 'name',
    });
  },
  complete: async (partial, context) =>
    savedViews(context)
      .filter((view) => view.name.startsWith(partial))
      .map((view) => ({ value: view.name, summary: view.line })),
};

const ls = defineAction({
  id: 'views.ls',
  summary: 'List the saved views of the dashboard',
  args: {},
  options: {},
  needs: 'none',
  run: async (context) => ({ items: savedViews(context), nextCursor: null, total: null }),
  view: tableView({
    rows: (result: { items: SavedView[] }) => result.items,
    columns: [
      { key: 'name', title: 'View', value: (view) => asUntrusted(view.name) },
      { key: 'key', title: 'Key', value: (view) => (view.key === null ? null : asUntrusted(view.key)) },
      { key: 'line', title: 'Shows', value: (view) => asUntrusted(view.line), grow: true },
    ],
    empty: 'No saved views. In the dashboard Ctrl-S saves what is shown.',
  }),
});

const save = defineAction({
  id: 'views.save',
  summary: 'Save a view of the dashboard under a name',
  examples: [
    { command: 'views save "low trust" "agents sort:trust /trust<0.4" --key f2', summary: 'Agents of low trust on F2' },
  ],
  args: {
    name,
    line: { summary: 'The line of the palette that shows it', parse: (text) => text.trim() } as Argument<string>,
  },
  options: {
    key: { summary: 'The key that shows it, as f2 or ctrl-t', value: 'KEY', schema: z.string().regex(/^\S+$/).optional() },
  },
  needs: 'none',
  risk: 'change',
  plan: async (context, args, { key }) => [
    ...planned(`views.${args.name}`, savedViews(context).find(({ name }) => name === args.name)?.line, args.line),
    ...(key === undefined ? [] : planned(`keys.view.${args.name}`, undefined, key)),
  ],
  run: async (context, args, { key }) => {
    await change(context, 'views', args.name, args.line);
    if (key !== undefined) await change(context, 'keys', `view.${args.name}`, key);
    return { name: args.name, line: args.line, key: key ?? null };
  },
  view: {
    kind: 'text',
    lines: (view) => [[ours('Saved '), asUntrusted(view.name), ours(': '), asUntrusted(view.line)]],
  },
});

const remove = defineAction({
  id: 'views.delete',
  summary: 'Forget a saved view, and its key',
  args: { name },
  options: {},
  needs: 'none',
  risk: 'change',
  plan: async (context, args) => [`views.${args.name}: ${JSON.stringify(savedView(context, args.name).line)} -> (not set)`],
  run: async (context, args) => {
    savedView(context, args.name);
    await change(context, 'views', args.name, undefined);
    await change(context, 'keys', `view.${args.name}`, undefined);
    return { name: args.name, deleted: true };
  },
  view: { kind: 'text', lines: (view) => [[ours('Forgot '), asUntrusted(view.name), ours('.')]] },
});

const planned = (key: string, before: string | undefined, after: string): string[] =>
  before === after
    ? []
    : [`${key}: ${before === undefined ? '(not set)' : JSON.stringify(before)} -> ${JSON.stringify(after)}`];

function savedView(context: ActionContext, name: string): SavedView {
  const found = savedViews(context).find((view) => view.name === name);
  if (found !== undefined) return found;
  throw new UsageError('view.unknown', {
    message: `There is no view ${JSON.stringify(name)}.`,
    next: 'See them: aim views ls',
  });
}

async function change({ settings }: ActionContext, key: 'views' | 'keys', member: string, text: string | undefined) {
  const { changeSetting } = await import('../../src/settings/write-user-file.ts');
  const { [member]: _, ...others } = textsOf(readUserFile(settings.paths, []).values[key]);
  const value = text === undefined ? others : { ...others, [member]: text };
  await changeSetting(settings.paths, { key, value: Object.keys(value).length === 0 ? undefined : value, profile: null });
}

export const viewActions: readonly Action[] = [ls, save, remove];
