// `aim mcp record`, `history` and `drift`: what servers were seen to offer, kept by the control plane, and what people say to its changes.

import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { addressOf } from '../../src/mcp/detection-report.ts';
import { launchOf } from '../../src/mcp/launch.ts';
import { lock } from '../../src/mcp/lockfile.ts';
import { originOf } from '../../src/mcp/origin.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { asUntrusted, ours, type Untrusted } from '../../src/text/brand.ts';
import type { McpDrift, McpManifest } from '../../src/wire/mcp.ts';
import { idsWith } from '../../src/wire/short-id.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import { type Cell, tableView, type View } from '../output/view.ts';
import { askServers } from './ask-servers.ts';
import { changeLines, driftLines } from './drift-lines.ts';
import { inspectOptions } from './options.ts';
import { rows, serverArgument } from './servers.ts';

const feature = 'mcp.manifests' as const;

export type RecordedServer = {
  server: Untrusted;
  serverId: string;
  state: 'baseline' | 'same' | 'drifted';
  drift: McpDrift | null;
};

const record = defineAction({
  id: 'mcp.record',
  summary: 'Have the control plane keep what MCP servers offer now, and tell what differs from before',
  description:
    'Asks the servers (after showing what is started) and sends every definition in full. The first that is recorded is the baseline; whatever differs later is drift and raises an alert, also where only a description changed. Servers that the registry does not know are registered.',
  examples: [{ command: 'mcp record notes', summary: 'One server' }],
  args: { servers: { ...serverArgument, variadic: true } as typeof serverArgument & { variadic: true } },
  options: inspectOptions,
  feature,
  needs: 'member',
  risk: 'change',
  run: async (context, { servers }, flags) => {
    const here = servers.flatMap((row) => (row.detected === null ? [] : [{ ...row, detected: row.detected }]));
    const away = servers.find(({ detected }) => detected === null);
    if (away !== undefined) throw notHere(away);
    const said = await askServers(
      context,
      here.map(({ detected }) => detected),
      flags,
    );
    const items: RecordedServer[] = [];
    for (const row of here) {
      const inspection = said.get(row.detected.key);
      if (inspection === undefined || inspection.serverName === null) continue;
      const { launch } = await launchOf(row.detected, context.io.env);
      const content = lock(row.detected, inspection, await originOf(launch));
      const id = (row.id ?? (await registered(context, row))) as never;
      const { state, drift } = await context.api.mcp.record(id, content, { signal: context.signal });
      items.push({ server: row.name, serverId: id, state, drift });
    }
    if (items.length === 0)
      throw new UsageError('mcp.silent', {
        message: 'None of these servers answered, so nothing was recorded.',
        next: 'See what is wrong with one: aim mcp inspect NAME',
        exitCode: ExitCode.Remote,
      });
    return { items, nextCursor: null, total: items.length };
  },
  view: {
    kind: 'text',
    lines: ({ items }) =>
      items.flatMap(({ server, state, drift }): Cell[][] => [
        [server, ours(` ${STATES[state]}`)],
        ...(drift === null ? [] : [[ours('  drift '), asUntrusted(drift.id)], ...(drift.changes ?? []).flatMap(changeLines)]),
      ]),
  } satisfies View<{ items: readonly RecordedServer[] }>,
});

const STATES = {
  baseline: 'is recorded as its baseline',
  same: 'is as its baseline',
  drifted: 'is not as its baseline',
};

const history = defineAction({
  id: 'mcp.history',
  summary: 'List every content that an MCP server was seen with',
  examples: [{ command: 'mcp history notes', summary: 'When it offered what' }],
  args: { server: serverArgument },
  options: {},
  feature,
  run: async ({ api, signal }, { server }) => {
    const items = await api.mcp.manifests(idOf(server), { signal });
    return { items, nextCursor: null, total: items.length };
  },
  view: tableView({
    rows: ({ items }: { items: readonly McpManifest[] }) => items,
    columns: [
      {
        key: 'firstSeenAt',
        title: 'First seen',
        value: ({ firstSeenAt }: McpManifest) => asUntrusted(firstSeenAt),
        format: 'time',
      },
      {
        key: 'lastSeenAt',
        title: 'Last seen',
        value: ({ lastSeenAt }: McpManifest) => asUntrusted(lastSeenAt),
        format: 'time',
        giveUp: 2,
      },
      { key: 'status', title: 'Status', value: ({ status }: McpManifest) => asUntrusted(status) },
      {
        key: 'definitionsTotal',
        title: 'Definitions',
        value: ({ definitionsTotal }: McpManifest) => definitionsTotal,
        format: 'number',
      },
      { key: 'reportedBy', title: 'Seen by', value: ({ reportedBy }: McpManifest) => reportedBy, giveUp: 1 },
      {
        key: 'manifestHash',
        title: 'Manifest',
        value: ({ manifestHash }: McpManifest) => asUntrusted(manifestHash),
        format: 'id',
        giveUp: 3,
      },
    ],
    empty: 'Nothing was recorded of this server yet: aim mcp record NAME',
  }),
});

const ls = defineAction({
  id: 'mcp.drift.ls',
  summary: 'List how MCP servers differ from their baselines',
  examples: [{ command: 'mcp drift ls', summary: 'What waits for a decision' }],
  args: {},
  options: {
    status: {
      summary: 'One of open, acknowledged, approved, denied, superseded or all (default open)',
      value: 'STATUS',
      schema: z.enum(['open', 'acknowledged', 'approved', 'denied', 'superseded', 'all']).default('open'),
    },
  },
  feature,
  run: ({ api, signal }, _, { status }) => api.mcp.drift(null, { status, limit: 100, signal }),
  view: tableView({
    rows: ({ items }: { items: readonly McpDrift[] }) => items,
    columns: [
      { key: 'id', title: 'Drift', value: ({ id }: McpDrift) => asUntrusted(id), format: 'id' },
      { key: 'server', title: 'Server', value: ({ mcpServerName }: McpDrift) => mcpServerName },
      { key: 'severity', title: 'Severity', value: ({ severity }: McpDrift) => asUntrusted(severity) },
      { key: 'status', title: 'Status', value: ({ status }: McpDrift) => asUntrusted(status) },
      { key: 'changes', title: 'Changes', value: ({ changesTotal }: McpDrift) => changesTotal, format: 'number' },
      {
        key: 'detectedAt',
        title: 'Since',
        value: ({ detectedAt }: McpDrift) => asUntrusted(detectedAt),
        format: 'time',
        giveUp: 1,
      },
      { key: 'what', title: 'What', value: (drift: McpDrift) => asUntrusted(whatOf(drift)), grow: true, giveUp: 2 },
    ],
    empty: 'No MCP server differs from its baseline.',
    next: ({ items }: { items: readonly McpDrift[] }) => (items.length > 0 ? 'Word by word: aim mcp drift show DRIFT' : null),
  }),
});

const driftArgument: Argument<McpDrift> = {
  summary: 'The drift: its id, the end or the beginning of it, or the name of the server that drifted',
  parse: async (text, { api, signal }) => {
    const { items } = await api.mcp.drift(null, { status: 'all', limit: 100, signal });
    const parts = idsWith(text, items, ({ id }) => id);
    const found = parts.length > 0 ? parts : items.filter(({ id }) => text.length >= 4 && id.startsWith(text));
    const open = items.filter(
      ({ mcpServerName, status }) => mcpServerName === text && (status === 'open' || status === 'acknowledged'),
    );
    const [one, another] = found.length > 0 ? found : open;
    if (one === undefined || another !== undefined)
      throw new UsageError('mcp.drift-not-found', {
        message: one === undefined ? `There is no drift ${text}.` : `${text} means more than one drift.`,
        next: 'See them: aim mcp drift ls --status all',
        exitCode: one === undefined ? ExitCode.NotFound : ExitCode.Usage,
      });
    const whole = await api.mcp.drift(one.mcpServerId, { status: one.status, limit: 100, signal });
    return whole.items.find(({ id }) => id === one.id) ?? one;
  },
  complete: async (partial, { api, signal }) =>
    (await api.mcp.drift(null, { status: 'all', limit: 100, signal })).items
      .filter(({ id }) => id.startsWith(partial))
      .map(({ id, mcpServerName, severity }) => ({ value: id, summary: `${mcpServerName ?? ''} ${severity}` })),
};

const show = defineAction({
  id: 'mcp.drift.show',
  summary: 'Show how an MCP server differs from its baseline, word by word',
  examples: [{ command: 'mcp drift show notes', summary: 'What changed, before deciding on it' }],
  args: { drift: driftArgument },
  options: {},
  feature,
  run: async (_, { drift }) => drift,
  view: { kind: 'text', lines: driftLines } satisfies View<McpDrift>,
});

const reasonOption = { summary: 'Why; it stands in the audit log', value: 'TEXT', schema: z.string().optional() };

const acknowledge = defineAction({
  id: 'mcp.drift.acknowledge',
  summary: 'Say that a drift was seen; the baseline stays',
  args: { drift: driftArgument },
  options: { reason: reasonOption },
  feature,
  needs: 'member',
  risk: 'change',
  run: ({ api, signal }, { drift }, { reason }) => api.mcp.decideDrift(drift, 'acknowledge', { reason, signal }),
  view: { kind: 'text', lines: driftLines } satisfies View<McpDrift>,
});

const approve = defineAction({
  id: 'mcp.drift.approve',
  summary: 'Make what an MCP server offers now its baseline',
  examples: [{ command: 'mcp drift approve notes --reason "new release, read it"', summary: 'Shows the changes, and asks' }],
  args: { drift: driftArgument },
  options: { reason: reasonOption },
  feature,
  needs: 'manager',
  risk: 'dangerous',
  confirmation: { word: 'approve', lines: ({ drift }) => driftLines(drift) },
  run: ({ api, signal }, { drift }, { reason }) => api.mcp.decideDrift(drift, 'approve', { reason, signal }),
  view: { kind: 'text', lines: driftLines } satisfies View<McpDrift>,
});

const deny = defineAction({
  id: 'mcp.drift.deny',
  summary: 'Refuse what an MCP server became, and suspend it',
  description:
    'The server is suspended at the control plane. Clients go on until aim mcp quarantine takes it out of their files.',
  examples: [{ command: 'mcp drift deny notes --reason "asks for keys"', summary: 'Shows the changes, and asks' }],
  args: { drift: driftArgument },
  options: { reason: reasonOption },
  feature,
  needs: 'manager',
  risk: 'dangerous',
  confirmation: { word: 'deny', lines: ({ drift }) => driftLines(drift) },
  run: ({ api, signal }, { drift }, { reason }) => api.mcp.decideDrift(drift, 'deny', { reason, signal }),
  view: { kind: 'text', lines: driftLines } satisfies View<McpDrift>,
});

export const driftActions: readonly Action[] = [record, history, ls, show, acknowledge, approve, deny];

function idOf({ id, name }: McpRow): never {
  if (id !== null) return id as never;
  throw new UsageError('mcp.not-registered', {
    message: `The control plane does not know ${name}.`,
    next: `Record it: aim mcp record ${name}`,
    exitCode: ExitCode.NotFound,
  });
}

const notHere = ({ name }: McpRow): UsageError =>
  new UsageError('mcp.not-here', {
    message: `No client of this machine has ${name}, so it cannot be asked from here.`,
    next: 'See where servers are configured: aim mcp ls',
  });

// A name that another server has already gets this one's key behind it: the address is what tells them apart.
async function registered(context: ActionContext, { name, detected }: McpRow): Promise<string> {
  const url = detected === null ? '' : addressOf(detected);
  const { id } = await context.api.mcp.register({ name, url }, { signal: context.signal }).catch(async (error: unknown) => {
    const again = (await rows(context)).rows.find((row) => row.name === name && row.id !== null);
    if (again?.id == null) throw error;
    return { id: again.id };
  });
  return id;
}

const whatOf = ({ addedTools, changedTools, removedTools }: McpDrift): string =>
  [
    ...addedTools.map((key) => `+${key}`),
    ...changedTools.map((key) => `~${key}`),
    ...removedTools.map((key) => `-${key}`),
  ].join(' ');
