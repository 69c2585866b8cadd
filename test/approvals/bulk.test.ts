// Several at once: which may be decided together, and what the panel asks before that.

import { describe, expect, test } from 'vitest';
import { whyNotBulk } from '../../src/state/approvals/bulk.ts';
import type { Verb } from '../../src/state/approvals/model.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { type Driver, driver, shownOf } from './machine-driver.ts';
import { aSignedRequest } from './signed-request.ts';

const same = (count: number, members: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, at) => aSignedRequest({ id: `v-${at}` }, members));
const why = (verb: Verb, requests: ApprovalRequest[]) =>
  whyNotBulk(
    verb,
    requests.map((request) => shownOf(request)),
    new Map(),
  );

describe('deciding together', () => {
  test.each<[title: string, requests: ApprovalRequest[], words: string | null]>([
    ['approves what is the same', same(3), null],
    ['approves twenty', same(20), null],
    ['does not approve twenty-one', same(21), 'At most 20 are approved together; these are 21.'],
    [
      'does not approve across risks',
      [...same(2), aSignedRequest({ id: 'v-9' }, { riskLevel: 'critical' })],
      'They are not the same',
    ],
    [
      'does not approve another resource with them',
      [...same(2), aSignedRequest({ id: 'v-9', resource: '/etc/shadow' })],
      'They are not the same',
    ],
    [
      'does not approve another parameter with them',
      [...same(2), aSignedRequest({ id: 'v-9', context: { mode: '0777' } })],
      'They are not the same',
    ],
    [
      'does not approve another agent with them',
      [...same(2), aSignedRequest({ id: 'v-9', agentId: 'a-2' }, { agentId: 'a-2' })],
      'They are not the same',
    ],
    [
      'does not take the fields of the server for the same',
      [...same(2), aSignedRequest({ id: 'v-9', resource: '/etc/shadow' }, { resource: '/etc/hosts' })],
      'They are not the same',
    ],
    ['does not approve what is not signed', same(2, { binding: null }), 'It is not signed.'],
    ['does not approve what asks for more steps', same(2, { steps: ['matching-code'] }), 'one by one'],
    [
      'does not approve what no longer waits',
      [...same(2), aSignedRequest({ id: 'v-9' }, { status: 'expired' })],
      'It no longer waits',
    ],
    ['does nothing with nothing', [], 'Nothing is marked.'],
  ])('%s', (_, requests, words) => {
    if (words === null) expect(why('approve', requests)).toBeNull();
    else expect(why('approve', requests)).toContain(words);
  });

  test('denies anything, however many', () => {
    expect(
      why('deny', [...same(30), aSignedRequest({ id: 'x', resource: 'y' }, { riskLevel: 'low', binding: null })]),
    ).toBeNull();
  });
});

describe('the bulk panel', () => {
  const open = (verb: Verb, requests = same(3)): Driver =>
    driver().send({ kind: 'bulk-opened', verb, items: requests.map((request) => shownOf(request)), at: driver().at });
  const see = (drive: Driver, bottom: number) =>
    drive.send({ kind: 'bulk-laid-out', width: 80, height: 19, total: 9, top: 0, bottom, at: drive.at });
  const press = (drive: Driver, key: 'approve' | 'confirm' | 'other', lone = true) =>
    drive.send({ kind: 'bulk-pressed', key, at: drive.at, lone, repeat: false });
  const enter = (drive: Driver, text: string, lone = true) =>
    drive.send({ kind: 'bulk-submitted', text, at: drive.at, lone, repeat: false });
  const byTheBook = (drive: Driver) => {
    press(see(drive, 9).wait(1000), 'approve');
    enter(drive.wait(1000), '3');
    return press(drive.wait(1000), 'confirm');
  };

  test('approves each with a hash and a key of its own, once their number was typed', () => {
    const { decisions } = byTheBook(open('approve'));
    expect(decisions.map(({ id, idempotencyKey, decision }) => [id, idempotencyKey, decision.actionHash?.length])).toEqual([
      ['v-0', 'key-1', 64],
      ['v-1', 'key-2', 64],
      ['v-2', 'key-3', 64],
    ]);
  });

  test.each<[title: string, play: (drive: Driver) => Driver]>([
    ['before all of them were on screen', (drive) => press(see(drive, 5).wait(1000), 'approve')],
    ['without their number', (drive) => press(press(see(drive, 9).wait(1000), 'approve').wait(1000), 'confirm')],
    [
      'with a wrong number',
      (drive) => press(enter(press(see(drive, 9).wait(1000), 'approve').wait(1000), '4').wait(1000), 'confirm'),
    ],
    ['by enter', (drive) => enter(enter(press(see(drive, 9).wait(1000), 'approve').wait(1000), '3').wait(1000), '')],
    [
      'by a key that came with others',
      (drive) => press(enter(press(see(drive, 9).wait(1000), 'approve').wait(1000), '3').wait(1000), 'confirm', false),
    ],
    [
      'by a key that came too soon',
      (drive) => press(enter(press(see(drive, 9).wait(1000), 'approve').wait(1000), '3'), 'confirm'),
    ],
  ])('approves nothing %s', (_, play) => {
    expect(play(open('approve')).decisions).toEqual([]);
  });

  test('leaves out one that changed, and must be read again', () => {
    const drive = see(open('approve'), 9).wait(1000);
    press(drive, 'approve').send({ kind: 'changed', request: aSignedRequest({ id: 'v-1', resource: '/etc/shadow' }) });
    expect(drive.model.bulk?.items.map(({ request }) => request.id)).toEqual(['v-0', 'v-2']);
    enter(drive.wait(1000), '3');
    expect(press(drive.wait(1000), 'confirm').decisions).toEqual([]);
  });

  test('denies all with one reason, and not without', () => {
    const drive = open('deny').wait(1000);
    expect(enter(drive, ' ').decisions).toEqual([]);
    expect(enter(drive, 'flood').decisions.map(({ verb, decision }) => [verb, decision.reason])).toEqual(
      Array(3).fill(['deny', 'flood']),
    );
  });
});
