// The other servers and sign-ins that a running dashboard can go to: each is a profile, with the settings that hold for it.

import { UsageError } from '../../src/errors.ts';
import { settingKeys } from '../../src/settings/definitions.ts';
import { readUserFile } from '../../src/settings/files.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { SettingKey, Settings } from '../../src/settings/settings.ts';
import type { ActionContext } from '../action.ts';
import { type Reached, reachServer } from './reach-server.ts';

export type Profile = {
  name: string;
  /** Null is the control plane of this machine. */
  server: string | null;
  /** Whose sign-in it is, where a server has several. */
  account?: string | null;
};

export type Contexts = {
  list(): readonly Profile[];
  /** @throws AuthenticationError where nobody is signed in there; RemoteError where nobody answers. */
  reach(name: string): Promise<Reached>;
};

/** `started` is where the dashboard was opened: without a configured server that is for the latest sign-in to say, and only once. */
export function contextsOf(
  { settings, io, signal }: Pick<ActionContext, 'settings' | 'io' | 'signal'>,
  started: { server: string; embedded: boolean },
): Contexts {
  const list = (): Profile[] => {
    const { values, profiles } = readUserFile(settings.paths, []);
    const textOf = (text: unknown) => (typeof text === 'string' ? text : null);
    const isDefault = settings.get('profile') === 'default';
    const first = isDefault && !started.embedded ? started.server : textOf(values.server);
    return [
      { name: 'default', server: first, account: textOf(values.account) },
      ...Object.entries(profiles).map(([name, profile]) => ({
        name,
        server: textOf(profile.server ?? values.server),
        account: textOf(profile.server === undefined ? (profile.account ?? values.account) : profile.account),
      })),
      ...(first === null ? [] : [{ name: EMBEDDED, server: null }]),
    ];
  };
  return {
    list,
    async reach(name) {
      const profile = list().find((candidate) => candidate.name === name);
      if (!profile) throw unknownProfile(name, list());
      const { server, account = null } = profile;
      // What named the first server (an option, a variable, a project) does not name this one, and a token belongs to one server.
      const { AIM_SERVER: _, AIM_PROFILE: __, AIM_TOKEN: ___, AIM_ACCOUNT: ____, ...env } = io.env;
      const flags = { ...carried(settings), profile: name === EMBEDDED ? 'default' : name, server, account };
      const there = { settings: loadSettings({ flags, env, cwd: io.cwd }), io: { ...io, env }, signal };
      return reachServer(there, server === null ? { kind: 'embedded' } : { kind: 'server', server });
    },
  };
}

/** The control plane of this machine, where the default profile is another server. */
const EMBEDDED = 'embedded';

function unknownProfile(name: string, profiles: readonly Profile[]): UsageError {
  return new UsageError('profile.unknown', {
    message: `There is no profile ${JSON.stringify(name)}; there are ${profiles.map((profile) => profile.name).join(', ')}.`,
    next: `Make it: aim profile create ${name} URL`,
  });
}

/** What was asked for when the program was started holds everywhere: above all, that it changes nothing. */
function carried(settings: Settings): Partial<Record<SettingKey, unknown>> {
  const { value, layer } = settings.explain('readOnly');
  const isAskedFor = value === true && layer !== 'profile' && layer !== 'default';
  return { ...givenFlags(settings), ...(isAskedFor ? { readOnly: true } : {}) };
}

/** What was given on the command line, for whoever reads the settings again. */
export function givenFlags(settings: Settings): Partial<Record<SettingKey, unknown>> {
  const given = settingKeys.filter((key) => settings.explain(key).layer === 'flag');
  return Object.fromEntries(given.map((key) => [key, settings.get(key)]));
}
