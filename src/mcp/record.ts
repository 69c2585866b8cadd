// What detection and inspection of MCP servers find. Never a value of an environment variable or header (wire-mcp-logs-a2a §3).

import type { Untrusted } from '../text/brand.ts';
import type { Timestamp } from '../wire/scalars.ts';

export type Platform = 'linux' | 'darwin' | 'win32';
export type Scope = 'user' | 'local' | 'project' | 'managed' | 'profile';
export type Transport = 'stdio' | 'http' | 'sse' | 'unknown';

/** One place where a client names a server. */
export type Sighting = {
  client: string;
  scope: Scope;
  configPath: string;
  /** Where in the file (RFC 6901). */
  pointer: string;
  disabled: boolean;
  /** Tools that run without asking, as the client's file says; `['*']` for all. */
  autoApproved: Untrusted[];
  /** A project's file names it, and the client starts it without anybody being asked. */
  startsUnasked?: boolean;
  tools: { allow: Untrusted[] | null; deny: Untrusted[] | null };
  /** Octal mode of the file, null where the platform has none. */
  fileMode: number | null;
  modifiedAt: Timestamp | null;
  /** This sighting is the one that the client uses where several scopes name the server. */
  wins: boolean;
  /** The folder that a project's or a local entry is for. */
  project?: string | null;
  /** Which home, where several are looked at: `demo`, `wsl:Ubuntu`. Null for the one that was asked for. */
  home?: string | null;
};

/** The name of a secret-bearing setting, and what can be said of it without saying it. */
export type ValueShape = { name: Untrusted; shape: 'reference' | 'secret' | 'plain' | 'empty'; fingerprint: string | null };

/** One MCP server that clients on this machine are configured with, from all its sightings. */
export type DetectedServer = {
  /** Stable over runs: a hash over name and command with arguments, or URL. Secrets are not in it. */
  key: string;
  name: Untrusted;
  transport: Transport;
  command: Untrusted | null;
  /** Values that look like secrets are replaced before they get here. */
  args: Untrusted[];
  cwd: Untrusted | null;
  url: Untrusted | null;
  environment: ValueShape[];
  headers: ValueShape[];
  sightings: Sighting[];
  evidence: { method: 'config' | 'process' | 'port' | 'package'; confidence: number; detail: Untrusted }[];
};

/** A configuration that could not be read, and why. */
export type DetectionProblem = { path: string; line: number | null; column: number | null; message: Untrusted };
/** What a look at the configurations of this machine found, and what it could not read. */
export type Detection = { servers: DetectedServer[]; problems: DetectionProblem[]; filesRead: number };

/** `detectMcpServers()` in `detect.ts`. */
export type DetectOptions = {
  home?: string | undefined;
  platform?: Platform | undefined;
  /** Where project files are looked for, up to the repository's root. */
  cwd?: string | undefined;
  env?: Readonly<Record<string, string | undefined>> | undefined;
  signal?: AbortSignal | undefined;
  /** The disk that the home is on, where managed files are looked for. Default: what the home's path says. */
  root?: string | undefined;
  /** Homes to look at besides, whose sightings carry the label. */
  alsoHomes?: readonly { path: string; label: string }[] | undefined;
  /** Makes fingerprints comparable between runs. Default: one of this process, so that they are comparable within it only. */
  salt?: string | undefined;
  /** Look at processes, ports and packages, too. Default false: what a home's files say is the same everywhere. */
  evidence?: boolean | undefined;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
};

/** A tool as a live MCP server describes it. */
export type McpTool = {
  name: Untrusted;
  title: Untrusted | null;
  description: Untrusted | null;
  inputSchema: unknown;
  outputSchema: unknown;
  annotations: { readOnly: boolean | null; destructive: boolean | null; idempotent: boolean | null; openWorld: boolean | null };
};

/** What a server says of itself when asked. `inspectMcpServer()` in `inspect.ts`. */
export type Inspection = {
  serverName: Untrusted | null;
  serverVersion: Untrusted | null;
  protocolVersion: string | null;
  instructions: Untrusted | null;
  tools: McpTool[];
  resources: { uri: Untrusted; name: Untrusted | null; description: Untrusted | null; mimeType: Untrusted | null }[];
  prompts: { name: Untrusted; description: Untrusted | null; title?: Untrusted | null; arguments?: unknown }[];
  templates?: { uriTemplate: Untrusted; name: Untrusted | null; description: Untrusted | null; mimeType: Untrusted | null }[];
  latencyMs: number | null;
  stderrTail: Untrusted;
  problems: Untrusted[];
  /** How it was reached in the end. */
  transport?: Transport;
  /** Stateful up to 2025-11-25, stateless from 2026-07-28. */
  era?: 'stateful' | 'stateless';
  /** What it says it can do, by the protocol's names. */
  capabilities?: Untrusted[];
  durationMs?: number;
};
