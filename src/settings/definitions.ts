// Every setting once: its kind, default, environment variables, and whether a project file may set it.

import type { SettingKey, SettingValues } from './settings.ts';

export type Kind =
  | { kind: 'text' }
  | { kind: 'url' }
  | { kind: 'boolean' }
  | { kind: 'seconds' }
  | { kind: 'integer'; minimum: number; maximum: number }
  | { kind: 'word'; words: readonly string[] }
  /** Names with a text each. */
  | { kind: 'texts' };

export type Definition<Key extends SettingKey = SettingKey> = Kind & {
  summary: string;
  default: SettingValues[Key];
  /** The first of these variables that is set wins. */
  env: readonly string[];
  /**
   * A project file comes with a checkout, so others wrote it: it may choose what is looked at,
   * never a program to run, a certificate to trust, or where credentials are kept.
   */
  project: boolean;
};

export const definitions: { readonly [Key in SettingKey]: Definition<Key> } = {
  server: { kind: 'url', default: null, env: ['AIM_SERVER'], project: true, summary: 'The server to talk to; none means the embedded control plane' },
  profile: { kind: 'text', default: 'default', env: ['AIM_PROFILE'], project: true, summary: 'The profile in use' },
  account: { kind: 'text', default: null, env: ['AIM_ACCOUNT'], project: false, summary: 'Whose sign-in to the server is meant, by e-mail address; none means the latest' },
  store: { kind: 'word', words: ['auto', 'file', 'keychain'], default: 'auto', env: ['AIM_STORE'], project: false, summary: 'Where the sign-in is kept' },
  color: { kind: 'word', words: ['auto', 'always', 'never'], default: 'auto', env: ['AIM_COLOR'], project: false, summary: 'When to colour' },
  theme: { kind: 'word', words: ['auto', 'dark', 'light', 'contrast', '16', 'none'], default: 'auto', env: ['AIM_THEME'], project: false, summary: 'Colours of the dashboard' },
  ascii: { kind: 'boolean', default: false, env: ['AIM_ASCII'], project: false, summary: 'Draw with ASCII characters only' },
  mouse: { kind: 'boolean', default: false, env: ['AIM_MOUSE'], project: false, summary: 'Use the mouse in the dashboard' },
  readOnly: { kind: 'boolean', default: false, env: ['AIM_READ_ONLY'], project: true, summary: 'Refuse every verb that changes something' },
  timeoutSeconds: { kind: 'seconds', default: 30, env: ['AIM_TIMEOUT'], project: true, summary: 'How long to wait for a server' },
  retries: { kind: 'integer', minimum: 0, maximum: 10, default: 2, env: ['AIM_RETRIES'], project: true, summary: 'How often a failed call is tried again' },
  fps: { kind: 'integer', minimum: 0, maximum: 60, default: 0, env: ['AIM_FPS'], project: false, summary: 'Frames per second at most; 0 chooses by the link' },
  pager: { kind: 'text', default: null, env: ['AIM_PAGER', 'PAGER'], project: false, summary: 'The pager for long text' },
  editor: { kind: 'text', default: null, env: ['AIM_EDITOR', 'VISUAL', 'EDITOR'], project: false, summary: 'The editor' },
  proxy: { kind: 'url', default: null, env: ['AIM_PROXY'], project: false, summary: 'The proxy; without it HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide' },
  caFile: { kind: 'text', default: null, env: ['AIM_CACERT'], project: false, summary: 'Certificate authorities to trust beside the system\'s' },
  clientCertificate: { kind: 'text', default: null, env: ['AIM_CLIENT_CERT'], project: false, summary: 'Our certificate, for servers that ask for one' },
  clientKey: { kind: 'text', default: null, env: ['AIM_CLIENT_KEY'], project: false, summary: 'The key of our certificate' },
  attention: { kind: 'word', words: ['bell', 'osc9', 'osc777', 'desktop', 'none'], default: 'bell', env: ['AIM_ATTENTION'], project: false, summary: 'How the dashboard says that a request waits' },
  hints: { kind: 'boolean', default: true, env: ['AIM_HINTS'], project: false, summary: 'Tell newcomers to the dashboard what a key does, until it was used once' },
  updateNotice: { kind: 'boolean', default: true, env: ['AIM_UPDATE_NOTICE'], project: false, summary: 'Mention a newer version, at most once a day and only on a terminal' },
  aliases: { kind: 'texts', default: {}, env: [], project: false, summary: 'Words for the command palette, each with the line that it stands for' },
  views: { kind: 'texts', default: {}, env: [], project: false, summary: 'Saved views of the dashboard, as lines of its command palette' },
  plugins: { kind: 'texts', default: {}, env: [], project: false, summary: 'Programs of your own for the dashboard: [confirm] [dangerous] PROGRAM WORDS, with {id}, {name}, {kind}, {screen}, {server}, {profile}' },
  keys: { kind: 'texts', default: {}, env: [], project: false, summary: 'Other keys in the dashboard, by what they do: agents.suspend, view.NAME, alias.NAME, plugin.NAME' },
}; // biome-ignore format: one table

export const settingKeys = Object.keys(definitions) as SettingKey[];
