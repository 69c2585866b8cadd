// The account of an e-mail address and password. Wrong pairs are counted, so that guessing is slow; right ones never are.

import type { UserTable } from '../database/tables/people.ts';
import { forbidden, unauthenticated } from '../refusal.ts';
import type { Services } from '../services.ts';
import { isPassword } from './password.ts';

// Enough for mistyping, too few for guessing.
const WRONG_PER_MINUTE = 10;

/** @throws Refusal 401 for a wrong pair, 403 for an account that may not sign in, 429 after too many wrong ones. */
export async function accountByPassword(
  { queries, limits }: Services,
  { email, password }: { email: string; password: string },
  address: string,
  now: number,
): Promise<UserTable> {
  const name = email.trim().toLowerCase();
  await limits.check('password', `${address} ${name}`, WRONG_PER_MINUTE, now);
  const user = await queries
    .selectFrom('users')
    .selectAll()
    .where((eb) => eb(eb.fn('lower', ['email']), '=', name))
    .executeTakeFirst();
  const matches = await isPassword(password, user?.passwordHash ?? null);
  if (user === undefined || !matches) {
    await limits.use('password', `${address} ${name}`, WRONG_PER_MINUTE, now);
    throw unauthenticated('credentialsWrong', 'E-mail address or password is wrong');
  }
  if (user.status !== 'active')
    throw forbidden('accountNotActive', 'This account is not active', { accountStatus: user.status });
  return user;
}
