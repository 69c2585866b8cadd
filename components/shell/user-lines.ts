// The aliases, saved views, programs and keys of the user, as the settings have them now: a view that was just saved is there at once.

import { createStore, type StoreApi } from 'zustand/vanilla';
import { readUserFile } from '../../src/settings/files.ts';
import type { LiveSettings } from '../../src/settings/live-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';

export type UserLines = {
  aliases: Readonly<Record<string, string>>;
  views: Readonly<Record<string, string>>;
  plugins: Readonly<Record<string, string>>;
  keys: Readonly<Record<string, string>>;
};

export type UserLinesStore = StoreApi<UserLines> & {
  /** Reads the settings file again. A file that is broken meanwhile changes nothing. */
  reload(): void;
};

export function createUserLines(settings: Settings): UserLinesStore {
  const given = (): UserLines => ({
    aliases: settings.get('aliases'),
    views: settings.get('views'),
    plugins: settings.get('plugins'),
    keys: settings.get('keys'),
  });
  const store = createStore<UserLines>(given);
  const live = settings as Partial<Pick<LiveSettings, 'onChange'>>;
  live.onChange?.(() => lines.reload());
  const lines: UserLinesStore = {
    ...store,
    reload() {
      try {
        const { values, profiles } = readUserFile(settings.paths, []);
        const own = profiles[settings.get('profile')] ?? {};
        store.setState({
          ...given(),
          ...pick(values, OWN),
          ...pick(own, OWN),
        });
      } catch {
        // The commands say what is wrong with the file; here the lines of before go on.
      }
    },
  };
  return lines;
}

const OWN = ['aliases', 'views', 'plugins', 'keys'] as const;

function pick(values: Readonly<Record<string, unknown>>, names: readonly (keyof UserLines)[]): Partial<UserLines> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const texts = values[name];
      if (typeof texts !== 'object' || texts === null) return [];
      return [[name, Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string'))]];
    }),
  );
}
