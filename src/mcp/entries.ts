// One client's way of writing a server down, read into one shape. The values in it never leave this folder's inside.

import type { Client, Container, Place } from './client.ts';
import type { Scope, Transport } from './record.ts';

/** A server as a file names it, with its secrets. Only `inspect` may use them, and only to start the server. */
export type Entry = {
  name: string;
  pointer: string;
  scope: Scope;
  /** The folder of Claude Code's `projects` that the entry is for. */
  project: string | null;
  transport: Transport;
  command: string | null;
  args: string[];
  cwd: string | null;
  url: string | null;
  /** A null value is known by name only: it is read from elsewhere when the server starts. */
  environment: Map<string, string | null>;
  headers: Map<string, string | null>;
  disabled: boolean;
  autoApproved: string[];
  /** A project's server that the client starts without asking. */
  startsUnasked?: boolean;
  tools: { allow: string[] | null; deny: string[] | null };
};

export type EntryProblem = { pointer: string; message: string };

export function entriesIn(root: unknown, client: Client, place: Place): { entries: Entry[]; problems: EntryProblem[] } {
  const entries: Entry[] = [];
  const problems: EntryProblem[] = [];
  if (!isObject(root)) {
    if (root !== null && root !== undefined) problems.push({ pointer: '', message: 'It does not hold an object.' });
    return { entries, problems };
  }
  for (const container of place.at ?? client.at) {
    for (const found of follow(root, container)) {
      for (const [key, value] of container.isOne ? [['', found.value] as const] : membersOf(found.value)) {
        const pointer = container.isOne ? found.pointer : `${found.pointer}/${escapePointer(key)}`;
        if (!isObject(value)) {
          problems.push({ pointer, message: 'A server is written down as an object.' });
        } else if (value['bundled'] !== true) {
          const scope = container.scope ?? place.scope;
          const name = container.isOne ? (firstText(root, ['display_name', 'name']) ?? '') : key;
          const entry = readEntry(value, client, name, Array.isArray(found.value));
          entries.push({ ...entry, pointer, scope, project: found.project });
        }
      }
      if (found.value !== null && typeof found.value !== 'object') {
        problems.push({ pointer: found.pointer, message: 'Servers are kept in a map or a list.' });
      }
    }
  }
  return { entries, problems };
}

/** What `pointer` points to, for reading a single entry again. */
export function atPointer(root: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
    }, root);
}

type Found = { value: unknown; pointer: string; project: string | null };

function follow(root: unknown, { path, unless }: Container): Found[] {
  if (unless !== undefined && isObject(root) && Object.hasOwn(root, unless)) return [];
  let found: Found[] = [{ value: root, pointer: '', project: null }];
  for (const step of path) {
    found = found.flatMap(({ value, pointer, project }) => {
      if (!isObject(value)) return [];
      if (step === '*') {
        return Object.entries(value).map(([key, member]) => ({
          value: member,
          pointer: `${pointer}/${escapePointer(key)}`,
          project: key,
        }));
      }
      return Object.hasOwn(value, step) ? [{ value: value[step], pointer: `${pointer}/${escapePointer(step)}`, project }] : [];
    });
  }
  return found;
}

function membersOf(container: unknown): [string, unknown][] {
  return typeof container === 'object' && container !== null ? Object.entries(container) : [];
}

type ReadEntry = Omit<Entry, 'pointer' | 'scope' | 'project'>;

export function readEntry(value: Members, client: Pick<Client, 'urlMeans'>, key: string, isInList = false): ReadEntry {
  // Continue's older form nests how to reach the server; Sema4.ai writes the transport's name in the same place.
  const own = isObject(value['transport']) ? { ...value, ...value['transport'], transport: undefined } : value;
  const url = firstText(own, ['url', 'serverUrl', 'httpUrl', 'uri', 'baseUrl']);
  const launch = launchOf(own);
  return {
    name: isInList ? (firstText(own, ['name', 'id']) ?? `#${Number(key) + 1}`) : key,
    transport: transportOf(own, launch.command, url, client.urlMeans),
    ...launch,
    cwd: firstText(own, ['cwd', 'workingDirectory']),
    url,
    environment: environmentOf(own),
    headers: headersOf(own),
    disabled: own['disabled'] === true || own['enabled'] === false || own['isActive'] === false,
    autoApproved: autoApprovedOf(own),
    tools: {
      allow: listIn(own, ['includeTools', 'enabled_tools', 'available_tools', 'allowedTools', 'tools']),
      deny: listIn(own, ['excludeTools', 'disabled_tools', 'disabledTools']),
    },
  };
}

function launchOf(own: Members): { command: string | null; args: string[] } {
  const written = own['command'] ?? own['cmd'];
  const rest = texts(own['args']);
  if (typeof written === 'string') return { command: written, args: rest };
  if (Array.isArray(written)) {
    const [command = null, ...args] = texts(written);
    return { command, args: [...args, ...rest] };
  }
  if (isObject(written))
    return { command: firstText(written, ['path', 'command']), args: [...texts(written['args']), ...rest] };
  return { command: null, args: rest };
}

function transportOf(own: Members, command: string | null, url: string | null, urlMeans: 'sse' | undefined): Transport {
  const said = firstText(own, ['type', 'transport', 'transportType']);
  const named = said === null ? undefined : TRANSPORTS[said.toLowerCase().replaceAll(/[^a-z]/g, '')];
  if (named === 'stdio' ? command !== null : named !== undefined && url !== null) return named ?? 'unknown';
  if (command !== null) return 'stdio';
  if (url === null) return 'unknown';
  if (own['httpUrl'] !== undefined) return 'http';
  return urlMeans ?? (/\/sse\/?(?:\?|$)/.test(url) ? 'sse' : 'http');
}

const TRANSPORTS: Record<string, Transport> = {
  stdio: 'stdio',
  local: 'stdio',
  command: 'stdio',
  custom: 'stdio',
  http: 'http',
  https: 'http',
  remote: 'http',
  streamablehttp: 'http',
  streaminghttp: 'http',
  sse: 'sse',
};

function environmentOf(own: Members): Map<string, string | null> {
  const values = new Map<string, string | null>();
  for (const key of ['env', 'environment', 'envs']) addPairs(values, own[key]);
  const launch = own['command'];
  if (isObject(launch)) addPairs(values, launch['env']);
  for (const name of [...names(own['env_vars']), ...names(own['env_keys'])]) values.set(name, null);
  return values;
}

function headersOf(own: Members): Map<string, string | null> {
  const values = new Map<string, string | null>();
  for (const key of ['headers', 'http_headers', 'requestOptions']) {
    const written = own[key];
    addPairs(values, key === 'requestOptions' && isObject(written) ? written['headers'] : written, /\s*[:=]\s*/);
  }
  if (isObject(own['env_http_headers'])) for (const name of Object.keys(own['env_http_headers'])) values.set(name, null);
  if (typeof own['bearer_token_env_var'] === 'string') values.set('Authorization', null);
  if (typeof own['bearer_token'] === 'string') values.set('Authorization', own['bearer_token']);
  return values;
}

// A map, a list of `NAME=value` or `Name: value`, or a list of `{name, value}`.
function addPairs(values: Map<string, string | null>, written: unknown, sign = /=/): void {
  if (Array.isArray(written) || typeof written === 'string') {
    for (const item of [written].flat()) {
      if (typeof item === 'string') {
        const [between = ''] = sign.exec(item) ?? [];
        const at = between === '' ? -1 : item.indexOf(between);
        // One without the sign is a name, of which the value is elsewhere; or a value that nobody may see.
        const name = nameIn(at === -1 ? item : item.slice(0, at));
        values.set(name, at === -1 ? (name === item ? null : item.slice(name.length)) : item.slice(at + between.length));
      } else if (isObject(item)) {
        const name = firstText(item, ['name', 'key']);
        if (name !== null) values.set(name, textOf(item['value']));
        else addPairs(values, item, sign);
      }
    }
  } else if (isObject(written)) {
    for (const [name, value] of Object.entries(written)) values.set(name, textOf(value));
  }
}

// `export TOKEN`, `TOKEN value`, `TOKEN: value`, `TOKEN=value`: no more than the name.
const nameIn = (text: string): string => /^\s*(?:export\s+)?([^\s=:]*)/.exec(text)?.[1] ?? '';

function autoApprovedOf(own: Members): string[] {
  if (own['trust'] === true || own['default_tools_approval_mode'] === 'approve') return ['*'];
  const listed = [own['autoApprove'], own['alwaysAllow'], own['autoApproved']];
  if (listed.includes(true)) return ['*'];
  const approved = isObject(own['tools'])
    ? Object.entries(own['tools']).filter(([, tool]) => isObject(tool) && tool['approval_mode'] === 'approve')
    : [];
  return [...listed.flatMap(texts), ...approved.map(([name]) => name)];
}

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

function firstText(value: Members, keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = value[key];
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return '…'; // nested without end, or a number that JSON does not know
  }
}

const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  // Lists in lists are met, and are one command line all the same.
  return value.flat(2).flatMap((item) => (item === null || item === undefined ? [] : [textOf(item)]));
};

const names = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).flatMap((item: unknown) => {
    const name = typeof item === 'string' ? item : isObject(item) ? firstText(item, ['name']) : null;
    return name === null ? [] : [nameIn(name)];
  });

function listIn(own: Members, keys: readonly string[]): string[] | null {
  for (const key of keys) if (Array.isArray(own[key])) return texts(own[key]);
  return null;
}

const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
