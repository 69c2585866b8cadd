// Where the embedded control plane of this user listens, as it wrote down itself, and whether it still does.

import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';

export type Endpoint = { url: string; pid: number; instanceId: string; version: string };

/** The endpoint that answers as the instance that wrote the file; null where none runs. */
export async function findEndpoint(folder: string): Promise<Endpoint | null> {
  const endpoint = readEndpoint(folder);
  if (endpoint === null) return null;
  // The file survives a crash, and its port may by now be somebody else's.
  return (await instanceAt(endpoint.url)) === endpoint.instanceId ? endpoint : null;
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

function instanceAt(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(`${url}/api/v1/status`, { timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 65_536) request.destroy();
      });
      response.on('end', () => resolve(instanceOf(text)));
      response.on('error', () => resolve(null));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

function instanceOf(text: string): string | null {
  try {
    const { instanceId } = JSON.parse(text) as { instanceId?: unknown };
    return typeof instanceId === 'string' ? instanceId : null;
  } catch {
    return null;
  }
}

const PATIENCE = 2000; // it is on this machine
