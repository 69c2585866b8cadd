// Keeps what an MCP server was seen to offer: the first is the baseline, everything else is drift until a person has decided.

import { randomUUID } from 'node:crypto';
import { type Change as Difference, driftBetween } from '../../mcp/drift.ts';
import { type Locked, lockedDefinitions, lockedHash, wrongHash } from '../../mcp/lockfile.ts';
import { manifestHash, writtenEntries } from '../../mcp/manifest.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { Queries } from '../database/open.ts';
import type { McpDriftTable, McpManifestTable, McpServerTable } from '../database/tables/mcp.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Origin } from '../route.ts';
import type { Services } from '../services.ts';
import { raiseAlert } from '../store/alerts.ts';
import { serverById, tellMcp } from '../store/mcp-servers.ts';
import { keepCapabilities, withoutNul } from './capabilities-of.ts';

export type Recorded = {
  state: 'baseline' | 'same' | 'drifted';
  manifest: McpManifestTable;
  drift: McpDriftTable | null;
  server: McpServerTable;
};

/**
 * Compares with the baseline and keeps what is new. Nobody but a person moves the baseline, so that a server that is asked
 * often enough does not become its own reference.
 */
export async function recordManifest(
  services: Services,
  principal: Principal,
  origin: Origin,
  mcpServerId: string,
  sent: Locked,
): Promise<Recorded> {
  const wrong = wrongHash(sent);
  if (wrong !== null) throw invalid(`definitions.${wrong}: its hash does not fit its text`, 'definitions');
  const content = { ...sent, manifestHash: manifestHash(writtenEntries(lockedDefinitions(sent))) };
  const reporter = `${principal.kind}:${principal.id}`;
  // Comparing takes its time and is done before the change; where the baseline moved meanwhile, again.
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const baseline = await baselineOf(services.queries, mcpServerId);
    const changes = baseline === null ? [] : differences(baseline, content, reporter);
    const recorded = await services.changes.run(async (change) => {
      const server = await serverById(change.queries, principal.organizationId, mcpServerId);
      const now = await baselineOf(change.queries, server.id);
      if (now?.id !== baseline?.id) return null;
      const kept = { change, server, content, reporter, reportedBy: nameOf(principal) };
      if (now === null) return begin(kept, principal, origin);
      return changes.length === 0 ? seenAgain(kept, now) : drifted(kept, now, changes, principal, origin);
    });
    if (recorded !== null) return recorded;
  }
  throw new Refusal(409, 'baselineMoved', 'The baseline of this MCP server moves all the time');
}

const MOST_ROUNDS = 5;

export async function baselineOf(queries: Queries, mcpServerId: string): Promise<McpManifestTable | null> {
  const row = await queries
    .selectFrom('mcpManifests')
    .selectAll()
    .where('mcpServerId', '=', mcpServerId)
    .where('status', '=', 'baseline')
    .executeTakeFirst();
  return row ?? null;
}

// The same server is started by another path on another machine; what it offers is the same everywhere.
function differences(baseline: McpManifestTable, content: Locked, reporter: string): Difference[] {
  const before = JSON.parse(baseline.content) as Locked;
  const isSameMachine = baseline.reporter === reporter;
  return driftBetween(before, isSameMachine ? content : { ...content, command: before.command, origin: null });
}

type Keeping = { change: Change; server: McpServerTable; content: Locked; reporter: string; reportedBy: string };

async function begin(kept: Keeping, principal: Principal, origin: Origin): Promise<Recorded> {
  const manifest = await insert(kept, 'baseline');
  await keepCapabilities(kept.change, kept.server, kept.content);
  await tellMcp(kept.change, principal, origin, kept.server, 'record-manifest', {
    manifestHash: manifest.manifestHash,
    fullHash: manifest.fullHash,
  });
  return { state: 'baseline', manifest, drift: null, server: kept.server };
}

async function seenAgain({ change: { queries, now }, server }: Keeping, baseline: McpManifestTable): Promise<Recorded> {
  const set = { lastSeenAt: now, timesSeen: baseline.timesSeen + 1 };
  await queries.updateTable('mcpManifests').set(set).where('id', '=', baseline.id).execute();
  return { state: 'same', manifest: { ...baseline, ...set }, drift: null, server };
}

async function drifted(
  kept: Keeping,
  baseline: McpManifestTable,
  changes: Difference[],
  principal: Principal,
  origin: Origin,
): Promise<Recorded> {
  const { change, server, content } = kept;
  const { queries, now } = change;
  const known = await queries
    .selectFrom('mcpManifests')
    .selectAll()
    .where('mcpServerId', '=', server.id)
    .where('fullHash', '=', lockedHash(content))
    .executeTakeFirst();
  if (known === undefined) await refuseFlood(queries, server.id);
  const manifest = known ?? (await insert(kept, 'pending'));
  if (known !== undefined) {
    const set = {
      lastSeenAt: now,
      timesSeen: known.timesSeen + 1,
      ...(known.status === 'former' ? { status: 'pending' as const } : {}),
    };
    await queries.updateTable('mcpManifests').set(set).where('id', '=', known.id).execute();
  }
  const before = await queries
    .selectFrom('mcpDrifts')
    .selectAll()
    .where('fromManifestId', '=', baseline.id)
    .where('toManifestId', '=', manifest.id)
    .executeTakeFirst();
  if (before !== undefined) {
    // What was taken back and comes again is open again; what was denied is told again each time.
    const isBack = before.status === 'approved' || before.status === 'superseded';
    const set = { lastSeenAt: now, timesSeen: before.timesSeen + 1, ...(isBack ? { status: 'open' as const } : {}) };
    await queries.updateTable('mcpDrifts').set(set).where('id', '=', before.id).execute();
    const drift = { ...before, ...set };
    if (isBack || before.status === 'denied') await alert(change, server, drift, principal);
    return { state: 'drifted', manifest, drift, server };
  }
  const drift: McpDriftTable = {
    id: randomUUID(),
    organizationId: server.organizationId,
    mcpServerId: server.id,
    fromManifestId: baseline.id,
    toManifestId: manifest.id,
    prevHash: baseline.fullHash,
    newHash: manifest.fullHash,
    severity: changes[0]?.severity ?? 'info',
    changes: JSON.stringify(changes.slice(0, MOST_CHANGES)),
    changesTotal: changes.length,
    status: 'open',
    source: principal.kind === 'agent' ? 'agent' : 'operator',
    detectedAt: now,
    lastSeenAt: now,
    timesSeen: 1,
    decidedBy: null,
    decidedAt: null,
    reason: null,
  };
  await queries.insertInto('mcpDrifts').values(drift).execute();
  await alert(change, server, drift, principal);
  await tellMcp(change, principal, origin, server, 'drift', {
    driftId: drift.id,
    severity: drift.severity,
    prevHash: drift.prevHash,
    newHash: drift.newHash,
  });
  return { state: 'drifted', manifest, drift, server };
}

async function insert(
  { change: { queries, now }, server, content, reporter, reportedBy }: Keeping,
  status: McpManifestTable['status'],
): Promise<McpManifestTable> {
  const row: McpManifestTable = {
    id: randomUUID(),
    organizationId: server.organizationId,
    mcpServerId: server.id,
    manifestHash: content.manifestHash,
    fullHash: lockedHash(content),
    content: JSON.stringify(content),
    status,
    reporter,
    reportedBy,
    firstSeenAt: now,
    lastSeenAt: now,
    timesSeen: 1,
  };
  await queries.insertInto('mcpManifests').values(row).execute();
  return row;
}

// A server that says something else each time it is asked must not fill the disk.
async function refuseFlood(queries: Queries, mcpServerId: string): Promise<void> {
  const { total } = await queries
    .selectFrom('mcpManifests')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('mcpServerId', '=', mcpServerId)
    .where('status', '=', 'pending')
    .executeTakeFirstOrThrow();
  if (Number(total) < MOST_PENDING) return;
  const words = `${MOST_PENDING} manifests of this MCP server wait for a decision; decide some of them first`;
  throw new Refusal(409, 'tooManyManifests', words);
}

/** Keys of what was added, removed and changed, as AIM's alerts name them. */
export function keysOf(changes: readonly Difference[]): {
  addedTools: string[];
  removedTools: string[];
  changedTools: string[];
} {
  const of = (kind: Difference['kind']): string[] => [
    ...new Set(changes.filter((change) => change.kind === kind && change.subject.includes(':')).map(({ subject }) => subject)),
  ];
  return { addedTools: of('added'), removedTools: of('removed'), changedTools: of('changed') };
}

const ALERTED: Record<string, string> = { critical: 'critical', high: 'high', medium: 'warning', low: 'info', info: 'info' };

async function alert(change: Change, server: McpServerTable, drift: McpDriftTable, principal: Principal): Promise<void> {
  const changes = JSON.parse(drift.changes) as Difference[];
  const [first] = changes;
  const isDenied = drift.status === 'denied';
  await raiseAlert(change, {
    organizationId: server.organizationId,
    alertType: 'configuration_drift',
    severity: isDenied ? 'critical' : (ALERTED[drift.severity] ?? 'warning'),
    title: isDenied ? `${server.name} still offers what was denied` : `${server.name} is not what it was`,
    description: withoutNul(
      `${drift.changesTotal} ${drift.changesTotal === 1 ? 'change' : 'changes'} since its baseline. ${first?.subject ?? ''}${first?.member ? `.${first.member}` : ''}: ${first?.why ?? ''}`,
    ),
    resourceType: 'mcp_server',
    resourceId: server.id,
    agentId: principal.kind === 'agent' ? principal.id : null,
    agentName: principal.kind === 'agent' ? principal.agent.name : null,
    metadata: {
      mcpServerId: server.id,
      mcpServerName: server.name,
      source: drift.source,
      driftId: drift.id,
      driftSeverity: drift.severity,
      prevHash: drift.prevHash,
      newHash: drift.newHash,
      ...keysOf(changes),
    },
  });
}

export function nameOf(principal: Principal): string {
  const { userName, agentName } = actorOf(principal, { ip: '', userAgent: null });
  return userName ?? agentName ?? principal.id;
}

const MOST_CHANGES = 2_000;
const MOST_PENDING = 50;
