// The control plane's own approvals against a model of them: three reviewers, an agent, narrowing, undo, dismissals, policies and a clock.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, type Person, type TestAgent, type World } from '../control-plane/support/world.ts';

const RUNS = Number(process.env['AIM_MODEL_RUNS'] ?? 12);

let world: World;
let agent: TestAgent;
let reviewers: Person[];
let clock = Date.now();

beforeAll(async () => {
  world = await openWorld({ clock: () => clock });
  agent = await world.agent([], { by: await world.person('member') });
  reviewers = [await world.person('admin'), await world.person('admin'), await world.person('admin')];
});
afterAll(() => world.stop());

type Narrow = { durationSeconds?: number; uses?: number; resource?: string };
type Vote = { by: number; verb: 'approve' | 'deny'; narrow: Narrow; at: number };
/** What the model believes of one request. */
type Believed = {
  id: string;
  needed: number;
  expiresAt: number;
  votes: Vote[];
  status: 'pending' | 'approved' | 'denied';
  decider: number | null;
  told: boolean;
};
type State = { admin: Person; active: boolean[]; needed: number; requests: Believed[]; signedIn: Person[] };
type Move = { say: string; run(state: State): Promise<void> };
const told = (move: Move): Move => Object.assign(move, { [fc.toStringMethod]: () => move.say });

const WANTED = { durationSeconds: 3600, uses: 10, resource: '/srv/*' };
const narrowing: fc.Arbitrary<Narrow> = fc.record(
  {
    durationSeconds: fc.constantFrom(60, 600, 3600),
    uses: fc.constantFrom(1, 2, 10),
    resource: fc.constantFrom('/srv/*', '/srv/a/*', '/srv/a/b'),
  },
  { requiredKeys: [] },
);
const who = fc.nat(2);
const which = fc.nat(3);

const counting = ({ votes, status }: Believed, active: boolean[]) =>
  votes.filter(({ by, verb }) => verb === 'deny' || active[by] || status !== 'pending');

/** What the server must answer, and what it does to the model. */
async function vote(state: State, by: number, at: number, verb: 'approve' | 'deny', narrow: Narrow): Promise<void> {
  const request = state.requests[at];
  if (request === undefined) return;
  const body = verb === 'deny' ? { reason: 'no' } : { narrow };
  const { status, body: answer } = await caller(state, by)('POST', `/api/v1/admin/verifications/${request.id}/${verb}`, body);
  const isOpen = request.status === 'pending' && request.expiresAt > clock;
  if (!state.active[by]) return void expect(status).toBe(401);
  if (!isOpen || request.votes.some((each) => each.by === by)) return void expect(status).toBe(409);
  if (verb === 'approve' && state.needed > request.needed) {
    request.needed = state.needed;
    return void expect([status, answer.reasonCode]).toEqual([409, 'policyChanged']);
  }
  expect([status, answer.error]).toEqual([200, undefined]);
  request.votes.push({ by, verb, narrow, at: clock });
  const votes = counting(request, state.active);
  const approvals = votes.filter((each) => each.verb === 'approve');
  if (verb === 'deny') request.status = 'denied';
  else if (approvals.length >= request.needed) request.status = 'approved';
  if (request.status !== 'pending') request.decider = by;
  expect(answer.status).toBe(request.status);
  if (request.status !== 'approved') return;
  // Never more than the smallest that any of those gave who still count.
  const { grant } = answer;
  const least = (member: 'durationSeconds' | 'uses') =>
    Math.min(WANTED[member], ...approvals.map((each) => each.narrow[member] ?? WANTED[member]));
  expect(Date.parse(grant.expiresAt) - Date.parse(grant.startsAt)).toBeLessThanOrEqual(least('durationSeconds') * 1000);
  expect(grant.usesAllowed).toBeLessThanOrEqual(least('uses'));
  for (const each of approvals) {
    const given = each.narrow.resource ?? WANTED.resource;
    expect(grant.resource === given || (given.endsWith('*') && grant.resource.startsWith(given.slice(0, -1)))).toBe(true);
  }
}

async function undo(state: State, by: number, at: number): Promise<void> {
  const request = state.requests[at];
  if (request === undefined || !state.active[by]) return;
  const { status } = await caller(state, by)('POST', `/api/v1/admin/verifications/${request.id}/undo`, {});
  const mine = request.votes.find((each) => each.by === by);
  const may =
    mine !== undefined &&
    clock - mine.at <= 10_000 &&
    (request.status === 'pending' ? true : request.decider === by && !request.told);
  const isGone = request.status === 'pending' && request.expiresAt <= clock;
  // Between its end and the round that ends it, a review may be taken back or not: it changes nothing.
  if (isGone) return;
  expect(status).toBe(may ? 200 : 409);
  if (!may) return;
  request.votes = request.votes.filter((each) => each !== mine);
  request.status = 'pending';
  request.decider = null;
}

/** The agent looks: it is told `approved` only where enough people who count said so, and then nobody takes it back. */
async function poll(state: State, at: number): Promise<void> {
  const request = state.requests[at];
  if (request === undefined) return;
  const { body } = await world.call('GET', `/api/v1/sdk-api/verifications/${request.id}`);
  const isGone = request.status === 'pending' && request.expiresAt <= clock;
  if (body.status === 'approved') {
    expect(request.status).toBe('approved');
    expect(request.votes.filter(({ verb }) => verb === 'approve').length).toBeGreaterThanOrEqual(request.needed);
  }
  if (request.status === 'denied') expect(body.status).toBe('denied');
  if (request.status === 'pending' && !isGone) expect(body.status).toBe('pending');
  if (request.status !== 'pending') request.told = true;
}

const caller = (state: State, by: number): Person['call'] => (state.signedIn[by] as Person).call;

async function setActive(state: State, by: number, active: boolean): Promise<void> {
  const person = reviewers[by] as Person;
  const verb = active ? 'activate' : 'deactivate';
  expect((await state.admin.call('POST', `/api/v1/admin/users/${person.id}/${verb}`)).status).toBe(200);
  state.active[by] = active;
  if (active) state.signedIn[by] = await world.signIn(person.email, person.password);
}

async function setNeeded(state: State, needed: number): Promise<void> {
  const settings = { approvalsNeeded: needed, ownerMayReview: 'yes' };
  expect((await state.admin.call('PUT', '/api/v1/admin/approval-settings', settings)).status).toBe(200);
  state.needed = needed;
}

async function ask(state: State): Promise<void> {
  if (state.requests.length >= 4) return;
  const { body } = await agent.ask('disk:clean', {
    resource: WANTED.resource,
    context: { requires_approval: true, duration_seconds: WANTED.durationSeconds, uses: WANTED.uses, n: randomUUID() },
    timestamp: new Date(clock).toISOString(),
  });
  // A live permission of an earlier approval answers what it covers.
  if (body.status !== 'pending') return;
  const { needed } = state;
  state.requests.push({
    id: body.id,
    needed,
    expiresAt: clock + 3_600_000,
    votes: [],
    status: 'pending',
    decider: null,
    told: false,
  });
}

const move: fc.Arbitrary<Move> = fc
  .oneof(
    { weight: 3, arbitrary: fc.constant({ say: 'the agent asks', run: ask }) },
    {
      weight: 6,
      arbitrary: fc.tuple(who, which, narrowing).map(([by, at, narrow]) => ({
        say: `${by} approves ${at} for ${JSON.stringify(narrow)}`,
        run: (state: State) => vote(state, by, at, 'approve', narrow),
      })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(who, which)
        .map(([by, at]) => ({ say: `${by} denies ${at}`, run: (state: State) => vote(state, by, at, 'deny', {}) })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(who, which)
        .map(([by, at]) => ({ say: `${by} takes ${at} back`, run: (state: State) => undo(state, by, at) })),
    },
    {
      weight: 3,
      arbitrary: which.map((at) => ({ say: `the agent looks at ${at}`, run: (state: State) => poll(state, at) })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(who, fc.boolean()).map(([by, active]) => ({
        say: `${by} ${active ? 'comes back' : 'is dismissed'}`,
        run: (state: State) => setActive(state, by, active),
      })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(1, 2, 3)
        .map((needed) => ({ say: `policy wants ${needed}`, run: (state: State) => setNeeded(state, needed) })),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(100, 9000, 11_000).map((time) => ({
        say: `${time} ms pass`,
        run: async () => {
          clock += time;
        },
      })),
    },
  )
  .map(told);

test('no reachable state tells an agent that it may act without enough approvals, by people who count, for no more than the least of them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 8, maxLength: 30 }), async (moves) => {
      const admin = await world.signIn(world.admin.email, world.admin.password);
      const state: State = { admin, active: [true, true, true], needed: 2, requests: [], signedIn: [...reviewers] };
      // Sign-ins of the run before have ended with a dismissal, or with the clock.
      for (const by of [0, 1, 2]) await setActive(state, by, true);
      await setNeeded(state, 2);
      for (const each of moves) {
        await each.run(state);
      }
      const { body } = await admin.call('GET', '/api/v1/admin/grants?active=true&limit=100');
      for (const { id } of body.grants) await admin.call('POST', `/api/v1/admin/grants/${id}/revoke`, {});
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 240_000);
