// `aim mcp quarantine` and `release`: a server out of use at every client at once, and back again.

import { UsageError } from '../../src/errors.ts';
import { clientTitle } from '../../src/mcp/clients.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import { overview } from '../../src/mcp/overview.ts';
import {
  planQuarantine,
  planRelease,
  type Quarantined,
  type QuarantinePlan,
  quarantine,
  readRecords,
  release,
} from '../../src/mcp/quarantine.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import type { Cell, View } from '../output/view.ts';
import { detect } from './servers.ts';

type Planned = { name: string; server: DetectedServer; plan: QuarantinePlan };

const plannedServer: Argument<Planned> & { subject: 'mcp-server' } = {
  summary: 'The server: its name or its key',
  subject: 'mcp-server',
  parse: async (text, context) => {
    const { servers } = await detect(context);
    const server = findServer(overview(servers, []), text).detected;
    if (server === null) throw new UsageError('mcp.not-here', { message: `No client of this machine has ${text}.` });
    return { name: server.name, server, plan: await planQuarantine(server) };
  },
  complete: async (partial, context) =>
    (await detect(context)).servers.filter(({ name }) => name.startsWith(partial)).map(({ name }) => ({ value: name })),
};

const put = defineAction({
  id: 'mcp.quarantine',
  summary: 'Take an MCP server out of use at every client that has it, with a backup of each file',
  description:
    'Clients that let an entry be switched off get it switched off; from the files of others it is taken out. Each file is copied first, and aim mcp release puts everything back. Clients that run now keep their servers until they are started again.',
  examples: [{ command: 'mcp quarantine notes', summary: 'Shows what is changed, and asks' }],
  args: { server: plannedServer },
  options: {},
  needs: 'none',
  risk: 'dangerous',
  confirmation: { word: 'quarantine', lines: ({ server }) => planLines(server) },
  plan: async (_, { server }) => planLines(server).map((cells) => cells.join('')),
  run: ({ settings }, { server: { server, plan } }) => {
    if (plan.steps.length === 0)
      throw new UsageError('mcp.nothing-to-do', {
        message: 'No client has this server switched on in a file that may be changed.',
      });
    return quarantine(server, plan, settings.paths.state, new Date());
  },
  view: recordView(),
});

const back = defineAction({
  id: 'mcp.release',
  summary: 'Put an MCP server back where aim mcp quarantine took it out',
  args: {
    server: {
      summary: 'The server: its name or its key',
      parse: (text: string) => text,
      complete: async (_, { settings }) =>
        (await readRecords(settings.paths.state)).map(({ name, at }) => ({ value: name, summary: at })),
    } satisfies Argument<string>,
  },
  options: {},
  needs: 'none',
  risk: 'dangerous',
  plan: async ({ settings }, { server }) => {
    const { name, steps } = await planRelease(server, settings.paths.state);
    return steps.map(
      ({ client, path, backup }) => `${clientTitle(client)}: ${name} is put back in ${path}, as it is in ${backup}`,
    );
  },
  run: ({ settings }, { server }) => release(server, settings.paths.state),
  view: recordView(),
});

export const quarantineActions: readonly Action[] = [put, back];

function planLines({ plan }: Planned): (readonly Cell[])[] {
  return [
    ...plan.steps.flatMap(({ client, path, edit, before, after }): Cell[][] => [
      [ours(`${clientTitle(client)}: ${edit === null ? 'is taken out of' : 'is switched off in'} `), asUntrusted(path)],
      ...before
        .split('\n')
        .filter((line) => after === null || !after.split('\n').includes(line))
        .map((line): Cell[] => [ours('  - '), asUntrusted(line)]),
      ...(after ?? '')
        .split('\n')
        .filter((line) => line !== '' && !before.split('\n').includes(line))
        .map((line): Cell[] => [ours('  + '), asUntrusted(line)]),
    ]),
    ...plan.left.map(({ client, path, why }): Cell[] => [
      ours(`${clientTitle(client)}: left in `),
      asUntrusted(path),
      ours(`, ${why}`),
    ]),
  ];
}

function recordView(): View<Quarantined> {
  return {
    kind: 'text',
    lines: ({ name, steps }) => [
      ...steps.map(({ client, path, backup }): Cell[] => [
        asUntrusted(name),
        ours(`  ${clientTitle(client)}  `),
        asUntrusted(path),
        ours('  backup: '),
        asUntrusted(backup),
      ]),
      [ours('Clients that run now see it when they are started again.')],
    ],
  };
}
