// A log that somebody wrote anew from its first entry to its head holds by itself: whoever verified it before finds out.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryHash } from '../../src/control-plane/audit/chain.ts';
import type { AuditEntryTable } from '../../src/control-plane/database/tables/records.ts';
import { openWorld, type World } from '../control-plane/support/world.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';

let world: World;
let machine: Machine;
let data: string;
beforeAll(async () => {
  machine = freshMachine();
  data = mkdtempSync(join(machine.root, 'data-'));
  world = await openWorld({ data });
  await aim('login', '--email', world.admin.email, '--password-stdin', '--store', 'file');
});
afterAll(async () => {
  await world?.stop();
  machine?.remove();
});

const aim = (...argv: string[]) =>
  runHere(argv, { env: { ...machine.env, AIM_SERVER: world.url }, input: world.admin.password });

async function verified(...argv: string[]) {
  const { code, stdout, stderr } = await aim('audit', 'verify', '--json', ...argv);
  return { code, said: JSON.parse(code === 0 ? stdout : stderr) };
}

/** Each entry again, from the one that says something else on, and the head. */
function writeAnew(from: number): void {
  const database = new DatabaseSync(join(data, 'aim.db'));
  const entries = database.prepare('select * from "auditEntries" order by "sequence"').all() as unknown as AuditEntryTable[];
  let previousHash = entries[0]?.previousHash ?? '';
  for (const entry of entries) {
    const metadata = entry.sequence === from ? '{"nothing":"happened"}' : entry.metadata;
    const hash = entryHash({ ...entry, metadata, previousHash });
    database
      .prepare('update "auditEntries" set "metadata" = ?, "previousHash" = ?, "hash" = ? where "sequence" = ?')
      .run(metadata, previousHash, hash, entry.sequence);
    previousHash = hash;
  }
  database.prepare('update "auditHeads" set "hash" = ?').run(previousHash);
  database.close();
}

describe('aim audit verify', () => {
  test('says since when the log is unchanged, from the second time on', async () => {
    const first = await verified();
    expect(first).toMatchObject({ code: 0, said: { valid: true, since: null } });
    await world.agent();
    const { checked, at } = first.said;
    const second = await verified();
    expect(second).toMatchObject({ code: 0, said: { valid: true, since: { sequence: checked, at } } });
    expect(second.said.checked).toBeGreaterThan(checked);
    expect((await verified()).said.since.sequence).toBe(second.said.checked);
    expect((await aim('audit', 'verify')).stdout).toMatch(/Unchanged since +\S/);
  });

  test('finds a log that was written anew, in this folder or with the end that is kept elsewhere, until it is told to take it', async () => {
    const anchor = join(machine.root, 'usb', 'aim.json');
    expect((await verified('--anchor', anchor)).said.since).toBeNull();
    expect(statSync(anchor).mode & 0o777).toBe(0o600);
    writeAnew(2);
    for (const argv of [[], ['--anchor', anchor], []]) {
      const { code, said } = await verified(...argv);
      expect(code).toBe(5);
      expect(said).toMatchObject({ code: 'audit.rewritten' });
      expect(said.message).toMatch(/not the one that was verified from here at .*entry \d+ is another one/);
    }
    expect(await verified('--anew')).toMatchObject({ code: 0, said: { since: null } });
    expect((await verified()).said.since).not.toBeNull();
  });

  test('finds a log that is shorter than it was, whole as it is', async () => {
    const anchor = join(machine.root, 'longer.json');
    await verified('--anchor', anchor);
    const kept = JSON.parse(readFileSync(anchor, 'utf8'));
    writeFileSync(anchor, JSON.stringify({ ...kept, sequence: 100_000 }));
    const { code, said } = await verified('--anchor', anchor);
    expect([code, said.code]).toEqual([5, 'audit.rewritten']);
    expect(said.message).toContain('entry 100000 is gone');
  });

  test.each([
    ['nothing', ''],
    ['something else', '{"sequence":0,"hash":"x"}'],
  ])('takes an end that was kept and holds %s for no proof', async (_, text) => {
    const anchor = join(machine.root, 'damaged.json');
    writeFileSync(anchor, text);
    const { code, said } = await verified('--anchor', anchor);
    expect([code, said.code]).toEqual([2, 'audit.anchor']);
    expect(await verified('--anchor', anchor, '--anew')).toMatchObject({ code: 0 });
    rmSync(anchor);
  });

  test('verifies where nothing can be kept, and says so', async () => {
    writeFileSync(join(machine.root, 'file'), '');
    const { code, stderr } = await aim('audit', 'verify', '--anchor', join(machine.root, 'file', 'aim.json'), '--anew');
    expect(code).toBe(0);
    expect(stderr).toMatch(/could not be kept in .* \((ENOTDIR|EEXIST)\)/);
  });
});
