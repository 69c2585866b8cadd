// `aim mcp`: the MCP servers that agents can reach from here, what they offer, and what is wrong with them.

import { z } from 'zod';
import { ExitCode, PolicyError } from '../../src/errors.ts';
import { inspectMcpServer } from '../../src/mcp/inspect.ts';
import type { Platform } from '../../src/mcp/record.ts';
import { type Action, defineAction, type Option } from '../action.ts';
import { ask } from '../confirm.ts';
import { cellsText } from '../output/cell.ts';
import { detect, noteProblems, rows, serverArgument } from './servers.ts';
import { launchLines, targetArgument, targetOf } from './target.ts';
import { detectionTable, inspectionText, type ShownServer, serverTable, shownServer } from './views.ts';

const placeOptions = {
  home: { summary: 'Look at this home instead: a backup, a mounted disk', value: 'DIR', schema: z.string().optional() },
  platform: {
    summary: 'Whose paths to look at (default: what the home holds)',
    value: 'PLATFORM',
    schema: z.enum(['linux', 'darwin', 'win32'] satisfies Platform[]).optional(),
  },
} as const satisfies Record<string, Option>;

const inspectOptions = {
  timeout: {
    summary: 'Give up after so many seconds (default 30)',
    value: 'SECONDS',
    schema: z.coerce.number().min(1).max(600).default(30),
  },
  sandbox: {
    summary: 'Start it in a sandbox (bwrap, Linux)',
    value: 'KIND',
    schema: z.enum(['none', 'bwrap']).default('none'),
  },
  trustProject: { summary: 'Start it although a file of the project names it', schema: z.boolean().default(false) },
} as const satisfies Record<string, Option>;

const ls = defineAction({
  id: 'mcp.ls',
  summary: 'List the MCP servers of this machine and of the control plane, worst risk first',
  examples: [
    { command: 'mcp ls', summary: 'Every server that a client here is configured with' },
    { command: 'mcp ls --home /mnt/disk/home/ann', summary: 'Those of another home' },
  ],
  args: {},
  options: placeOptions,
  run: async (context, _, place) => {
    const found = await rows(context, place);
    noteProblems(context, found.detection);
    return { items: found.rows, nextCursor: null, total: found.rows.length };
  },
  view: serverTable,
});

const show = defineAction({
  id: 'mcp.show',
  summary: 'Show one MCP server: where it is configured, what is wrong with it, and its tools',
  examples: [
    { command: 'mcp show notes', summary: 'By its name' },
    { command: 'mcp show notes --inspect', summary: 'Start it, and show the tools that it offers now' },
  ],
  args: { server: serverArgument },
  options: {
    inspect: { summary: 'Ask the server itself; shows first what is started', schema: z.boolean().default(false) },
    ...inspectOptions,
  },
  run: async (context, { server }, { inspect, ...options }): Promise<ShownServer> => {
    const capabilities =
      server.id === null ? [] : await context.api.mcp.capabilities(server.id as never, { signal: context.signal });
    if (!inspect || server.detected === null) return { ...server, capabilities, inspection: null };
    const target = targetOf([await targetArgument.parse(server.key, context)]);
    await agree(context, launchLines(target), server.key);
    const { timeout, sandbox, trustProject } = options;
    const given = { timeoutMs: timeout * 1_000, sandbox, trustProject, env: context.io.env, signal: context.signal };
    return { ...server, capabilities, inspection: await inspectMcpServer(server.detected, given) };
  },
  view: shownServer,
});

const detectServers = defineAction({
  id: 'mcp.detect',
  summary: 'Find the MCP servers that clients on this machine are configured with',
  description:
    'Reads the configuration files of every known client: of the user, of the project up to its repository root, managed ones and profiles. Nothing is started, and no value of an environment variable or header is read out: only its name, what kind of value it is, and a fingerprint.',
  examples: [
    { command: 'mcp detect', summary: 'Here and now' },
    { command: 'mcp detect --home /mnt/mac/Users/ann --platform darwin', summary: 'On a mounted disk' },
  ],
  args: {},
  options: placeOptions,
  needs: 'none',
  run: async (context, _, place) => {
    const detection = await detect(context, place);
    noteProblems(context, detection);
    const { servers: items, problems, filesRead } = detection;
    return { items, nextCursor: null, total: items.length, problems, filesRead };
  },
  view: detectionTable,
});

const inspect = defineAction({
  id: 'mcp.inspect',
  summary: 'Start or reach one MCP server and read what it offers',
  description:
    'It asks first and shows exactly what is started. The server gets a scrubbed environment and a temporary home, and everything that comes from it is ended afterwards. Servers that a file of the project names need --trust-project.',
  examples: [
    { command: 'mcp inspect notes', summary: 'A configured one' },
    { command: 'mcp inspect https://mcp.example.com/mcp', summary: 'One behind an address' },
    { command: 'mcp inspect -- npx -y @modelcontextprotocol/server-everything@2026.8.31', summary: 'A command' },
  ],
  args: { target: targetArgument },
  options: inspectOptions,
  needs: 'none',
  risk: 'dangerous',
  confirmation: { word: 'inspect', lines: ({ target }) => launchLines(targetOf(target)) },
  run: ({ io, signal }, { target: words }, { timeout, sandbox, trustProject }) => {
    const target = targetOf(words);
    return inspectMcpServer(target.server ?? target.launch, {
      timeoutMs: timeout * 1_000,
      sandbox,
      trustProject,
      env: io.env,
      signal,
    });
  },
  view: inspectionText,
  exitCode: ({ serverName, protocolVersion }) =>
    serverName === null && protocolVersion === null ? ExitCode.Remote : ExitCode.Ok,
});

export const mcpActions: readonly Action[] = [ls, show, detectServers, inspect];

/** @throws PolicyError exit 3 when the answer is no, and where nobody can answer. */
async function agree(
  { io, signal }: Parameters<typeof detect>[0],
  lines: ReturnType<typeof launchLines>,
  key: string,
): Promise<void> {
  const refused = (message: string): PolicyError =>
    new PolicyError('mcp.not-agreed', { message, next: `aim mcp inspect ${key} --yes`, exitCode: ExitCode.Cancelled });
  if (io.agreed) return;
  if (!io.mayAsk) throw refused('Starting a server needs somebody who agrees, and nobody can answer here.');
  io.stderr.write(`${lines.map(cellsText).join('\n')}\n`);
  if ((await ask('Type inspect to go on: ', io, signal)).trim() !== 'inspect') throw refused('Nothing was started.');
}
