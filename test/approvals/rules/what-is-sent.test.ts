// One decision on its way: what is sent, what is looked at afterwards, and what is told when the server or the link does something else.

import { describe, expect, test } from 'vitest';
import { PolicyError, RemoteError } from '../../../src/errors.ts';
import { type Carrier, carryOut } from '../../../src/state/approvals/carry-out.ts';
import type { InFlight } from '../../../src/state/approvals/model.ts';
import { verdictOf } from '../../../src/state/approvals/verdict.ts';
import type { ApprovalRequest } from '../../../src/wire/verification.ts';
import { aSignedRequest, NOW } from '../signed-request.ts';

type Answer = string | Error;

/** Sends one decision to a server that answers as it is told to, and says what was asked of it and what came of it. */
async function carried(
  flight: Partial<Omit<InFlight, 'shown'>> & { request?: ApprovalRequest },
  server: { answer?: Answer; held?: (ApprovalRequest | null)[]; receipt?: unknown; token?: string | null },
) {
  const calls: unknown[] = [];
  const told: unknown[] = [];
  const waits: number[] = [];
  const held = [...(server.held ?? [])];
  const { request = aSignedRequest(), ...members } = flight;
  await new Promise<void>((resolve) => {
    const answered = (verb: string) => async (id: string, body: object) => {
      calls.push([verb, id, body]);
      if (server.answer instanceof Error) throw server.answer;
      return { status: server.answer ?? 'approved' };
    };
    const get = async () => {
      calls.push('get');
      const next = held.length > 1 ? held.shift() : held[0];
      if (!next) throw new RemoteError('remote.connection', { message: 'Lost.' });
      return next;
    };
    carryOut(
      {
        id: request.id,
        verb: 'approve',
        idempotencyKey: 'key-1',
        attempt: 1,
        state: 'sent',
        since: NOW,
        openedAt: NOW,
        decision: { interactive: true },
        ...members,
        shown: { request, verdict: verdictOf(request, null) } as InFlight['shown'],
      },
      {
        api: { approvals: { approve: answered('approve'), deny: answered('deny'), get } } as unknown as Carrier['api'],
        me: 'u-1' as Carrier['me'],
        receiptFor: async () => {
          if (server.receipt instanceof Error) throw server.receipt;
          return (server.receipt ?? null) as never;
        },
        ...(server.token === undefined ? {} : { freshToken: () => server.token ?? null }),
        now: () => NOW,
        random: () => 1,
        later: (run, milliseconds) => {
          waits.push(milliseconds);
          run();
        },
        dispatch: (event) => {
          told.push(
            event.kind === 'answered' ? [event.kind, event.told.words, event.told.tone, event.told.held?.status] : event.kind,
          );
          queueMicrotask(resolve);
        },
        takeRequest: (taken) => void told.push(['taken', taken.status]),
      },
    );
  });
  return { calls, told, waits };
}

const approved = aSignedRequest({}, { status: 'approved', undoUntil: new Date(NOW).toISOString() });
const done = 'Approved. It can be taken back for ten seconds, unless the agent hears of it first.';
const unbound = aSignedRequest({}, { binding: null });
const reviewed = (by: string, decision: string) =>
  aSignedRequest({}, { quorum: { approvalsNeeded: 2, denialsNeeded: 1, reviews: [{ by, decision }] } });

describe('a first attempt', () => {
  test('sends the decision with its key, and tells what the record says afterwards', async () => {
    const { calls, told, waits } = await carried({}, { held: [approved] });
    expect(calls).toEqual([['approve', 'v-1', { interactive: true, idempotencyKey: 'key-1' }], 'get']);
    expect(told).toEqual([['answered', done, 'good', 'approved']]);
    expect(waits).toEqual([]);
  });

  test('carries a receipt and a fresh sign-in where there are any', async () => {
    const { calls } = await carried({}, { held: [approved], receipt: { signed: true }, token: 'fresh' });
    expect(calls[0]).toEqual([
      'approve',
      'v-1',
      { interactive: true, idempotencyKey: 'key-1', receipt: { signed: true }, freshToken: 'fresh' },
    ]);
  });

  test('goes without a receipt that could not be made, and without a sign-in that is none', async () => {
    const { calls } = await carried({}, { held: [approved], receipt: new Error('no key'), token: null });
    expect(calls[0]).toEqual(['approve', 'v-1', { interactive: true, idempotencyKey: 'key-1' }]);
  });

  test('of a denial always has a reason, be it an empty one', async () => {
    const { calls } = await carried({ verb: 'deny' }, { answer: 'denied', held: [approved] });
    expect(calls[0]).toEqual(['deny', 'v-1', { interactive: true, idempotencyKey: 'key-1', reason: '' }]);
    const because = await carried({ verb: 'deny', decision: { interactive: true, reason: 'no' } }, { held: [approved] });
    expect(because.calls[0]).toMatchObject(['deny', 'v-1', { reason: 'no' }]);
  });

  test('where nothing is bound looks first, and sends only what is still the same', async () => {
    const same = await carried({ request: unbound }, { held: [unbound, approved] });
    expect(same.calls).toEqual(['get', ['approve', 'v-1', expect.anything()], 'get']);
    const other = await carried(
      { request: unbound },
      { held: [aSignedRequest({ resource: '/etc/shadow' }, { binding: null })] },
    );
    expect(other.calls).toEqual(['get']);
    expect(other.told).toEqual([
      ['answered', 'Nothing was decided: the action changed after you opened it.', 'bad', undefined],
      ['taken', 'pending'],
    ]);
    expect(await carried({ request: unbound }, {})).toMatchObject({ calls: ['get'], told: ['unknown'] });
    expect((await carried({ request: unbound, verb: 'deny' }, { held: [approved] })).calls[0]).toMatchObject([
      'deny',
      'v-1',
      {},
    ]);
  });

  test.each<[title: string, answer: Answer, held: (ApprovalRequest | null)[], told: unknown[]]>([
    ['an answer without a record is not known', 'approved', [], ['unknown']],
    ['a link that fails is not known', new RemoteError('remote.connection', { message: 'Lost.' }), [approved], ['unknown']],
    ['a mistake of ours is not known', new TypeError('x'), [approved], ['unknown']],
    ['a refusal is told', new PolicyError('policy.no', { message: 'Not you.' }), [aSignedRequest()], [['answered', 'Nothing was decided. The server refused: Not you.', 'bad', 'pending']]],
    ['a refusal without a record, too', new PolicyError('policy.no', { message: 'Not you.' }), [], [['answered', 'Nothing was decided. The server refused: Not you.', 'bad', undefined]]],
    ['a refusal of what is decided tells the record', new PolicyError('policy.already-decided', { message: 'No.' }), [approved], [['answered', done, 'good', 'approved']]],
    ['a changed action is taken', new PolicyError('policy.action-changed', { message: 'No.' }), [aSignedRequest()], [['answered', 'Nothing was decided: the action changed after you opened it.', 'bad', undefined], ['taken', 'pending']]],
    ['a changed action without a record is a refusal', new PolicyError('policy.action-changed', { message: 'No.' }), [], [['answered', 'Nothing was decided. The server refused: No.', 'bad', undefined]]],
  ])('%s', async (_, answer, held, told) => {
    expect((await carried({}, { answer, held })).told).toEqual(told);
  }); // biome-ignore format: one table
});

describe('a second attempt', () => {
  test('waits, looks, and sends what nobody has recorded', async () => {
    const { calls, waits } = await carried({ attempt: 2 }, { held: [aSignedRequest(), approved] });
    expect(calls).toEqual(['get', ['approve', 'v-1', expect.anything()], 'get']);
    expect(waits).toHaveLength(1);
    const [third] = (await carried({ attempt: 3 }, { held: [aSignedRequest(), approved] })).waits;
    expect(third).toBe((waits[0] ?? 0) * 2);
  });

  test.each<[title: string, held: ApprovalRequest | null, calls: number, told: unknown]>([
    ['sends nothing that is decided', approved, 1, ['answered', done, 'good', 'approved']],
    ['sends nothing that is recorded', reviewed('u-1', 'approve'), 1, ['answered', 'Your approval is recorded, and it still waits: 1 of 2 approvals; 1 denial ends it.', 'warning', 'pending']],
    ['sends what another has recorded', reviewed('u-2', 'approve'), 3, expect.anything()],
    ['sends what was recorded otherwise', reviewed('u-1', 'deny'), 3, expect.anything()],
    ['does not know where no record is', null, 1, 'unknown'],
  ])('%s', async (_, held, count, told) => {
    const found = await carried({ attempt: 2 }, { held: [held] });
    expect(found.calls).toHaveLength(count);
    expect(found.told).toEqual([told]);
  }); // biome-ignore format: one table
});
