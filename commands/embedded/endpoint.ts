// Where the embedded control plane of this user listens, as it wrote down itself, and whether it still does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { challenge } from './challenge.ts';
import { operatorKey } from './operator-key.ts';

export type Endpoint = { url: string; pid: number; instanceId: string; version: string };

/** The endpoint that proves to be the instance that wrote the file; null where none runs. */
export async function findEndpoint(folder: string): Promise<Endpoint | null> {
  const endpoint = readEndpoint(folder);
  if (endpoint === null) return null;
  const key = operatorKey(folder);
  if (key === null) return null;
  // The file survives a crash, and its port may by now be somebody else's, who can say to be any instance.
  return (await challenge(endpoint.url, key))?.instanceId === endpoint.instanceId ? endpoint : null;
}

export function readEndpoint(folder: string): Endpoint | null {
  try {
    const { url, pid, instanceId, version } = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
    const isOurs =
      typeof url === 'string' && /^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/.test(url) && typeof instanceId === 'string';
    return isOurs ? { url, pid: Number(pid), instanceId, version: String(version) } : null;
  } catch {
    return null;
  }
}
