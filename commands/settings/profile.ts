// `aim profile`: several servers and sign-ins, each under a name.

import { UsageError } from '../../src/errors.ts';
import { readUserFile } from '../../src/settings/files.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { type Cell, tableView } from '../output/view.ts';

type Profile = { name: string; server: unknown; current: boolean };

const profilesOf = ({ settings }: ActionContext): Profile[] => {
  const { values, profiles } = readUserFile(settings.paths, []);
  const current = settings.get('profile');
  const all: [string, unknown][] = [
    ['default', values.server],
    ...Object.entries(profiles).map(([name, profile]): [string, unknown] => [name, profile.server ?? values.server]),
  ];
  return all.map(([name, server]) => ({ name, server: server ?? null, current: name === current }));
};

const name: Argument<string> = {
  summary: 'The name of the profile',
  parse: (text) => {
    if (/^[\w.-]{1,50}$/.test(text)) return text;
    throw new UsageError('profile.name', {
      message: `${JSON.stringify(text.slice(0, 60))} is no name for a profile.`,
      next: 'Use letters, digits, and . _ -',
    });
  },
  complete: async (_, context) => profilesOf(context).map((profile) => ({ value: profile.name })),
};

const ls = defineAction({
  id: 'profile.ls',
  summary: 'List the profiles',
  args: {},
  options: {},
  needs: 'none',
  run: async (context) => ({ items: profilesOf(context), nextCursor: null, total: null }),
  view: tableView({
    rows: (result: { items: Profile[] }) => result.items,
    columns: [
      { key: 'name', title: 'Profile', value: (profile) => asUntrusted(profile.name) },
      {
        key: 'server',
        title: 'Server',
        value: (profile): Cell => (profile.server === null ? null : asUntrusted(String(profile.server))),
        grow: true,
      },
      { key: 'current', title: 'In use', value: (profile) => profile.current },
    ],
    empty: '',
    next: () => 'Use another: aim profile use NAME, or --profile NAME once',
  }),
});

const use = defineAction({
  id: 'profile.use',
  summary: 'Use a profile from now on',
  examples: [{ command: 'profile use staging', summary: 'Until another is chosen' }],
  args: { name },
  options: {},
  needs: 'none',
  risk: 'change',
  plan: async (context, args) => {
    checkThere(context, args.name);
    const now = context.settings.get('profile');
    return now === args.name ? [] : [`profile: ${JSON.stringify(now)} -> ${JSON.stringify(args.name)}`];
  },
  run: async (context, args) => {
    checkThere(context, args.name);
    const { changeSetting } = await import('../../src/settings/write-user-file.ts');
    await changeSetting(context.settings.paths, {
      key: 'profile',
      value: args.name === 'default' ? undefined : args.name,
      profile: null,
    });
    return { profile: args.name };
  },
  view: { kind: 'text', lines: ({ profile }) => [[ours('Now in use: '), asUntrusted(profile)]] },
});

const server: Argument<string> & { optional: true } = { summary: 'Its server', optional: true, parse: (text) => text };

const create = defineAction({
  id: 'profile.create',
  summary: 'Make a profile',
  examples: [{ command: 'profile create staging https://staging.example', summary: 'With its server' }],
  args: { name, server },
  options: {},
  needs: 'none',
  risk: 'change',
  plan: async (context, args) => {
    checkFree(context, args.name);
    return [`profiles.${args.name}: (not set) -> ${JSON.stringify(args.server === undefined ? {} : { server: args.server })}`];
  },
  run: async (context, args) => {
    checkFree(context, args.name);
    const { readValue } = await import('../../src/settings/read-value.ts');
    const { changeProfile } = await import('../../src/settings/write-user-file.ts');
    const values = args.server === undefined ? {} : { server: readValue('server', args.server, 'The command line') };
    await changeProfile(context.settings.paths, args.name, values);
    return { profile: args.name, ...values };
  },
  view: { kind: 'text', lines: ({ profile }) => [[ours('Made. Sign in: aim login --profile '), asUntrusted(profile)]] },
});

const remove = defineAction({
  id: 'profile.delete',
  summary: 'Remove a profile; a sign-in to its server stays',
  args: { name },
  options: {},
  needs: 'none',
  risk: 'dangerous',
  plan: async (context, args) => {
    checkThere(context, args.name);
    return [`profiles.${args.name}: removed`];
  },
  run: async (context, args) => {
    checkThere(context, args.name);
    const { changeProfile, changeSetting } = await import('../../src/settings/write-user-file.ts');
    await changeProfile(context.settings.paths, args.name, undefined);
    if (context.settings.get('profile') === args.name)
      await changeSetting(context.settings.paths, { key: 'profile', value: undefined, profile: null });
    return { profile: args.name, deleted: true };
  },
  view: { kind: 'text', lines: ({ profile }) => [[ours('Removed '), asUntrusted(profile), ours('.')]] },
});

function checkThere(context: ActionContext, wanted: string): void {
  if (profilesOf(context).some((profile) => profile.name === wanted)) return;
  throw new UsageError('profile.unknown', {
    message: `There is no profile ${JSON.stringify(wanted)}.`,
    next: `Make it: aim profile create ${wanted}`,
  });
}

function checkFree(context: ActionContext, wanted: string): void {
  if (!profilesOf(context).some((profile) => profile.name === wanted)) return;
  throw new UsageError('profile.exists', {
    message: `There is a profile ${JSON.stringify(wanted)} already.`,
    next: `Change it: aim config set server URL --in ${wanted}`,
  });
}

export const profileActions: readonly Action[] = [ls, use, create, remove];
