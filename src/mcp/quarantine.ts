// Takes a server out of use at every client that has it: switched off where the client knows how, taken out where it does not.

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { chmod, copyFile, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PolicyError, UsageError } from '../errors.ts';
import { makeFolder } from '../settings/make-folder.ts';
import { type Edit, editEntry, putEntry } from './edit-config.ts';
import { atPointer } from './entries.ts';
import { parseConfig } from './parse.ts';
import type { DetectedServer, Sighting } from './record.ts';

type QuarantineStep = {
  client: string;
  path: string;
  pointer: string;
  edit: Edit;
  /** The entry as it is and as it will be, without any value of its environment, headers and arguments that look like secrets. */
  before: string;
  after: string | null;
  fileHash: string;
};
export type QuarantinePlan = { steps: QuarantineStep[]; left: { client: string; path: string; why: string }[] };
export type Quarantined = {
  key: string;
  name: string;
  at: string;
  steps: { client: string; path: string; pointer: string; backup: string; edit: Edit; afterHash: string }[];
};

// How clients let an entry be switched off. The others start whatever is there.
const SWITCHES: Record<string, NonNullable<Edit>> = {
  windsurf: { member: 'disabled', value: true },
  antigravity: { member: 'disabled', value: true },
  cline: { member: 'disabled', value: true },
  'roo-code': { member: 'disabled', value: true },
  'kilo-code': { member: 'disabled', value: true },
  'amazon-q': { member: 'disabled', value: true },
  kiro: { member: 'disabled', value: true },
  codex: { member: 'enabled', value: false },
  goose: { member: 'enabled', value: false },
  opencode: { member: 'enabled', value: false },
};

/** What would be done; nothing is. Managed files are left: they are not this user's to change. */
export async function planQuarantine({ sightings }: DetectedServer): Promise<QuarantinePlan> {
  const plan: QuarantinePlan = { steps: [], left: [] };
  const done = new Set<string>();
  for (const sighting of sightings) {
    const { client, configPath: path, pointer, disabled, scope } = sighting;
    if (disabled || done.has(`${path}#${pointer}`)) continue;
    done.add(`${path}#${pointer}`);
    if (scope === 'managed') plan.left.push({ client, path, why: 'it is managed' });
    else plan.steps.push(await stepFor(sighting));
  }
  return plan;
}

async function stepFor({ client, configPath: path, pointer }: Sighting): Promise<QuarantineStep> {
  const text = await readText(path);
  const edit = SWITCHES[client] ?? null;
  const read = await parseConfig(path, text);
  const entry = atPointer(read.value, pointer);
  const changed = editEntry(path, text, pointer, edit);
  const written = await parseConfig(path, changed);
  const after = atPointer(written.value, pointer);
  const isOff =
    edit === null ? JSON.stringify(after) !== JSON.stringify(entry) : Reflect.get(Object(after), edit.member) === edit.value;
  if (!isOff || (written.problem !== null && read.problem === null))
    throw new UsageError('mcp.cannot-edit', {
      message: `The entry in ${path} could not be switched off without a doubt.`,
      next: 'Change it by hand',
    });
  return {
    client,
    path,
    pointer,
    edit,
    before: masked(entry),
    after: edit === null ? null : masked(after),
    fileHash: hash(text),
  };
}

/** Does what was planned and agreed to. A file that changed since is not touched. @throws PolicyError `mcp.file-changed`. */
export async function quarantine(server: DetectedServer, plan: QuarantinePlan, state: string, now: Date): Promise<Quarantined> {
  const record: Quarantined = { key: server.key, name: server.name, at: now.toISOString(), steps: [] };
  for (const { client, path, pointer, edit, fileHash } of plan.steps.toReversed()) {
    // From the last one, because in a list the others move up.
    const text = await readText(path);
    if (hash(text) !== fileHash && record.steps.every((step) => step.path !== path)) throw changedSince(path);
    const backup = `${path}.aim-backup-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
    if (record.steps.every((step) => step.path !== path)) await copyFile(path, backup);
    const after = editEntry(path, text, pointer, edit);
    await replaceFile(path, after);
    record.steps.push({ client, path, pointer, backup, edit, afterHash: hash(after) });
    await writeRecords(state, [...(await readRecords(state)).filter(({ key }) => key !== record.key), record]);
  }
  return record;
}

/** Puts the entries back as they were. @throws UsageError `mcp.not-quarantined`. */
export async function release(reference: string, state: string): Promise<Quarantined> {
  const records = await readRecords(state);
  const record = recordIn(records, reference);
  for (const { path, pointer, backup, afterHash } of record.steps.toReversed()) {
    const [now, before] = [await readText(path), await readText(backup)];
    if (hash(now) === afterHash && record.steps.filter((step) => step.path === path).length === 1)
      await replaceFile(path, before);
    else await replaceFile(path, putEntry(path, now, pointer, atPointer((await parseConfig(path, before)).value, pointer)));
  }
  await writeRecords(
    state,
    records.filter((other) => other !== record),
  );
  return record;
}

/** What `release` would put back; nothing is. @throws UsageError `mcp.not-quarantined`. */
export const planRelease = async (reference: string, state: string): Promise<Quarantined> =>
  recordIn(await readRecords(state), reference);

function recordIn(records: readonly Quarantined[], reference: string): Quarantined {
  const record = records.find(({ key, name }) => key === reference || name === reference);
  if (record !== undefined) return record;
  const names = records.map(({ name }) => name).join(', ');
  throw new UsageError('mcp.not-quarantined', {
    message: `${reference} is not in quarantine.`,
    next: names === '' ? 'Nothing is.' : `These are: ${names}`,
  });
}

/** With its mark, so that it is written again. @throws UsageError where it is no UTF-8: another encoding would not survive. */
async function readText(path: string): Promise<string> {
  const bytes = await readFile(path);
  if (isUtf8(bytes) && !bytes.includes(0)) return bytes.toString('utf8');
  throw new UsageError('mcp.cannot-edit', { message: `${path} is not written in UTF-8.`, next: 'Change it by hand' });
}

export async function readRecords(state: string): Promise<Quarantined[]> {
  try {
    const value: unknown = JSON.parse(await readFile(recordFile(state), 'utf8'));
    return Array.isArray(value) ? (value as Quarantined[]) : [];
  } catch {
    return [];
  }
}

async function writeRecords(state: string, records: readonly Quarantined[]): Promise<void> {
  await makeFolder(state);
  // Half of it would be none: what was taken out of use could not be put back.
  const beside = `${recordFile(state)}.${process.pid}.tmp`;
  try {
    await writeFile(beside, `${JSON.stringify(records, null, 2)}\n`, { mode: 0o600 });
    await rename(beside, recordFile(state));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

const recordFile = (state: string): string => join(state, 'mcp-quarantine.json');

// Through links to the file itself, in one step, with the mode that it had.
async function replaceFile(path: string, text: string): Promise<void> {
  const real = await realpath(path);
  const { mode } = await stat(real);
  const beside = join(dirname(real), `.aim-${process.pid}-${Date.now()}.tmp`);
  await writeFile(beside, text, { mode: 0o600, flag: 'wx' });
  await chmod(beside, mode & 0o7777);
  await rename(beside, real);
}

// Every other text may be a secret, under whatever name a client keeps it.
const SHOWN = new Set(['type', 'transport', 'transportType', 'name', 'source', 'description']);

/** The form of an entry: every value that may hold a secret is left out, names stay. */
function masked(entry: unknown): string {
  const hide = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]));
    return typeof value === 'string' ? '…' : value;
  };
  if (typeof entry !== 'object' || entry === null) return JSON.stringify(hide(entry)) ?? '';
  const shown = Object.entries(entry).map(([key, value]) => [
    key,
    SHOWN.has(key) && typeof value === 'string' ? value : hide(value),
  ]);
  return JSON.stringify(Object.fromEntries(shown), null, 2);
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const changedSince = (path: string): PolicyError =>
  new PolicyError('mcp.file-changed', {
    message: `${path} was changed meanwhile, and was left as it is.`,
    next: 'Look again, then try again',
  });
