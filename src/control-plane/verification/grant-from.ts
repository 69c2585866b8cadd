// The permission that an approval leaves behind, where the agent asked for more than this once or the reviewers gave it.

import { randomUUID } from 'node:crypto';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { GrantTable, VerificationTable } from '../database/tables/verifications.ts';
import type { Given } from '../rules/given.ts';
import type { Requirement } from '../rules/quorum.ts';

/** Null where nothing is left after this one action. `given` is the smallest that all who approved have given. */
export async function grantFrom(
  { queries, now }: Change,
  row: VerificationTable,
  { allowed }: Pick<Requirement, 'allowed'>,
  given: Given,
  person: Pick<UserPrincipal, 'id' | 'email'>,
): Promise<GrantTable | null> {
  const { resource, startsAt, uses, durationSeconds: seconds } = given;
  // Given for less than was asked, or for later: what waits now is not what was approved, and the agent asks again for that.
  const excludesThis = startsAt > now || resource !== row.resource;
  if (!excludesThis && seconds === null && uses !== null && uses <= 1) return null;
  // Asked for as an action, a pattern is one action of that name; as a permission it would be many that nobody read.
  if (row.capability.includes('*')) return null;
  // A duration alone is many uses; uses alone last as long as policy lets them.
  const usesAllowed = uses === null ? allowed.uses : allowed.uses === null ? uses : Math.min(uses, allowed.uses);
  const duration = Math.min(seconds ?? allowed.durationSeconds, allowed.durationSeconds);
  const grant: GrantTable = {
    id: randomUUID(),
    organizationId: row.organizationId,
    verificationId: row.id,
    agentId: row.agentId,
    agentName: row.agentName,
    capability: row.capability,
    resource,
    startsAt,
    expiresAt: startsAt + duration * 1000,
    usesAllowed,
    // The action that was just approved is the first use, where it is within what was given.
    usesLeft: usesAllowed === null || excludesThis ? usesAllowed : usesAllowed - 1,
    revokedAt: null,
    revokedBy: null,
    grantedBy: person.id,
    grantedByName: person.email,
    createdAt: now,
  };
  await queries.insertInto('grants').values(grant).execute();
  return grant;
}
