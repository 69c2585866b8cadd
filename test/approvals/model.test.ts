// The approvals machine against everything at once: two reviewers, an agent, expiry, restarts, and a server that lies.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { createWorld, type Mischief, type World } from './simulated-world.ts';

type Move = { say: string; run(world: World): void | Promise<void> };

const name = fc.constantFrom('ana', 'bo');
const id = fc.constantFrom('v-1', 'v-2', 'v-3');
const resource = fc.constantFrom('/etc/hosts', '/etc/shadow', 'orders/*');

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(resource, fc.constantFrom(1, 1, 2)).map(([what, needed]) => ({
      say: `agent asks for ${what}, by ${needed}`,
      run: (world: World) => void (world.requests.size < 3 && world.ask(what, needed)),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(id, resource)
      .map(([which, what]) => ({ say: `server swaps ${which} for ${what}`, run: (world: World) => world.swap(which, what) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(id, fc.constantFrom('denied', 'approved', 'expired', 'cancelled', 'pending'))
      .map(([which, status]) => ({
        say: `server says ${which} is ${status}`,
        run: (world: World) => world.setStatus(which, status as 'denied'),
      })),
  },
  {
    weight: 1,
    arbitrary: id.map((which) => ({
      say: `server drops the signature of ${which}`,
      run: (world: World) => world.forgetSignature(which),
    })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Mischief>('honest', 'lose-request', 'lose-answer', 'answer-without-doing', 'do-nothing-and-refuse', 'late')
      .map((mischief) => ({
        say: `server is ${mischief}`,
        run: (world: World) => {
          world.mischief = mischief;
        },
      })),
  },
  { weight: 1, arbitrary: fc.constant({ say: 'late answers arrive', run: (world: World) => world.release() }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(name, id)
      .map(([who, which]) => ({ say: `${who} hears of ${which}`, run: (world: World) => world.tell(who, which) })),
  },
  { weight: 1, arbitrary: name.map((who) => ({ say: `${who} restarts`, run: (world: World) => world.restart(who) })) },
  {
    weight: 3,
    arbitrary: fc.tuple(name, id, fc.constantFrom('read', 'deny')).map(([who, which, to]) => ({
      say: `${who} opens ${which} to ${to}`,
      run: (world: World) => world.reviewers.get(who)?.open(which, to as 'read'),
    })),
  },
  {
    weight: 3,
    arbitrary: name.map((who) => ({
      say: `${who} reads to the end`,
      run: (world: World) => world.reviewers.get(who)?.readAll(),
    })),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        name,
        fc.constantFrom<PressedKey>('approve', 'approve-unproven', 'confirm', 'deny', 'back', 'other', 'accept-key', 'undo'),
        fc.boolean(),
        fc.integer({ min: 0, max: 9 }),
      )
      .map(([who, key, isLone, dice]) => ({
        say: `${who} presses ${key}`,
        run: (world: World) => world.reviewers.get(who)?.press(key, isLone || dice > 1, dice === 0),
      })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(name, fc.constantFrom('no', '', 'billing-bot'), fc.boolean()).map(([who, text, isLone]) => ({
      say: `${who} enters "${text}"`,
      run: (world: World) => world.reviewers.get(who)?.enter(text, isLone),
    })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, fc.record({ durationSeconds: fc.constantFrom(60, 600), uses: fc.constantFrom(1, 3) }, { requiredKeys: [] }))
      .map(([who, narrow]) => ({
        say: `${who} narrows to ${JSON.stringify(narrow)}`,
        run: (world: World) => world.reviewers.get(who)?.narrow(narrow),
      })),
  },
  // The straight way, so that approvals happen often enough for something to go wrong.
  {
    weight: 3,
    arbitrary: fc.tuple(name, id).map(([who, which]) => ({
      say: `${who} approves ${which} by the book`,
      run: async (world: World) => {
        const reviewer = world.reviewers.get(who);
        await reviewer?.open(which, 'read');
        reviewer?.readAll();
        await world.pass(800);
        reviewer?.press('approve', true, false);
        await world.pass(800);
        reviewer?.press('confirm', true, false);
      },
    })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(10, 400, 800, 5000, 30_000)
      .map((time) => ({ say: `${time} ms pass`, run: (world: World) => world.pass(time) })),
  },
);

const play = async (moves: readonly Move[], check: (world: World, move: Move) => void) => {
  const world = createWorld();
  for (const each of moves) {
    await each.run(world);
    await world.pass(1);
    check(world, each);
  }
  for (const reviewer of world.reviewers.values()) reviewer.store.stop();
};

const holds = (check: (world: World, move: Move) => void) =>
  fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 60 }), (moves) => play(moves, check)),
    { numRuns: 250 },
  );

describe('in no reachable state', () => {
  test('is an approval sent that a person did not confirm, for exactly what was in front of them', async () => {
    await holds((world) => {
      for (const { by, verb, id: which, decision } of world.posted) {
        if (verb !== 'approve') continue;
        const confirmations = world.reviewers.get(by)?.confirmed ?? [];
        expect(confirmations.some((each) => each.id === which && each.hash === decision.actionHash)).toBe(true);
      }
    });
  });

  test('does an agent that checks receipts run anything but what a reviewer saw, signed and in time', async () => {
    await holds((world) => {
      for (const [which, hash] of world.wanted) {
        if (!world.agentRuns(which)) continue;
        const seen = [...world.reviewers.values()].flatMap(({ confirmed }) => confirmed);
        expect(seen.some((each) => each.id === which && each.hash === hash)).toBe(true);
      }
    });
  });

  test('does an agent run with fewer people than policy asks for, each of whom confirmed it', async () => {
    await holds((world) => {
      for (const which of world.wanted.keys()) {
        if (!world.agentRuns(which)) continue;
        const people = [...world.reviewers.values()].filter(({ confirmed }) =>
          confirmed.some(({ id: each }) => each === which),
        );
        expect(people.length).toBeGreaterThanOrEqual(world.needed(which));
      }
    });
  });

  test('is more given, or signed for, than stood in front of who confirmed it', async () => {
    await holds((world) => {
      for (const { by, verb, id: which, decision } of world.posted) {
        if (verb !== 'approve') continue;
        const confirmations = world.reviewers.get(by)?.confirmed.filter((each) => each.id === which) ?? [];
        expect(confirmations.map(({ given }) => given)).toContainEqual(decision.narrow ?? {});
        const { payload } = (decision.receipt ?? { payload: '' }) as { payload: string };
        if (payload === '') continue;
        expect(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')).narrow ?? {}).toEqual(decision.narrow ?? {});
      }
    });
  });

  test('is anything shown as approved whose record does not say so', async () => {
    await holds((world) => {
      for (const { store } of world.reviewers.values()) {
        for (const told of store.get().told.values()) {
          if (told.verb === 'approve' && told.tone === 'good') expect(told.held?.status).toBe('approved');
          if (told.verb === 'deny' && told.tone === 'good') expect(told.held?.status).toBe('denied');
        }
      }
    });
  });

  test('is anything shown as taken back whose record says otherwise', async () => {
    await holds((world) => {
      for (const { name: who, store } of world.reviewers.values()) {
        const { panel } = store.get();
        if (!panel?.notice?.words.startsWith('Taken back') || panel.notice.at !== world.at - 1) continue;
        const held = world.requests.get(panel.shown.request.id);
        expect(held?.quorum?.reviews.map(({ by }) => by) ?? []).not.toContain(who);
      }
    });
  });

  test('has one decision two idempotency keys, or one key two decisions', async () => {
    await holds((world) => {
      const byKey = new Map<string, string>();
      for (const { by, verb, id: which, decision } of world.posted) {
        const what = JSON.stringify([by, verb, which, decision.actionHash, decision.reason, decision.receipt]);
        const before = byKey.get(decision.idempotencyKey ?? '');
        expect(before ?? what).toBe(what);
        byKey.set(decision.idempotencyKey ?? '', what);
      }
      const approvals = [...byKey].filter(([, what]) => what.includes('"approve"'));
      const confirmations = [...world.reviewers.values()].flatMap(({ confirmed }) => confirmed).length;
      expect(approvals.length).toBeLessThanOrEqual(confirmations);
    });
  });

  test('does a panel show another request than the one that was opened', async () => {
    const opened = new Map<string, string>();
    await holds((world, each) => {
      if (each.say.includes(' restarts')) opened.clear();
      for (const { name: who, store } of world.reviewers.values()) {
        const shown = store.get().panel?.shown.request.id;
        if (shown === undefined) continue;
        const before = opened.get(who);
        if (before !== undefined && before !== shown) expect(each.say).toMatch(new RegExp(`^${who} (opens|approves) ${shown}`));
        opened.set(who, shown);
      }
      if (world.posted.length === 0 && world.requests.size === 0) opened.clear();
    });
  });
});

test('the straight way does approve, so that the properties above are about something', async () => {
  const world = createWorld();
  world.ask('/etc/hosts');
  const ana = world.reviewers.get('ana');
  await ana?.open('v-1', 'read');
  ana?.readAll();
  await world.pass(800);
  ana?.press('approve', true, false);
  await world.pass(800);
  ana?.press('confirm', true, false);
  for (let turns = 0; turns < 5; turns++) await world.pass(1);
  expect(world.requests.get('v-1')?.status).toBe('approved');
  expect(world.agentRuns('v-1')).toBe(true);
  expect([...(ana?.store.get().told.values() ?? [])][0]?.words).toContain('Approved.');
  const settle = async () => {
    for (let turns = 0; turns < 5; turns++) await world.pass(1);
    return ana?.store.get().panel?.notice?.words;
  };
  world.mischief = 'answer-without-doing';
  ana?.press('undo', true, false);
  expect(await settle()).toContain('NOT taken back');
  world.mischief = 'honest';
  ana?.press('undo', true, false);
  expect(await settle()).toContain('Taken back');
  expect(world.requests.get('v-1')?.status).toBe('pending');
});
