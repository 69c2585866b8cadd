// `aim mcp lock`, `diff` and `ci`: what servers were, what they are now, and an exit code for what lies between.

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { isAtLeast, type Severity, severities } from '../../src/mcp/checks/finding.ts';
import { type Change, driftBetween } from '../../src/mcp/drift.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import { launchOf } from '../../src/mcp/launch.ts';
import { LOCKFILE, type Locked, type Lockfile, lock, readLockfile, writeLockfile } from '../../src/mcp/lockfile.ts';
import { originOf } from '../../src/mcp/origin.ts';
import { overview } from '../../src/mcp/overview.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';
import { asUntrusted, ours, type Untrusted } from '../../src/text/brand.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import type { Cell, View } from '../output/view.ts';
import { writeWholeFile } from '../whole-file.ts';
import { askServers, inspectionFiles } from './ask-servers.ts';
import { changeLines } from './drift-lines.ts';
import { type InspectFlags, inspectOptions, placeOptions } from './options.ts';
import { detect, type Place } from './servers.ts';

const names: Argument<string> & { optional: true; variadic: true } = {
  summary: 'Only these servers, by name or key',
  optional: true,
  variadic: true,
  parse: (text) => text,
};

const options = {
  file: { summary: `The lockfile (default ${LOCKFILE})`, value: 'FILE', schema: z.string().default(LOCKFILE) },
  from: {
    summary: 'What a server says, as NAME=FILE with the JSON of aim mcp inspect, instead of asking it',
    value: 'NAME=FILE',
    schema: z.array(z.string()).default([]),
    repeatable: true,
  },
  ...placeOptions,
  ...inspectOptions,
} as const;
type Flags = InspectFlags & Place & { file: string; from: string[] };

type LockResult = { path: string; locked: Untrusted[]; kept: Untrusted[] };

const lockAction = defineAction({
  id: 'mcp.lock',
  summary: 'Write down what MCP servers are now, so that any change of them shows',
  description: `Asks the servers (after showing what is started) and writes ${LOCKFILE}: how each is launched, its package and integrity, the TLS key of remote ones, every definition in full with its hash, and AIM's manifest hash. Other servers that the file holds stay as they are.`,
  examples: [
    { command: 'mcp lock --yes', summary: 'All servers' },
    { command: 'mcp lock notes', summary: 'One of them, after its change was looked at' },
  ],
  args: { servers: names },
  options,
  needs: 'none',
  risk: 'change',
  run: async (context, { servers }, flags): Promise<LockResult> => {
    const path = resolve(context.io.cwd, flags.file);
    const before = await lockIfThere(path);
    const now = await lockedNow(context, servers ?? [], flags);
    const file: Lockfile = { version: 1, servers: { ...before?.servers, ...Object.fromEntries(now) } };
    await writeWholeFile(path, writeLockfile(file));
    const kept = Object.keys(before?.servers ?? {}).filter((name) => !now.has(name));
    return { path, locked: [...now.keys()].map(asUntrusted), kept: kept.map(asUntrusted) };
  },
  // Servers are asked for a plan as well, after the same question: nothing else says what they are now.
  plan: async (context, { servers }, flags) => {
    const path = resolve(context.io.cwd, flags.file);
    const before = (await lockIfThere(path))?.servers ?? {};
    const now = await lockedNow(context, servers ?? [], flags);
    return [...now].flatMap(([name, after]) => {
      const old = before[name];
      if (old === undefined) return [`${path}: ${name} would be added`];
      const changes = driftBetween(old, after).flatMap(changeLines);
      return changes.length === 0
        ? []
        : [`${path}: ${name} would be locked as it is now`, ...changes.map((cells) => cells.join(''))];
    });
  },
  view: {
    kind: 'text',
    lines: ({ path, locked, kept }) => [
      ...locked.map((name): Cell[] => [ours('locked  '), name]),
      ...kept.map((name): Cell[] => [ours('kept    '), name]),
      [ours('written to '), asUntrusted(path)],
    ],
  } satisfies View<LockResult>,
});

type Drift = {
  server: Untrusted;
  state: 'same' | 'drifted' | 'unlocked' | 'silent' | 'gone';
  severity: Severity | null;
  manifestHash: string | null;
  changes: Change[];
};
type DriftResult = { items: Drift[]; nextCursor: null; total: number; path: string };

const diffOf = async (context: ActionContext, given: readonly string[], flags: Flags): Promise<DriftResult> => {
  const path = resolve(context.io.cwd, flags.file);
  const { servers: locked } = await lockAt(path);
  const now = await lockedNow(context, given, flags);
  const wanted = given.length === 0 ? [...new Set([...Object.keys(locked), ...now.keys()])] : [...given];
  const present = new Set(now.seen);
  const items = wanted.toSorted().map((name): Drift => {
    const [before, after] = [locked[name], now.get(name)];
    const base = { server: asUntrusted(name), manifestHash: after?.manifestHash ?? null };
    if (before === undefined) return { ...base, state: 'unlocked', severity: 'medium', changes: [] };
    if (after === undefined)
      return {
        ...base,
        state: present.has(name) ? 'silent' : 'gone',
        severity: present.has(name) ? 'medium' : 'info',
        changes: [],
      };
    const changes = driftBetween(before, after);
    return { ...base, state: changes.length === 0 ? 'same' : 'drifted', severity: changes[0]?.severity ?? null, changes };
  });
  return { items, nextCursor: null, total: items.length, path };
};

const diffView: View<DriftResult> = {
  kind: 'text',
  lines: ({ items, path }) =>
    items.length === 0 ? [[ours('The lockfile '), asUntrusted(path), ours(' holds no server.')]] : items.flatMap(driftLines),
};

const diff = defineAction({
  id: 'mcp.diff',
  summary: 'Show how MCP servers changed since they were locked, word by word',
  examples: [{ command: 'mcp diff notes', summary: 'What is different now' }],
  args: { servers: names },
  options,
  needs: 'none',
  run: (context, { servers }, flags) => diffOf(context, servers ?? [], flags),
  view: diffView,
});

const ci = defineAction({
  id: 'mcp.ci',
  summary: 'Fail where an MCP server is not as it was locked',
  description:
    'Exit 0 where all is as locked, 1 where something changed or is not locked, 10 where a locked server does not answer.',
  examples: [{ command: 'mcp ci --yes --fail-on medium', summary: 'In a pipeline; small changes pass' }],
  args: { servers: names },
  options: {
    ...options,
    failOn: {
      summary: 'The least severity that fails (default low)',
      value: 'SEVERITY',
      schema: z.enum(severities).default('low'),
    },
  },
  needs: 'none',
  run: async (context, { servers }, { failOn, ...flags }) => ({ ...(await diffOf(context, servers ?? [], flags)), failOn }),
  view: diffView,
  exitCode: ({ items, failOn }) => {
    const bad = items.filter(({ severity }) => severity !== null && isAtLeast(severity, failOn));
    if (bad.length === 0) return ExitCode.Ok;
    return bad.every(({ state }) => state === 'silent') ? ExitCode.Remote : ExitCode.Failure;
  },
});

export const lockActions: readonly Action[] = [lockAction, diff, ci];

const lockIfThere = (path: string): Promise<Lockfile | null> =>
  lockAt(path).catch((error: unknown) => {
    if (error instanceof UsageError && error.code === 'mcp.lock-missing') return null;
    throw error;
  });

async function lockAt(path: string): Promise<Lockfile> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError('mcp.lock-missing', {
      message: `There is no lockfile at ${path}.`,
      next: 'Make one: aim mcp lock',
      exitCode: ExitCode.NotFound,
    });
  });
  return readLockfile(text, path);
}

async function lockedNow(
  context: ActionContext,
  given: readonly string[],
  flags: Flags,
): Promise<Map<string, Locked> & { seen: string[] }> {
  const detection = await detect(context, flags);
  const all = overview(detection.servers, []);
  const servers: DetectedServer[] =
    given.length === 0
      ? detection.servers
      : given.flatMap((name) =>
          flags.from.some((pair) => pair.startsWith(`${name}=`))
            ? detection.servers.filter((server) => server.name === name)
            : (findServer(all, name).detected ?? []),
        );
  const said = await inspectionFiles(servers, flags.from, context.io.cwd);
  const live = servers.filter(({ key }) => !said.has(key));
  if (live.length > 0 && (flags.from.length === 0 || given.length > 0))
    for (const [key, inspection] of await askServers(context, live, flags)) said.set(key, inspection);
  const found = Object.assign(new Map<string, Locked>(), { seen: servers.map(({ name }) => String(name)) });
  for (const server of [...servers, ...said.strangers]) {
    const inspection = said.get(server.key);
    if (inspection === undefined || (inspection.serverName === null && inspection.tools.length === 0)) continue;
    const isFile = said.strangers.includes(server);
    const origin = isFile ? null : await launchOf(server, context.io.env).then(({ launch }) => originOf(launch));
    // Two servers of one name are told apart by their keys.
    const name = found.has(server.name) ? `${server.name} (${server.key})` : String(server.name);
    found.set(name, lock(server, inspection, origin));
  }
  return found;
}

function driftLines({ server, state, severity, changes }: Drift): Cell[][] {
  const said = {
    same: 'as locked',
    drifted: 'changed',
    unlocked: 'is not in the lockfile',
    silent: 'is locked and did not answer',
    gone: 'is locked, and no client has it any more',
  };
  return [[ours(`${(severity ?? 'ok').padEnd(9)}`), server, ours(` ${said[state]}`)], ...changes.flatMap(changeLines)];
}
