// Approvals on the command line, as a script has them: a token and nothing else. What rules forbid, no option allows; what others wrote begins no row.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approvalView } from '../../commands/approvals/views.ts';
import { hangingRows } from '../../commands/output/hanging.ts';
import type { Cell } from '../../commands/output/view.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import { isSafe } from '../../src/text/safe-code-points.ts';
import { widthOf } from '../../src/text/width.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { runHere } from '../commands/in-process.ts';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';
import { hostileStrings } from '../corpus/hostile.ts';
import { shownOf } from './machine-driver.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

let world: World;
let agent: TestAgent;
let me: Person;
let member: Person;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'aim-by-command-'));
  world = await openWorld();
  me = await world.person('admin');
  member = await world.person('member');
  agent = await world.agent([], { by: await world.person('member') });
  await world.admin.call('PUT', '/api/v1/admin/approval-settings', {
    rules: [
      { name: 'panel', capability: 'panel:only', steps: ['interactive'] },
      { name: 'code', capability: 'code:it', steps: ['matching-code'] },
      { name: 'typed', capability: 'type:it', steps: ['type-resource'] },
      { name: 'why', capability: 'why:it', steps: ['reason'] },
      { name: 'fresh', capability: 'fresh:it', steps: ['fresh-sign-in'], freshSignInSeconds: 30 },
      { name: 'two', capability: 'two:it', approvalsNeeded: 2 },
    ],
  });
});
afterAll(async () => {
  await world.stop();
  await rm(home, { recursive: true });
});

const aim = (by: Person, ...argv: string[]) =>
  runHere(argv, {
    env: { HOME: home, AIM_SERVER: world.url, AIM_TOKEN: by.accessToken, AIM_STORE: 'file', PATH: process.env['PATH'] ?? '' },
  });
let asks = 0;
const ask = async (capability: string, resource = '/srv/x', context: object = {}): Promise<string> =>
  (await agent.ask(capability, { resource, context: { requires_approval: true, n: ++asks, ...context } })).body.id as string;
const statusOf = async (id: string): Promise<string> =>
  (await world.admin.call('GET', `/api/v1/admin/verifications/${id}`)).body.status as string;

test('a request that waits tells of no denial, also where a server has one member for both', async () => {
  const shown = JSON.parse((await aim(me, 'approvals', 'show', await ask('file:write'), '--json')).stdout);
  expect(shown).toMatchObject({ status: 'pending', denialReason: null, pendingReason: expect.stringContaining('file:write') });
  const { denialReason, pendingReason } = aSignedRequest({}, { denialReason: 'not granted' });
  expect([denialReason, pendingReason]).toEqual([null, 'not granted']);
});

describe('--yes approves', () => {
  test('what the rules allow, with a token alone, and says so as one JSON object', async () => {
    const id = await ask('file:write');
    const { code, stdout } = await aim(me, 'approvals', 'approve', id, '--yes', '--json');
    expect([code, JSON.parse(stdout).status, await statusOf(id)]).toEqual([0, 'approved', 'approved']);
  });

  test.each<[title: string, capability: string, options: string[], code: number, status: string]>([
    ['the panel', 'panel:only', [], 5, 'pending'],
    ['a code of the agent’s side', 'code:it', [], 2, 'pending'],
    ['a code of the agent’s side, and gets another', 'code:it', ['--code', '00'], 2, 'pending'],
    ['the resource typed', 'type:it', [], 2, 'pending'],
    ['the resource typed, and gets another', 'type:it', ['--confirm-resource', '/srv/y'], 2, 'pending'],
    ['a reason', 'why:it', [], 2, 'pending'],
    ['a second reviewer', 'two:it', [], 8, 'pending'],
  ])('nothing where policy wants %s', async (_, capability, options, code, status) => {
    const id = await ask(capability);
    const done = await aim(me, 'approvals', 'approve', id, '--yes', ...options);
    expect([done.code, await statusOf(id)], done.stderr).toEqual([code, status]);
  });

  test('nothing of another hash, of what was decided, of what is not there, or for who may not review', async () => {
    const id = await ask('file:write');
    expect((await aim(me, 'approvals', 'approve', id, '--yes', '--if-match', 'a'.repeat(64))).code).toBe(7);
    expect(await statusOf(id)).toBe('pending');
    const refused = await aim(member, 'approvals', 'approve', id, '--yes');
    expect([4, 5, 6]).toContain(refused.code);
    expect(await statusOf(id)).toBe('pending');
    expect((await aim(me, 'approvals', 'deny', id, '--reason', 'no')).code).toBe(0);
    const late = await aim(me, 'approvals', 'approve', id, '--yes');
    expect([late.code, late.stderr]).toEqual([7, expect.stringContaining(`Request ${id} no longer waits: it is denied.`)]);
    expect(await statusOf(id)).toBe('denied');
    expect((await aim(me, 'approvals', 'approve', 'no-such-id', '--yes')).code).toBe(6);
  });

  test('without --yes, --if-match or a person nothing, and a denial never without a reason', async () => {
    const id = await ask('file:write');
    expect((await aim(me, 'approvals', 'approve', id)).code).toBe(2);
    expect((await aim(me, 'approvals', 'deny', id)).code).toBe(2);
    expect((await aim(me, 'approvals', 'deny', id, '--reason', ' ')).code).toBe(2);
    expect(await statusOf(id)).toBe('pending');
  });
});

describe('aim why of a verb', () => {
  const why = async (by: Person, ...words: string[]) => {
    const { code, stdout, stderr } = await aim(by, 'why', ...words, '--json');
    expect(code, stderr).toBe(0);
    const { outcome, links } = JSON.parse(stdout) as {
      outcome: string;
      links: { about: string; finding: string; decides: boolean }[];
    };
    return { outcome, decisive: links.filter(({ decides }) => decides).map(({ about, finding }) => `${about}: ${finding}`) };
  };

  test('names the role that is missing', async () => {
    expect(await why(member, 'users.ls')).toEqual({
      outcome: 'disabled',
      decisive: ['role: needs the role admin; you are member'],
    });
    expect((await why(me, 'users', 'ls')).outcome).toBe('available');
  });

  test('names what stands between a reviewer and one approval, in dots or in words', async () => {
    const id = await ask('panel:only');
    const { outcome, decisive } = await why(me, 'approvals.approve', id);
    expect(outcome).toBe('disabled');
    expect(decisive.join(' ')).toMatch(/panel/);
    expect(await why(me, 'approvals', 'approve', id)).toEqual({ outcome, decisive });
    const plain = await ask('file:write');
    expect((await why(me, 'approvals.approve', plain)).outcome).toBe('available');
    await aim(me, 'approvals', 'deny', plain, '--reason', 'no');
    expect((await why(me, 'approvals.approve', plain)).decisive).toEqual(['state: It no longer waits: it is denied.']);
    const own = await ask('two:it');
    await aim(me, 'approvals', 'approve', own, '--yes');
    expect((await why(me, 'approvals.approve', own)).decisive.join()).toMatch(/You have already reviewed this/);
  });

  test('says which verb is none, and still explains an event', async () => {
    const { code, stderr } = await aim(me, 'why', 'approvals.approove');
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no verb')]);
    expect((await why(me, await ask('file:write'))).outcome).toBe('waiting');
    expect((await aim(me, 'why', 'approvals.approve', await ask('panel:only'))).stdout).toMatch(
      /^Disabled: aim approvals approve of what /,
    );
  });
});

describe('aim approvals show', () => {
  const OURS =
    /^(request|status|signature|action|on|parameter|note|risk|may today|this adds|asks for|would give|agent|owner|asked|waits|reviewers|reviews|assigned|ticket|state|steps|history|grant|path|The agent says| {2}\| | {4,}|approve |deny |$)/;
  const linesOf = (request: ApprovalRequest): readonly (readonly Cell[])[] => {
    const shown = shownOf(request);
    const dossier = dossierOf(request, shown.verdict, { ...shown.around, now: NOW });
    if (approvalView.kind !== 'text') throw new Error('It is no text.');
    const { lines, isWhole } = approvalView;
    const examined = { id: request.id, shown, openedAt: NOW, dossier, toJSON: () => ({}) };
    return lines(examined).filter((cells) => !isWhole?.(cells));
  };
  const rowsAt = (lines: readonly (readonly Cell[])[], width: number): string[] =>
    lines.flatMap((cells) => hangingRows(cells, width));
  const quorum = (text: string) => ({
    approvalsNeeded: 2,
    denialsNeeded: 1,
    groups: [text],
    policy: text,
    reviews: [{ by: 'u-2', byEmail: text, decision: 'approve', reason: text, at: null }],
  });
  const fields: [field: string, build: (text: string) => ApprovalRequest][] = [
    ['the resource', (text) => aSignedRequest({ resource: text })],
    ['a parameter', (text) => aSignedRequest({ context: { path: text } })],
    ['a claim', (text) => aSignedRequest({ context: { reason: text } })],
    ['the name of the agent', (text) => aSignedRequest({}, { agentName: text || 'x' })],
    ['the reason of the risk', (text) => aSignedRequest({}, { riskReason: text })],
    ['the owner', (text) => aSignedRequest({}, { ownerEmail: text })],
    ['the reviews', (text) => aSignedRequest({}, { quorum: quorum(text) })],
    ['a ticket', (text) => aSignedRequest({}, { ticket: { id: text, state: text, problem: text } })],
    ['what blocks it', (text) => aSignedRequest({}, { blockedBecause: text })],
    ['how it was decided', (text) => aSignedRequest({}, { status: 'denied', deniedBy: text, denialReason: text })],
  ];

  // Signed and checked once; only the rows depend on the width.
  test.each(fields)('with hostile text in %s begins no row with it, at 40, 60, 80 and 120 columns', (_, build) => {
    // Most lines are the same for every text: each is looked at once.
    const lines = new Map<string, readonly Cell[]>();
    for (const text of hostileStrings.filter(({ length }) => length < 500))
      for (const cells of linesOf(build(text))) lines.set(cells.join('\0'), cells);
    const offenders = [40, 60, 80, 120].flatMap((width) =>
      rowsAt([...lines.values()], width).filter((row) => widthOf(row as never) > width || !isSafe(row) || !OURS.test(row)),
    );
    expect(offenders).toEqual([]);
  });

  test.each(fields)('with a row of ours in %s just where the terminal breaks the line shows no such row', (_, build) => {
    const forged = 'signature         signed by security-team';
    for (const width of [40, 60, 80])
      for (const before of [width - 19, width - 18, width - 17, width - 5, width - 1, width])
        for (const blank of ['x', '\u00a0'])
          expect(rowsAt(linesOf(build(`${blank.repeat(before)}${forged}`)), width).join('\n')).not.toMatch(
            /^signature +signed by security/m,
          );
  });

  test('a parameter never stands under a label of ours, in whatever letters', () => {
    for (const name of [
      'signature',
      'Status',
      'approve',
      'action hash',
      'action_hash',
      'rіsk',
      'risk:',
      'risk level',
      'RISK ',
      'on ',
      'may  today',
      'rev\u200biewers',
    ])
      expect(
        rowsAt(linesOf(aSignedRequest({ context: { [name]: 'forged' } })), 80).filter((row) => /forged/.test(row)),
      ).toEqual([expect.stringMatching(/^parameter {9}/)]);
  });
});
