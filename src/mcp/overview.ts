// Servers as an operator asks for them: what clients are configured with and what the control plane knows, as one list by risk.

import { asUntrusted, type Untrusted } from '../text/brand.ts';
import type { McpServer } from '../wire/mcp.ts';
import { type RiskLevel, riskLevels } from '../wire/scalars.ts';
import { check, riskOf } from './checks/check.ts';
import type { Finding } from './checks/finding.ts';
import type { DetectedServer, Inspection, Scope, Transport } from './record.ts';

export type McpRow = {
  /** Of the detected server, else of the registered one. */
  key: string;
  /** In the registry; null where the control plane does not know it. */
  id: string | null;
  name: Untrusted;
  transport: Transport;
  /** The command line or the address. */
  launch: Untrusted;
  clients: string[];
  scopes: Scope[];
  /** Which home, where it is not the user's own: `demo`. */
  home: string | null;
  /** `disabled` where every client has it switched off; `registered` where no client here has it; `seen` where only a process or package shows it. */
  state: 'enabled' | 'disabled' | 'registered' | 'seen';
  /** What the control plane says of it; null where it does not know it. */
  status: string | null;
  trustScore: number | null;
  attestationCount: number | null;
  tools: number | null;
  risk: RiskLevel;
  findings: Finding[];
  detected: DetectedServer | null;
  registered: McpServer | null;
};

/** `inspections` by key: what was said when servers were asked counts for their risk, too. */
export function overview(
  detected: readonly DetectedServer[],
  registered: readonly McpServer[],
  inspections: ReadonlyMap<string, Inspection> = new Map(),
): McpRow[] {
  const unmatched = new Set(registered);
  const found = Map.groupBy(check(detected, inspections), ({ server }) => server.key);
  const rows = detected.map((server) => {
    const match = [...unmatched].find((candidate) => isSame(candidate, server)) ?? null;
    if (match !== null) unmatched.delete(match);
    return { ...rowOf(server, match, found.get(server.key) ?? []), ...toolCount(inspections.get(server.key)) };
  });
  rows.push(...[...unmatched].map(registeredRow));
  return rows.sort(byRisk);
}

const toolCount = (inspection: Inspection | undefined): { tools: number } | undefined =>
  inspection === undefined || inspection.serverName === null ? undefined : { tools: inspection.tools.length };

function rowOf(server: DetectedServer, registered: McpServer | null, findings: Finding[]): McpRow {
  const homes = unique(server.sightings.map(({ home }) => home ?? null));
  return {
    key: server.key,
    name: server.name,
    transport: server.transport,
    launch: launchLine(server),
    clients: unique(server.sightings.map(({ client }) => client)),
    scopes: unique(server.sightings.map(({ scope }) => scope)),
    home: homes.length === 1 ? (homes[0] ?? null) : null,
    state: server.sightings.length === 0 ? 'seen' : server.sightings.every(({ disabled }) => disabled) ? 'disabled' : 'enabled',
    risk: riskOf(findings),
    findings,
    detected: server,
    ...registration(registered),
  };
}

function registeredRow(server: McpServer): McpRow {
  return {
    key: server.id,
    name: server.name,
    transport: /^(?:stdio|mcp):/.test(server.url ?? '') ? 'stdio' : 'http',
    launch: server.url ?? asUntrusted(''),
    clients: [],
    scopes: [],
    home: null,
    state: 'registered',
    risk: 'low',
    findings: [],
    detected: null,
    ...registration(server),
  };
}

function registration(
  server: McpServer | null,
): Pick<McpRow, 'id' | 'status' | 'trustScore' | 'attestationCount' | 'tools' | 'registered'> {
  return {
    id: server?.id ?? null,
    status: server?.status ?? null,
    trustScore: server?.trustScore ?? null,
    attestationCount: server?.attestationCount ?? null,
    tools: server === null ? null : server.capabilities.length,
    registered: server,
  };
}

export const launchLine = ({ command, args, url }: DetectedServer): Untrusted =>
  asUntrusted(command === null ? (url ?? '') : [command, ...args].map(quoted).join(' '));

// So that one argument of two words does not look like two arguments.
const quoted = (word: string): string => (word !== '' && /^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word));

// SDKs register stdio servers under addresses of their own making: `stdio://npx/-y/server` and `mcp://name` (wire note §1.1, §2.1).
function isSame(registered: McpServer, server: DetectedServer): boolean {
  if (registered.url !== null && server.url !== null) return withoutSlash(registered.url) === withoutSlash(server.url);
  if (registered.url === `stdio://${[server.command ?? '', ...server.args.slice(0, 2)].join('/')}`) return true;
  const madeUp = registered.url === null || /^(?:stdio|mcp):/.test(registered.url);
  return server.url === null && madeUp && registered.name === server.name;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

const byRisk = (left: McpRow, right: McpRow): number =>
  riskLevels.indexOf(right.risk as never) - riskLevels.indexOf(left.risk as never) ||
  (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
