// `aim config`: the settings, where each comes from, and changing them.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { definitions, settingKeys } from '../../src/settings/definitions.ts';
import { fileSchema } from '../../src/settings/json-schema.ts';
import { nearest } from '../../src/settings/nearest.ts';
import { readValue } from '../../src/settings/read-value.ts';
import type { SettingKey, Settings } from '../../src/settings/settings.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { type Cell, tableView, type View } from '../output/view.ts';

const key: Argument<SettingKey> = {
  summary: 'The setting',
  parse: (text) => {
    const camel = text.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if ((settingKeys as string[]).includes(camel)) return camel as SettingKey;
    const meant = nearest(camel, settingKeys);
    throw new UsageError('setting.unknown', {
      message: `There is no setting ${JSON.stringify(text)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
      next: 'See them with: aim config ls',
      field: 'key',
    });
  },
  complete: async (partial) =>
    settingKeys.filter((name) => name.startsWith(partial)).map((name) => ({ value: name, summary: definitions[name].summary })),
};

type Setting = { key: SettingKey; value: unknown; layer: string; source: string; summary: string };

const settingOf = (settings: Settings, name: SettingKey): Setting => {
  const { value, layer, source } = settings.explain(name);
  return { key: name, value, layer, source, summary: definitions[name].summary };
};

const cellOf = (value: unknown): Cell =>
  value === null || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : asUntrusted(typeof value === 'object' ? JSON.stringify(value) : String(value));

const ls = defineAction({
  id: 'config.ls',
  summary: 'List every setting with its value and where that comes from',
  examples: [{ command: 'config ls', summary: 'What holds here' }],
  args: {},
  options: {},
  needs: 'none',
  run: async ({ settings }) => ({ items: settingKeys.map((name) => settingOf(settings, name)), nextCursor: null, total: null }),
  view: tableView({
    rows: (result: { items: Setting[] }) => result.items,
    columns: [
      { key: 'key', title: 'Setting', value: (setting) => ours(setting.key) },
      { key: 'value', title: 'Value', value: (setting) => cellOf(setting.value) },
      { key: 'layer', title: 'From', value: (setting) => ours(setting.layer) },
      { key: 'source', title: 'Source', value: (setting) => asUntrusted(setting.source), giveUp: 1 },
      { key: 'summary', title: 'What it is', value: (setting) => ours(setting.summary), grow: true, giveUp: 2 },
    ],
    empty: '',
    next: () => 'Why one has its value: aim config explain SETTING',
  }),
});

const get = defineAction({
  id: 'config.get',
  summary: 'Print the value of one setting',
  examples: [{ command: 'config get server', summary: 'Only the value, for a script' }],
  args: { key },
  options: {},
  needs: 'none',
  run: async ({ settings }, args) => settings.get(args.key),
  view: { kind: 'text', lines: (value) => [[cellOf(value) ?? ours('')]] },
});

type Explanation = Setting & { others: { layer: string; value: unknown; source: string }[] };

const explain = defineAction({
  id: 'config.explain',
  summary: 'Say which layer set a setting, and what the others said',
  description: 'The order is: option on the command line, environment variable, project file, profile, default.',
  examples: [{ command: 'config explain server', summary: 'Where the server comes from' }],
  args: { key },
  options: {},
  needs: 'none',
  run: async ({ settings }, args): Promise<Explanation> => ({
    ...settingOf(settings, args.key),
    others: settings.explain(args.key).others,
  }),
  view: explanationView(),
});

function explanationView(): View<Explanation> {
  const line = (layer: string, value: unknown, source: string): Cell[] => [
    ours(`${layer.padEnd(12)} `),
    cellOf(value) ?? ours('(none)'),
    ours('  '),
    asUntrusted(source),
  ];
  return {
    kind: 'text',
    lines: ({ key: name, value, layer, source, others, summary }) => [
      [ours(`${name}: ${summary}`)],
      line(layer, value, `${source}  <- this one counts`),
      ...others.map((other) => line(other.layer, other.value, other.source)),
      [ours(`variables    ${definitions[name].env.join(', ')}`)],
    ],
  };
}

const set = defineAction({
  id: 'config.set',
  summary: 'Set a setting in your settings file; without a value, remove it',
  examples: [
    { command: 'config set server https://aim.example', summary: 'For all profiles' },
    { command: 'config set server https://staging.example --in staging', summary: 'In one profile' },
  ],
  args: {
    key,
    value: {
      summary: 'Its value; left away, the setting is removed',
      optional: true,
      parse: (text) => text,
    } as Argument<string> & { optional: true },
  },
  options: { in: { summary: 'In this profile only', value: 'PROFILE', schema: z.string().min(1).optional() } },
  needs: 'none',
  risk: 'change',
  plan: async ({ settings }, args, options) => {
    const after = args.value === undefined ? undefined : readValue(args.key, args.value, 'The command line');
    const { userValues } = await import('../../src/settings/user-values.ts');
    const before = userValues(settings.paths, options.in ?? null)[args.key];
    const where = options.in === undefined ? '' : ` (profile ${options.in})`;
    return isEqual(before, after) ? [] : [`${args.key}${where}: ${shownValue(before)} -> ${shownValue(after)}`];
  },
  run: async ({ settings, io }, args, options) => {
    const { changeSetting } = await import('../../src/settings/write-user-file.ts');
    const value = args.value === undefined ? undefined : readValue(args.key, args.value, 'The command line');
    await changeSetting(settings.paths, { key: args.key, value, profile: options.in ?? null });
    const { layer, source } = settings.explain(args.key);
    if (['flag', 'environment', 'project'].includes(layer)) io.note(`aim: ${source} sets it too, and counts before your file.`);
    return { key: args.key, value: value ?? null, profile: options.in ?? null };
  },
  view: { kind: 'none' },
});

const isEqual = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
const shownValue = (value: unknown) => (value === undefined ? '(not set)' : JSON.stringify(value));

const schema = defineAction({
  id: 'config.schema',
  summary: 'Print the JSON Schema of the settings file',
  args: {},
  options: {},
  needs: 'none',
  mendsSettings: true,
  run: async () => fileSchema(),
  view: {
    kind: 'text',
    lines: (result) =>
      JSON.stringify(result, null, 2)
        .split('\n')
        .map((row) => [asUntrusted(row)]),
  },
});

export const configActions: readonly Action[] = [ls, get, set, explain, schema];
