// `aim mcp`: the MCP servers that agents can reach from here, what they offer, and what is wrong with them.

import { z } from 'zod';
import { ExitCode } from '../../src/errors.ts';
import { inspectMcpServer } from '../../src/mcp/inspect.ts';
import { type Action, defineAction } from '../action.ts';
import { agree } from './ask-servers.ts';
import { attestActions } from './attest.ts';
import { check } from './check.ts';
import { driftActions } from './drift.ts';
import { lockActions } from './lock.ts';
import { inspectOptions, placeOptions } from './options.ts';
import { quarantineActions } from './quarantine.ts';
import { reportActions } from './report.ts';
import { detect, noteProblems, rows, serverArgument } from './servers.ts';
import { launchLines, targetArgument, targetOf } from './target.ts';
import { detectionTable, inspectionText, type ShownServer, serverTable, shownServer } from './views.ts';
import { watchServers } from './watch.ts';

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
    await agree(context, launchLines(target), 'this server');
    const { timeout, ...how } = options;
    const given = { timeoutMs: timeout * 1_000, ...how, env: context.io.env, signal: context.signal };
    return { ...server, capabilities, inspection: await inspectMcpServer(server.detected, given) };
  },
  view: shownServer,
});

const detectServers = defineAction({
  id: 'mcp.detect',
  summary: 'Find the MCP servers that clients on this machine are configured with',
  description:
    'Reads the configuration files of every known client: of the user, of the project up to its repository root, managed ones and profiles. Nothing is started, and no value of an environment variable or header is read out: only its name, what kind of value it is, and a fingerprint. With --watch it goes on as aim mcp watch does.',
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
  run: ({ io, signal }, { target: words }, { timeout, ...how }) => {
    const target = targetOf(words);
    return inspectMcpServer(target.server ?? target.launch, {
      timeoutMs: timeout * 1_000,
      ...how,
      env: io.env,
      signal,
    });
  },
  view: inspectionText,
  exitCode: ({ serverName, protocolVersion }) =>
    serverName === null && protocolVersion === null ? ExitCode.Remote : ExitCode.Ok,
});

export const mcpActions: readonly Action[] = [
  ls,
  show,
  detectServers,
  inspect,
  watchServers,
  check,
  ...lockActions,
  ...driftActions,
  ...attestActions,
  ...reportActions,
  ...quarantineActions,
];
