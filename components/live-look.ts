// The look that the settings ask for, from the first frame on and whenever they change: theme, colours, signs.

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LiveSettings } from '../src/settings/live-settings.ts';
import type { SettingKey, Settings } from '../src/settings/settings.ts';
import { chooseGlyphs } from '../src/text/glyphs.ts';
import type { Background } from './terminal/background.ts';
import { coloursFrom, createTheme, type Theme } from './theme.ts';

export type LiveLook = {
  /** One object for as long as the dashboard is open; what it answers changes. */
  readonly theme: Theme;
  /** Grows with each change: whoever drew before draws anew. */
  readonly version: StoreApi<number>;
  stop(): void;
};

export type LookOptions = {
  settings: Settings;
  env: Readonly<Record<string, string | undefined>>;
  /** What the terminal says of itself; the theme `auto` follows it. */
  background: Background | null | undefined;
};

export function liveLook(options: LookOptions): LiveLook {
  let current = themeOf(options);
  const version = createStore(() => 0);
  const stop = onSettings(options.settings, ['theme', 'ascii', 'color'], () => {
    current = themeOf(options);
    version.setState((before) => before + 1, true);
  });
  const theme: Theme = {
    get name() {
      return current.name;
    },
    get colours() {
      return current.colours;
    },
    get ascii() {
      return current.ascii;
    },
    get glyphs() {
      return current.glyphs;
    },
    sgr: (tone) => current.sgr(tone),
  };
  return { theme, version, stop };
}

/** Told when one of these has another value now; settings that do not follow their files never say so. */
export function onSettings(settings: Settings, keys: readonly SettingKey[], tell: () => void): () => void {
  const live = settings as Partial<Pick<LiveSettings, 'onChange'>>;
  return live.onChange?.((changed) => changed.some((key) => keys.includes(key)) && tell()) ?? (() => {});
}

function themeOf({ settings, env, background }: LookOptions): Theme {
  const ascii = settings.get('ascii');
  chooseGlyphs(ascii ? 'ascii' : 'unicode');
  const chosen = settings.get('theme');
  const colours = chosen === 'none' ? 'none' : chosen === '16' ? '16' : coloursFrom(env, settings.get('color'));
  const name =
    chosen === 'light' || chosen === 'contrast'
      ? chosen
      : chosen === 'auto' || chosen === '16'
        ? (background ?? 'dark')
        : 'dark';
  return createTheme({ name, colours, ascii });
}
