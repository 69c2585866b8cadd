// Where the program of a thread lies, seen from the module that starts it.

import { existsSync } from 'node:fs';

/**
 * In the source beside the module, in the package at its root or one above. Null in a bundle of somebody else's making: a `worker.ts`
 * that lies beside that one is not ours, and CommonJS has no address of its own (`from` is undefined there).
 */
export function programBeside(from: string | undefined, { source, built }: { source: string; built: string }): URL | null {
  if (from === undefined || !from.startsWith('file:')) return null;
  const paths = from.endsWith('.ts') ? [source] : [`./${built}.js`, `../${built}.js`];
  return paths.map((path) => new URL(path, from)).find((place) => existsSync(place)) ?? null;
}
