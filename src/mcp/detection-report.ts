// What was detected, as AIM takes it: one event a server, with what is known of it and never a value (wire-mcp-logs-a2a §1.1, §2.3).

import { version } from '../version.ts';
import { launchLine } from './overview.ts';
import type { DetectedServer } from './record.ts';

export type DetectionEvent = {
  mcpServer: string;
  detectionMethod: 'claude_config' | 'manual';
  /** 0 to 100, as AIM counts. */
  confidence: number;
  details: Record<string, unknown>;
  sdkVersion: string;
  timestamp: string;
};

/**
 * AIM keeps one record per agent, name and method, so that the clients of one name go into one event instead of hiding each other.
 * It knows five methods: a configuration file of any client is `claude_config`, and the true one is in the details.
 */
export function detectionEvents(servers: readonly DetectedServer[], now: Date): DetectionEvent[] {
  const byName = new Map<string, DetectedServer[]>();
  for (const server of servers) byName.set(server.name, [...(byName.get(server.name) ?? []), server]);
  return [...byName].map(([name, same]) => {
    const sightings = same.flatMap((server) => server.sightings);
    const evidence = same.flatMap((server) => server.evidence);
    return {
      mcpServer: name,
      detectionMethod: sightings.length > 0 ? 'claude_config' : 'manual',
      confidence: Math.round(Math.max(0, ...evidence.map(({ confidence }) => confidence)) * 100),
      details: {
        methods: [...new Set(evidence.map(({ method }) => method))],
        clients: [...new Set(sightings.map(({ client }) => client))],
        scopes: [...new Set(sightings.map(({ scope }) => scope))],
        configPaths: [...new Set(sightings.map(({ configPath }) => configPath))],
        transports: [...new Set(same.map(({ transport }) => transport))],
        launches: same.map(launchLine),
        keys: same.map(({ key }) => key),
        environment: [...new Set(same.flatMap(({ environment }) => environment.map((value) => value.name)))],
        disabled: sightings.length > 0 && sightings.every(({ disabled }) => disabled),
      },
      sdkVersion: `aim-terminal@${version}`,
      timestamp: now.toISOString().replace('Z', '+00:00'),
    };
  });
}

/** Where SDKs say that a server is, if it has no address: the command and its first two arguments. */
export const addressOf = ({ url, command, args }: DetectedServer): string =>
  url ?? `stdio://${[command ?? '', ...args.slice(0, 2)].join('/')}`;
