// What a server was seen to offer and how it drifted, as the API answers it.

import type { Change } from '../../mcp/drift.ts';
import type { Locked } from '../../mcp/lockfile.ts';
import type { McpDriftTable, McpManifestTable } from '../database/tables/mcp.ts';
import { keysOf } from '../mcp/manifests.ts';
import { timeView } from './time.ts';

export function manifestView(row: McpManifestTable, { isWhole }: { isWhole: boolean }) {
  const content = JSON.parse(row.content) as Locked;
  return {
    id: row.id,
    mcpServerId: row.mcpServerId,
    manifestHash: row.manifestHash,
    fullHash: row.fullHash,
    status: row.status,
    reportedBy: row.reportedBy,
    firstSeenAt: timeView(row.firstSeenAt),
    lastSeenAt: timeView(row.lastSeenAt),
    timesSeen: row.timesSeen,
    serverName: content.serverName,
    serverVersion: content.serverVersion,
    protocolVersion: content.protocolVersion,
    definitionsTotal: Object.keys(content.definitions).length,
    ...(isWhole ? { content } : {}),
  };
}

export function driftView(row: McpDriftTable & { mcpServerName?: string }, { isWhole }: { isWhole: boolean }) {
  const changes = JSON.parse(row.changes) as Change[];
  return {
    id: row.id,
    mcpServerId: row.mcpServerId,
    mcpServerName: row.mcpServerName ?? null,
    severity: row.severity,
    status: row.status,
    acknowledged: row.status !== 'open',
    prevHash: row.prevHash,
    newHash: row.newHash,
    fromManifestId: row.fromManifestId,
    toManifestId: row.toManifestId,
    ...keysOf(changes),
    changesTotal: row.changesTotal,
    source: row.source,
    detectedAt: timeView(row.detectedAt),
    lastSeenAt: timeView(row.lastSeenAt),
    timesSeen: row.timesSeen,
    decidedBy: row.decidedBy,
    decidedAt: timeView(row.decidedAt),
    reason: row.reason,
    ...(isWhole ? { changes } : {}),
  };
}
