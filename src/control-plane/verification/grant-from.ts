// The permission that an approval leaves behind, where the agent asked for more than this once or the reviewer gave it.

import { randomUUID } from 'node:crypto';
import type { DecisionRequest } from '../../wire/requests/verification.ts';
import type { UserPrincipal } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { GrantTable, VerificationTable } from '../database/tables/verifications.ts';
import { invalid } from '../refusal.ts';
import type { Requirement } from '../rules/quorum.ts';
import { liesWithin } from '../rules/resource-match.ts';
import type { Asked } from '../views/verification.ts';

type Narrow = NonNullable<DecisionRequest['narrow']>;

/** Null where nothing is left after this one action. @throws Refusal 400 where more is given than policy allows. */
export async function grantFrom(
  { queries, now }: Change,
  row: VerificationTable,
  { allowed }: Requirement,
  narrow: Narrow | null,
  person: UserPrincipal,
): Promise<GrantTable | null> {
  const asked = row.asked === null ? null : (JSON.parse(row.asked) as Asked);
  const uses = narrow?.uses ?? asked?.uses ?? null;
  const seconds = narrow?.durationSeconds ?? asked?.durationSeconds ?? null;
  if (narrow?.durationSeconds && narrow.durationSeconds > allowed.durationSeconds)
    throw invalid(`narrow.durationSeconds: policy allows ${allowed.durationSeconds} at the most`, 'narrow.durationSeconds');
  if (narrow?.uses && allowed.uses !== null && narrow.uses > allowed.uses)
    throw invalid(`narrow.uses: policy allows ${allowed.uses} at the most`, 'narrow.uses');
  if (narrow?.resource && row.resource !== null && !liesWithin(narrow.resource, row.resource))
    throw invalid('narrow.resource: is not what the agent asked for', 'narrow.resource');
  const startsAt = Math.max(now, narrow?.startsAt ? Date.parse(narrow.startsAt) : now);
  // Given for less than was asked, or for later: what waits now is not what was approved, and the agent asks again for that.
  const excludesThis = startsAt > now || (narrow?.resource !== undefined && narrow.resource !== row.resource);
  if (!excludesThis && seconds === null && (uses === null || uses <= 1)) return null;
  // Asked for as an action, a pattern is one action of that name; as a permission it would be many that nobody read.
  if (row.capability.includes('*')) return null;
  // A duration alone is many uses; uses alone last as long as policy lets them.
  const wanted = uses ?? (excludesThis && seconds === null ? 1 : null);
  const usesAllowed = wanted === null ? allowed.uses : allowed.uses === null ? wanted : Math.min(wanted, allowed.uses);
  const duration = Math.min(seconds ?? allowed.durationSeconds, allowed.durationSeconds);
  const grant: GrantTable = {
    id: randomUUID(),
    organizationId: row.organizationId,
    verificationId: row.id,
    agentId: row.agentId,
    agentName: row.agentName,
    capability: row.capability,
    resource: narrow?.resource ?? row.resource,
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
