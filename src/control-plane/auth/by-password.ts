// The account of an e-mail address and password. Wrong pairs are counted, so that guessing is slow; right ones never are.

import { sameMailbox } from '../../wire/email.ts';
import { personAt } from '../accounts/add-person.ts';
import type { Queries } from '../database/open.ts';
import type { UserTable } from '../database/tables/people.ts';
import { forbidden, unauthenticated } from '../refusal.ts';
import type { Services } from '../services.ts';
import { isPassword } from './password.ts';
import { networkOf } from './rate-limits.ts';

// Enough for mistyping, too few for guessing.
const WRONG_PER_MINUTE = 10;
// From everywhere together: whoever has many addresses, or makes them up behind a proxy, guesses no faster than this.
const WRONG_PER_MINUTE_FROM_ALL = 50;

/** @throws Refusal 401 for a wrong pair, 403 for an account that may not sign in, 429 after too many wrong ones. */
export async function accountByPassword(
  services: Services,
  { email, password }: { email: string; password: string },
  address: string,
  now: number,
): Promise<UserTable> {
  const name = sameMailbox(email);
  const network = networkOf(address);
  const user = await inTurn(`${network} ${name}`, (from) => checked(services, { name, password, network, from }, now));
  if (user.status !== 'active')
    throw forbidden('accountNotActive', 'This account is not active', { accountStatus: user.status });
  return user;
}

async function checked(
  { queries, limits }: Services,
  { name, password, network, from }: { name: string; password: string; network: string; from: string },
  now: number,
): Promise<UserTable> {
  await limits.check('password', from, WRONG_PER_MINUTE, now);
  const user = await personAt(queries, name);
  await limits.check('password of', name, WRONG_PER_MINUTE_FROM_ALL, now).catch(async (refusal: unknown) => {
    if (user === undefined || !(await isAtHome(queries, user.id, network, now))) throw refusal;
  });
  if ((await isPassword(password, user?.passwordHash ?? null)) && user !== undefined) return user;
  await limits.use('password of', name, WRONG_PER_MINUTE_FROM_ALL, now);
  await limits.use('password', from, WRONG_PER_MINUTE, now);
  throw unauthenticated('credentialsWrong', 'E-mail address or password is wrong');
}

/** Where somebody has signed in lately, strangers who guess elsewhere do not keep them out. */
async function isAtHome(queries: Queries, userId: string, network: string, now: number): Promise<boolean> {
  const session = await queries
    .selectFrom('sessions')
    .select('id')
    .where('userId', '=', userId)
    .where('network', '=', network)
    .where('startedAt', '>', now - LATELY)
    .limit(1)
    .executeTakeFirst();
  return session !== undefined;
}

const LATELY = 30 * 24 * 60 * 60 * 1000;

const turns = new Map<string, Promise<unknown>>();

/** One after the other: of many that come at once, each would find that too few were wrong before it, and all would be tried. */
async function inTurn<Result>(key: string, work: (key: string) => Promise<Result>): Promise<Result> {
  const mine = (turns.get(key) ?? Promise.resolve()).then(
    () => work(key),
    () => work(key),
  );
  turns.set(key, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(key) === mine) turns.delete(key);
  }
}
