// The other servers and sign-ins that a running dashboard can go to: each is a profile, with the settings that hold for it.

import { settingKeys } from '../../src/settings/definitions.ts';
import { readUserFile } from '../../src/settings/files.ts';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { SettingKey, Settings } from '../../src/settings/settings.ts';
import type { ActionContext } from '../action.ts';
import { type Reached, reachServer } from './reach-server.ts';

export type Profile = { name: string /** Null is the control plane of this machine. */; server: string | null };

export type Contexts = {
  list(): readonly Profile[];
  /** @throws AuthenticationError where nobody is signed in there; RemoteError where nobody answers. */
  reach(name: string): Promise<Reached>;
};

export function contextsOf({ settings, io, signal }: Pick<ActionContext, 'settings' | 'io' | 'signal'>): Contexts {
  const list = (): Profile[] => {
    const { values, profiles } = readUserFile(settings.paths, []);
    const serverOf = (server: unknown) => (typeof server === 'string' ? server : null);
    return [
      { name: 'default', server: serverOf(values.server) },
      ...Object.entries(profiles).map(([name, profile]) => ({ name, server: serverOf(profile.server ?? values.server) })),
    ];
  };
  return {
    list,
    reach(name) {
      const server = list().find((profile) => profile.name === name)?.server ?? null;
      // What named the first server (an option, a variable, a project) does not name this one, and a token belongs to one server.
      const { AIM_SERVER: _, AIM_PROFILE: __, AIM_TOKEN: ___, ...env } = io.env;
      const flags = { ...carried(settings), profile: name, server };
      return reachServer({ settings: loadSettings({ flags, env, cwd: io.cwd }), io: { ...io, env }, signal } as ActionContext);
    },
  };
}

/** What was asked for when the program was started holds everywhere: above all, that it changes nothing. */
function carried(settings: Settings): Partial<Record<SettingKey, unknown>> {
  const given = settingKeys.filter((key) => settings.explain(key).layer === 'flag').map((key) => [key, settings.get(key)]);
  const { value, layer } = settings.explain('readOnly');
  const isAskedFor = value === true && layer !== 'profile' && layer !== 'default';
  return { ...Object.fromEntries(given), ...(isAskedFor ? { readOnly: true } : {}) };
}
