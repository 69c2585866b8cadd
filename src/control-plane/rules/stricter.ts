// What a waiting request needs after the policy has changed: whatever either version asks for. It becomes harder to approve, never easier.

import type { Requirement } from './quorum.ts';

/** The first where the second asks for nothing more. */
export function stricterOf(asked: Requirement, now: Requirement): Requirement {
  const both: Requirement = {
    ...asked,
    approvalsNeeded: Math.max(asked.approvalsNeeded, now.approvalsNeeded),
    denialsNeeded: Math.min(asked.denialsNeeded, now.denialsNeeded),
    groups: union(asked.groups, now.groups),
    policy: now.policy ?? asked.policy,
    ownerMayReview: OWNER.find((word) => word === asked.ownerMayReview || word === now.ownerMayReview) ?? 'no',
    steps: union(asked.steps, now.steps),
    freshSignInSeconds: least(asked.freshSignInSeconds, now.freshSignInSeconds),
    allowed: {
      durationSeconds: Math.min(asked.allowed.durationSeconds, now.allowed.durationSeconds),
      uses: least(asked.allowed.uses ?? undefined, now.allowed.uses ?? undefined) ?? null,
      suggestedDurationSeconds: Math.min(asked.allowed.suggestedDurationSeconds, now.allowed.suggestedDurationSeconds),
      suggestedUses: least(asked.allowed.suggestedUses ?? undefined, now.allowed.suggestedUses ?? undefined) ?? null,
    },
  };
  both.approvalsNeeded = Math.max(both.approvalsNeeded, both.groups.length);
  return substance(both) === substance(asked) ? asked : both;
}

/** Strictest first. */
const OWNER = ['no', 'single', 'yes'] as const;

/** All but the name and the order of words. */
function substance({ policy: _, groups, steps, ...rest }: Requirement): string {
  const members = Object.entries({ ...rest, groups: [...groups].sort(), steps: [...steps].sort() });
  return JSON.stringify(members.filter(([, value]) => value !== undefined).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])];
const least = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : other === undefined ? one : Math.min(one, other);
