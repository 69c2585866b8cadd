// What clients' settings say of servers beside the servers' own entries: switched off, started unasked, tools that run unasked.

import type { Entry } from './entries.ts';
import type { Candidate } from './places.ts';

/** What one file says. Rules are names of servers, with a tool behind `/` or `*` for all. */
export type Policy = {
  client: string;
  home: string;
  /** The project that it is for; null where it is for all. */
  project: string | null;
  /** Servers that a project's file names start without anybody being asked. */
  startsAll: boolean;
  /** Of the servers that a project's file names. */
  disabled: readonly string[];
  refuses: (entry: Entry, path: string) => boolean;
  unasked: readonly string[];
};

type Members = Record<string, unknown>;
type Said = Partial<Pick<Policy, 'startsAll' | 'disabled' | 'refuses' | 'unasked' | 'project'>>;

export function policiesIn(root: unknown, { client, place, home, project }: Candidate): Policy[] {
  const read = READERS[client.id];
  if (read === undefined || !isObject(root)) return [];
  return read(root, place.scope === 'managed').map((said) => ({
    client: client.id,
    home: home.path,
    project,
    startsAll: false,
    disabled: [],
    refuses: () => false,
    unasked: [],
    ...said,
  }));
}

/** Replaces entries of which the policies say something. `here` are the folders of the project that the caller stands in. */
export function applyPolicies(
  found: { entry: Entry; candidate: Candidate }[],
  policies: readonly Policy[],
  here: readonly string[],
): void {
  if (policies.length === 0) return;
  for (const item of found) {
    const { entry, candidate } = item;
    const project = entry.project ?? candidate.project;
    const own = policies.filter(
      (policy) => policy.client === candidate.client.id && policy.home === candidate.home.path && isFor(policy, project, here),
    );
    if (own.length === 0) continue;
    const isOfProject = entry.scope === 'project';
    const isOff = own.some(
      ({ refuses, disabled }) => refuses(entry, candidate.path) || (isOfProject && disabled.includes(entry.name)),
    );
    const unasked = own.flatMap((policy) => toolsOf(policy, entry.name));
    item.entry = {
      ...entry,
      disabled: entry.disabled || isOff,
      autoApproved: unasked.length === 0 ? entry.autoApproved : [...new Set([...entry.autoApproved, ...unasked])],
      ...(isOfProject && own.some(({ startsAll }) => startsAll) ? { startsUnasked: true } : {}),
    };
  }
}

// A project's settings lie in its root as often as in the folder where the work is done.
function isFor(policy: Policy, project: string | null, here: readonly string[]): boolean {
  if (policy.project === null || policy.project === project) return true;
  return project !== null && here.includes(project) && here.includes(policy.project);
}

const toolsOf = ({ unasked }: Policy, server: string): string[] =>
  unasked.flatMap((rule) => {
    const slash = rule.indexOf('/');
    const [name, tool] = slash === -1 ? [rule, '*'] : [rule.slice(0, slash), rule.slice(slash + 1)];
    return name === '*' || name === server || name === plain(server) ? [tool] : [];
  });

// Claude Code writes a server's name into a rule with everything but letters and digits replaced.
const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]/g, '_');

const READERS: Record<string, (root: Members, isManaged: boolean) => Said[]> = {
  'claude-code': (root, isManaged) => [
    claudeSettings(root, isManaged),
    ...Object.entries(isObject(root['projects']) ? root['projects'] : {}).flatMap(([project, settings]) =>
      isObject(settings) ? [{ ...claudeSettings(settings, false), project }] : [],
    ),
  ],
  'gemini-cli': (root) => {
    const own = isObject(root['mcp']) ? root['mcp'] : {};
    const allowed = listOf(own['allowed']) ?? listOf(root['allowMCPServers']);
    const excluded = listOf(own['excluded']) ?? listOf(root['excludeMCPServers']) ?? [];
    return [{ refuses: ({ name }) => excluded.includes(name) || (allowed !== null && !allowed.includes(name)) }];
  },
  vscode: (root) => [
    { unasked: root['chat.tools.autoApprove'] === true || root['chat.tools.global.autoApprove'] === true ? ['*'] : [] },
  ],
  zed: (root) => [{ unasked: isObject(root['agent']) && root['agent']['always_allow_tool_actions'] === true ? ['*'] : [] }],
  'amazon-q': (root) => [{ unasked: (listOf(root['allowedTools']) ?? []).flatMap(amazonRule) }],
};

function claudeSettings(root: Members, isManaged: boolean): Said {
  const permissions = isObject(root['permissions']) ? root['permissions'] : {};
  const rules = [...(listOf(permissions['allow']) ?? []), ...(listOf(root['allowedTools']) ?? [])];
  return {
    startsAll: root['enableAllProjectMcpServers'] === true,
    disabled: listOf(root['disabledMcpjsonServers']) ?? [],
    unasked: permissions['defaultMode'] === 'bypassPermissions' ? ['*'] : rules.flatMap(claudeRule),
    refuses: isManaged ? managedRule(root) : switchedOff(root),
  };
}

// By name for the servers of a project, by plugin for what a plugin brings.
function switchedOff(root: Members): Policy['refuses'] {
  const names = listOf(root['disabledMcpServers']) ?? [];
  const plugins = isObject(root['enabledPlugins']) ? root['enabledPlugins'] : {};
  return ({ name, scope }, path) => {
    const [, market = '', plugin = ''] = /[\\/]plugins[\\/]cache[\\/]([^\\/]+)[\\/]([^\\/]+)[\\/]/.exec(path) ?? [];
    return (scope !== 'user' && names.includes(name)) || plugins[`${plugin}@${market}`] === false;
  };
}

// `mcp__notes`, `mcp__notes__*`, `mcp__notes__read`.
function claudeRule(rule: string): string[] {
  const [, name, tool = '*'] = /^mcp__(.+?)(?:__(.+))?$/.exec(rule) ?? [];
  return name === undefined ? [] : [`${name}/${tool}`];
}

// `@notes`, `@notes/read`, `*`.
const amazonRule = (rule: string): string[] => (rule === '*' ? ['*'] : rule.startsWith('@') ? [rule.slice(1)] : []);

function managedRule(root: Members): Policy['refuses'] {
  const [allowed, denied] = [root['allowedMcpServers'], root['deniedMcpServers']];
  return (entry) =>
    (Array.isArray(denied) && denied.some((rule) => fits(rule, entry))) ||
    (Array.isArray(allowed) && !allowed.some((rule) => fits(rule, entry)));
}

function fits(rule: unknown, { name, command, args, url }: Entry): boolean {
  if (!isObject(rule)) return false;
  if (typeof rule['serverName'] === 'string') return rule['serverName'] === name;
  if (Array.isArray(rule['serverCommand'])) return JSON.stringify(rule['serverCommand']) === JSON.stringify([command, ...args]);
  if (typeof rule['serverUrl'] !== 'string' || url === null) return false;
  return fitsPattern(rule['serverUrl'], url);
}

// `https://*.example.test/*`: parts in their order, so that no pattern can take long.
function fitsPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of rest.entries()) {
    const isLast = index === rest.length - 1;
    const next = isLast ? (text.endsWith(part) ? text.length - part.length : -1) : text.indexOf(part, at);
    if (next < at) return false;
    at = next + part.length;
  }
  return at === text.length;
}

const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): string[] | null =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
