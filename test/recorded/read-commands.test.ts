// Every command that reads, against AIM's own server as it answered in 2025: an answer, or a sentence that says what that server has not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asking, wordsFor } from '../commands/every-verb.ts';
import { runHere } from '../commands/in-process.ts';
import { type RecordedServer, startRecordedServer } from './server.ts';

const AGENT = 'bd8dbc8d-3dc6-4c0c-9784-e16659bce073';
const words = wordsFor({ agent: AGENT, approval: AGENT, policy: AGENT, id: AGENT });
/** `exec` registers an agent, and `approvals watch` goes on until it is told to stop. */
const reading = asking.filter(
  ({ id, risk }) => (risk ?? 'read') === 'read' && words[id] !== undefined && !['exec', 'approvals.watch'].includes(id),
);
/** Those that go on by themselves are told to look once. */
const ONCE: Readonly<Record<string, readonly string[]>> = { 'events.tail': ['--no-follow'] };

let recorded: RecordedServer;
let home: string;
beforeAll(async () => {
  recorded = await startRecordedServer();
  home = mkdtempSync(join(tmpdir(), 'aim-recorded-'));
});
afterAll(async () => {
  await recorded.stop();
  rmSync(home, { recursive: true, force: true });
});

const ask = (id: string, ...more: string[]) => {
  const signal = AbortSignal.timeout(8000);
  const argv = [...id.split('.'), ...(ONCE[id] ?? words[id] ?? []), ...more, '--retries', '0'];
  return runHere(argv, {
    env: { HOME: home, AIM_SERVER: recorded.url, AIM_TOKEN: 'recorded', TZ: 'UTC' },
    cwd: home,
    columns: 200,
    signal,
  });
};

describe('against AIM’s own server', () => {
  test.each(reading.map(({ id }) => [id]))('%s answers, or says what is not there', async (id) => {
    const before = recorded.requests.length;
    const { code, stdout, stderr } = await ask(id);
    const said = `aim ${id}: exit ${code}\n${stdout}\n${stderr}`;
    // Never a mistake of usage (2), because the command line was right; and what fails for no other reason is what the server has not.
    expect([0, 1, 5, 6, 7, 8, 10], said).toContain(code);
    if (code === 1) expect(stderr, said).toMatch(/ does not have [\w.]+, which aim .* needs\.\n/);
    expect(stdout + stderr, said).not.toMatch(/undefined|\[object Object\]|NaN|our mistake|Something went wrong inside/);
    if (code !== 0) expect(stderr.trim().split('\n').length, said).toBeLessThanOrEqual(4);
    // Reading sends nothing that changes anything.
    const sent = recorded.requests.slice(before).filter(({ method }) => method !== 'GET');
    expect(sent, said).toEqual([]);
  });

  test.each([
    ['agents.ls', /bd8dbc8d|verified/],
    ['policies.ls', /Critical Trust Score Block/],
    ['requests.ls', /send_email/],
    ['users.ls', /@/],
    ['audit.ls', /\d{4}-\d\d-\d\d/],
  ])('%s shows what that server has', async (id, shows) => {
    expect((await ask(id)).stdout).toMatch(shows);
  });

  test.each([['approvals.ls'], ['approvals.grants'], ['rules.ls']])(
    '%s is said to be missing, not shown as empty',
    async (id) => {
      const { code, stdout, stderr } = await ask(id);
      expect(code).not.toBe(0);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/does not have|has no|cannot|not found|no such/i);
    },
  );
});
