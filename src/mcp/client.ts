// What is written down of a client: where its files are, and where in them its servers.

import type { Platform, Scope } from './record.ts';

/**
 * A file that a client reads. Paths are templates:
 * `~` the home, `<config>` XDG's configuration folder, `<support>` the platform's application folder, `<local>` Windows'
 * local one, `<claude>`, `<codex>` and `<cline>` where their variables point to, `<vs>` each VS Code-like `User` folder, `<root>` the disk, `.` each project folder; `*` is one name.
 */
export type Place = {
  scope: Scope;
  path: string;
  /** Where it exists. Default everywhere. */
  on?: readonly Platform[];
  /** Where in the file the servers are, if not where the client's other files have them. */
  at?: readonly Container[];
};

/** The way to a map or list of servers. `*` is every member: the project's folder in Claude Code's `projects`. */
export type Container = {
  path: readonly string[];
  scope?: Scope;
  /** What is there is one server, named by the file, and no map of them. */
  isOne?: boolean;
  /** Only in a file that lacks this key. */
  unless?: string;
};

export type Client = {
  id: string;
  title: string;
  at: readonly Container[];
  places: readonly Place[];
  /** A managed file is all that counts where there is one. */
  managedIsExclusive?: boolean;
  /** What a bare `url` means: Gemini CLI means SSE by it, all others Streamable HTTP. */
  urlMeans?: 'sse';
};

/** VS Code and its relatives, by the folder that holds `User`; and their servers, which keep it in the remote home. */
export const vsCodeFolders = [
  'Code',
  'Code - Insiders',
  'Code - OSS',
  'VSCodium',
  'Cursor',
  'Windsurf',
  'Kiro',
  'Trae',
  'Antigravity',
  'Positron',
  'Void',
] as const;
/** Where Flatpak keeps the configuration of an editor, and a VS Code in the browser its own: from the home to what holds `User`. */
export const vsCodeElsewhere = [
  '.var/app/com.visualstudio.code/config/Code',
  '.var/app/com.vscodium.codium/config/VSCodium',
  '.local/share/code-server',
  '.local/share/openvscode-server/data',
] as const;
export const vsCodeServerFolders = [
  '.vscode-server',
  '.vscode-server-insiders',
  '.vscodium-server',
  '.cursor-server',
  '.windsurf-server',
] as const;
