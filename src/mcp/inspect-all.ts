// Many servers asked at once, a few at a time: each is a process of somebody else's.

import { AIMError } from '../errors.ts';
import { asUntrusted, type Untrusted } from '../text/brand.ts';
import { type InspectOptions, inspectMcpServer } from './inspect.ts';
import type { Launch } from './launch.ts';
import type { DetectedServer, Inspection } from './record.ts';

export type Asked = { kind: 'said'; inspection: Inspection } | { kind: 'refused'; message: Untrusted };

/** In the order given. What one server does wrong does not touch the others. @throws only the signal's reason. */
export async function inspectAll<Server extends DetectedServer | Launch>(
  servers: readonly Server[],
  options: InspectOptions = {},
): Promise<Map<Server, Asked>> {
  const answers = new Map<Server, Asked>();
  const rest = servers.values();
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, servers.length) }, async () => {
      for (const server of rest) answers.set(server, await askOne(server, options));
    }),
  );
  return new Map(servers.map((server) => [server, answers.get(server) as Asked]));
}

async function askOne(server: DetectedServer | Launch, options: InspectOptions): Promise<Asked> {
  try {
    return { kind: 'said', inspection: await inspectMcpServer(server, options) };
  } catch (error) {
    if (error instanceof AIMError) return { kind: 'refused', message: asUntrusted(error.message) };
    throw error;
  }
}

export const AT_ONCE = 8;
