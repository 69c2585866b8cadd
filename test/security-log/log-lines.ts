// Looking at what a writer left in its files.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { ChainCheck } from '../../src/security-log/chain-check.ts';

export const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
export const membersOf = (path: string): Record<string, unknown>[] => linesOf(path).map((line) => JSON.parse(line));

export function findings(...paths: string[]) {
  const chain = new ChainCheck();
  return paths.flatMap((path) => linesOf(path).flatMap((line) => chain.next(Buffer.from(line)) ?? []));
}

/** A process that logs by a script, in which `logger` is there. */
export function start(script: string, file: string, options: object = {}) {
  const url = new URL('../../src/security-log/security-logger.ts', import.meta.url);
  const code = `const { SecurityLogger } = await import(${JSON.stringify(url.href)}); const logger = new SecurityLogger();
    logger.configure(${JSON.stringify({ logFile: file, includeStderr: false, ...options })}); ${script}`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The same until it ends well. */
export async function run(script: string, file: string, options: object = {}): Promise<void> {
  const child = start(script, file, options);
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
}
