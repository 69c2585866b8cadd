// What the program was told, from every layer, with where each value came from.

/** The layers, strongest first. */
export const layers = ['flag', 'environment', 'project', 'profile', 'default'] as const;
export type Layer = (typeof layers)[number];

export type SettingValues = {
  /** Without trailing slash. Null: no server is configured, and the embedded control plane is used. */
  server: string | null;
  profile: string;
  /** The e-mail address whose sign-in is meant, where there are several to the server. Null: the latest. */
  account: string | null;
  /** Where the sign-in is kept. `auto` is the keychain where one is usable, else the 0600 file. */
  store: 'auto' | 'file' | 'keychain';
  color: 'auto' | 'always' | 'never';
  theme: 'auto' | 'dark' | 'light' | 'contrast' | '16' | 'none';
  ascii: boolean;
  mouse: boolean;
  readOnly: boolean;
  timeoutSeconds: number;
  retries: number;
  /** Frames per second at most; 0 chooses by the link. */
  fps: number;
  pager: string | null;
  editor: string | null;
  /** Null: HTTPS_PROXY, HTTP_PROXY and NO_PROXY decide. */
  proxy: string | null;
  /** PEM files: authorities to trust beside the system's, and who we are to servers that ask for a certificate. */
  caFile: string | null;
  clientCertificate: string | null;
  clientKey: string | null;
  /** How the dashboard tells whoever is not looking that a request waits. */
  attention: 'bell' | 'osc9' | 'osc777' | 'desktop' | 'none';
  /** Whether the dashboard tells newcomers what keys do. */
  hints: boolean;
  /** Whether a newer version is mentioned, at most once a day. */
  updateNotice: boolean;
  /** By name, a line of the dashboard's palette. */
  aliases: Readonly<Record<string, string>>;
  views: Readonly<Record<string, string>>;
  /** By name, a program that the dashboard runs on what is selected. */
  plugins: Readonly<Record<string, string>>;
  /** By the id of a binding, its keys, divided by spaces. */
  keys: Readonly<Record<string, string>>;
};

export type SettingKey = keyof SettingValues;

export type Settings = {
  get<Key extends SettingKey>(key: Key): SettingValues[Key];
  /** Which layer won, and what the others said. */
  explain(key: SettingKey): {
    value: unknown;
    layer: Layer;
    source: string;
    others: { layer: Layer; value: unknown; source: string }[];
  };
  readonly paths: Paths;
  /** What a person should hear about the files that were read: unknown keys, keys that a project file may not set. */
  readonly warnings?: readonly string[];
};

/** Absolute paths of everything the program keeps (XDG Base Directory; `~/.aim` is shared with other AIM SDKs). */
export type Paths = {
  home: string;
  /** `~/.aim` */
  aim: string;
  config: string;
  state: string;
  cache: string;
  /** The embedded control plane's data: `<state>/control-plane`. */
  data: string;
  log: string;
};
