// Files and processes for the tests of the security log: a folder that goes away, a writer in a process of its own, items until a condition.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { LogItem } from '../../src/security-log/entry.ts';
import { SecurityLogger, type SecurityLogOptions } from '../../src/security-log/security-logger.ts';

const folders: string[] = [];
const loggers: SecurityLogger[] = [];

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'aim-log-'));
  folders.push(made);
  return made;
}

export function loggerTo(logFile: string, options: SecurityLogOptions = {}): SecurityLogger {
  const logger = new SecurityLogger();
  logger.configure({ logFile, includeStderr: false, ...options });
  loggers.push(logger);
  return logger;
}

afterEach(async () => {
  await Promise.all(loggers.splice(0).map((logger) => logger.flush()));
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** Collects items until `isEnough`, and stops reading then. */
export async function collect(
  items: AsyncIterable<LogItem>,
  isEnough: (items: LogItem[]) => boolean = () => false,
): Promise<LogItem[]> {
  const collected: LogItem[] = [];
  for await (const item of items) {
    collected.push(item);
    if (isEnough(collected)) break;
  }
  return collected;
}

export const messages = (items: readonly LogItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'entry' ? [item.entry.message] : []));
export const notices = (items: readonly LogItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'notice' ? [item.notice] : []));

/** A line of our format, at a second of 2026. */
export const line = (message: string, second = 0): string =>
  `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), category: 'AUDIT', event_type: 'INFO', severity: 'INFO', message })}\n`;
