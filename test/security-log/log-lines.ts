// Looking at what a writer left in its files.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect } from 'vitest';
import { ChainCheck } from '../../src/security-log/chain-check.ts';

export const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
export const membersOf = (path: string): Record<string, unknown>[] => linesOf(path).map((line) => JSON.parse(line));

export function findings(...paths: string[]) {
  const chain = new ChainCheck();
  return paths.flatMap((path) => linesOf(path).flatMap((line) => chain.next(Buffer.from(line)) ?? []));
}

/** A process that logs by a script, in which `logger` is there; `before` runs before it is loaded. */
export function start(script: string, file: string, options: object = {}, before = '') {
  const url = new URL('../../src/security-log/security-logger.ts', import.meta.url);
  const code = `${before} const { SecurityLogger } = await import(${JSON.stringify(url.href)}); const logger = new SecurityLogger();
    logger.configure(${JSON.stringify({ logFile: file, includeStderr: false, ...options })}); ${script}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Those that log for ever would do so after a test that failed.
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The same until it ends well. */
export async function run(script: string, file: string, options: object = {}, before = ''): Promise<void> {
  const child = start(script, file, options, before);
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
}
