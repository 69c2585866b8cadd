// The account of somebody whom an identity provider vouches for: found, linked, made, or refused.

import { emailAddress } from '../../wire/email.ts';
import { roles as ladder, type Role } from '../../wire/session.ts';
import { addPerson, personAt } from '../accounts/add-person.ts';
import type { Change } from '../database/change.ts';
import type { UserTable } from '../database/tables/people.ts';
import { forbidden } from '../refusal.ts';
import type { ExternalIdentity, OidcSettings } from './oidc.ts';

/** The highest role that the groups give; null where none gives one. */
export function roleFrom(groups: readonly string[], { roles = [] }: OidcSettings): Role | null {
  const given = roles.filter(({ group }) => groups.includes(group)).map(({ role }) => role);
  return given.toSorted((left, right) => ladder.indexOf(right) - ladder.indexOf(left))[0] ?? null;
}

/** One that is still `pending` is given too: whoever asks has to refuse it. @throws Refusal 403 in words that are shown to the person. */
export async function externalAccount(change: Change, identity: ExternalIdentity, settings: OidcSettings): Promise<UserTable> {
  const role = roleFrom(identity.groups, settings);
  const otherwise = settings.otherwise ?? 'pending';
  const known = await findAccount(change, identity);
  if (known === undefined) return makeAccount(change, identity, role ?? otherwise);
  if (known.status === 'deactivated') throw forbidden('accountNotActive', 'This account is not active');
  // Who was let in by a group is kept out without it.
  if (role === null && otherwise === 'none' && known.passwordHash === null)
    throw forbidden('notLetIn', 'None of your groups may use this control plane');
  const next = role !== null && role !== known.role && !(await isLastAdministrator(change, known)) ? role : known.role;
  const status = role !== null && known.status === 'pending' ? 'active' : known.status;
  if (next !== known.role || status !== known.status) {
    await change.queries
      .updateTable('users')
      .set({ role: next, status, updatedAt: change.now })
      .where('id', '=', known.id)
      .execute();
    tell(change, known, 'set-role', { role: next, before: known.role, status, because: 'groups of the identity provider' });
  }
  return { ...known, role: next, status };
}

async function findAccount(change: Change, identity: ExternalIdentity): Promise<UserTable | undefined> {
  const externalId = idOf(identity);
  const linked = await change.queries.selectFrom('users').selectAll().where('externalId', '=', externalId).executeTakeFirst();
  if (linked !== undefined || identity.email === null) return linked;
  const same = await personAt(change.queries, identity.email);
  if (same === undefined) return undefined;
  // An address that the provider has not checked is anybody's.
  if (!identity.isEmailVerified || same.externalId !== null)
    throw forbidden(
      'emailTaken',
      `An account with the address ${identity.email} exists here; an administrator has to look at it`,
    );
  const set = { externalId, ...(isOfUnknownHand(same) ? await withoutPassword(change, same) : {}) };
  await change.queries
    .updateTable('users')
    .set({ ...set, updatedAt: change.now })
    .where('id', '=', same.id)
    .execute();
  tell(change, same, 'link', { issuer: identity.issuer, passwordKept: set.passwordHash !== null });
  return { ...same, ...set };
}

/** Somebody asked for it under this address, and chose its password: perhaps not the one who has now shown whose address it is. */
const isOfUnknownHand = ({ status, statusReason }: UserTable): boolean => status === 'pending' || statusReason === 'approved';

async function withoutPassword({ queries, now }: Change, { id }: UserTable): Promise<{ passwordHash: null }> {
  await queries
    .updateTable('sessions')
    .set({ endedAt: now, endReason: 'the address was shown to be of whoever signs in at the identity provider' })
    .where('userId', '=', id)
    .where('endedAt', 'is', null)
    .execute();
  return { passwordHash: null };
}

async function makeAccount(change: Change, identity: ExternalIdentity, given: Role | 'pending' | 'none'): Promise<UserTable> {
  if (given === 'none') throw forbidden('notLetIn', 'None of your groups may use this control plane');
  const email = emailAddress.safeParse(identity.email).data;
  if (email === undefined) throw forbidden('emailMissing', 'The identity provider says no e-mail address of yours');
  // The organisation of whoever set the server up.
  const { id: organizationId } = await change.queries
    .selectFrom('organizations')
    .select('id')
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirstOrThrow();
  const row = await addPerson(change, {
    organizationId,
    email,
    ...(identity.name === null ? {} : { name: identity.name }),
    role: given === 'pending' ? 'viewer' : given,
    status: given === 'pending' ? 'pending' : 'active',
    passwordHash: null,
    externalId: idOf(identity),
  });
  tell(change, row, 'create', { email: row.email, role: row.role, status: row.status, issuer: identity.issuer });
  return row;
}

async function isLastAdministrator({ queries }: Change, { id, organizationId, role }: UserTable): Promise<boolean> {
  if (role !== 'admin') return false;
  const other = await queries
    .selectFrom('users')
    .select('id')
    .where('organizationId', '=', organizationId)
    .where('role', '=', 'admin')
    .where('status', '=', 'active')
    .where('id', '!=', id)
    .limit(1)
    .executeTakeFirst();
  return other === undefined;
}

const idOf = ({ issuer, subject }: ExternalIdentity): string => `${issuer.replace(/\/+$/, '')}#${subject}`;

function tell({ audit }: Change, user: UserTable, action: string, metadata: Record<string, unknown>): void {
  audit(
    { userId: user.id, userName: user.email },
    { organizationId: user.organizationId, action, resourceType: 'user', resourceId: user.id, metadata },
  );
}
