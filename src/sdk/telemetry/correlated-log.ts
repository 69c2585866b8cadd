// `~/.opena2a/correlated-events.jsonl`: records of decisions, kept on this machine and sent nowhere (wire-mcp-logs-a2a §8).

import { randomBytes } from 'node:crypto';
import { appendFile, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder } from '../../settings/home-folder.ts';
import { makeFolder } from '../../settings/make-folder.ts';
import type { CorrelatedRecord } from './correlated-record.ts';

export const CORRELATED_FILE = 'correlated-events.jsonl';
const LONGEST_LINE = 1024 * 1024;
const LARGEST_FILE = 50 * 1024 * 1024;
const OLD_FILES = 5;

const defaultFolder = (): string => join(homeFolder(), '.opena2a');

/** False where it could not be written: telemetry is never in the way of what it speaks of. */
export async function writeCorrelatedRecord(record: CorrelatedRecord, folder: string = defaultFolder()): Promise<boolean> {
  const file = join(folder, CORRELATED_FILE);
  try {
    await makeFolder(folder);
    await rotate(folder, file);
    await appendFile(file, `${lineOf(record)}\n`, { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** Newest last; lines that cannot be read are left out. `since` is RFC 3339. */
export async function readCorrelatedRecords({
  folder = defaultFolder(),
  since,
  limit,
}: {
  folder?: string | undefined;
  since?: string | undefined;
  limit?: number | undefined;
} = {}): Promise<CorrelatedRecord[]> {
  const text = await readFile(join(folder, CORRELATED_FILE), 'utf8').catch(() => '');
  const after = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since);
  const records = text.split('\n').flatMap((line) => {
    const record = recordIn(line);
    return record !== null && Date.parse(record.createdAt) > after ? [record] : [];
  });
  return limit === undefined ? records : records.slice(-limit);
}

// What was observed is kept whole; the inferences, which may quote anything, are what is left out.
function lineOf(record: CorrelatedRecord): string {
  const line = JSON.stringify(record);
  if (line.length <= LONGEST_LINE) return line;
  const { intent, detection, ...kept } = record;
  return JSON.stringify({
    ...kept,
    assembly: { ...kept.assembly, completeness: 'partial-missing-both' },
    _truncated: true,
  });
}

function recordIn(line: string): CorrelatedRecord | null {
  try {
    const record = JSON.parse(line) as CorrelatedRecord;
    return typeof record?.createdAt === 'string' && typeof record.enforcement === 'object' ? record : null;
  } catch {
    return null;
  }
}

async function rotate(folder: string, file: string): Promise<void> {
  const size = (await stat(file).catch(() => null))?.size ?? 0;
  if (size <= LARGEST_FILE) return;
  const suffix = `${Date.now()}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await rename(file, `${file}.${suffix}`).catch(() => {}); // another process has done it already
  const old = (await readdir(folder)).filter((name) => name.startsWith(`${CORRELATED_FILE}.`)).sort();
  for (const name of old.slice(0, -OLD_FILES)) await rm(join(folder, name), { force: true });
}
