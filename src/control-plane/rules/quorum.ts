// How many, and whose, reviews decide a request: n approvals, one from each named group, and as many denials as policy says.

/** Fixed when the request is made, so that a later change of policy does not move what is already waiting. */
export type Requirement = {
  approvalsNeeded: number;
  denialsNeeded: number;
  /** Each must be represented among the approvals. */
  groups: string[];
  /** The policy that asks for this, by name. */
  policy: string | null;
  /** Whether the owner of the asking agent may review. `single` means: while there is one reviewer. */
  ownerMayReview: 'yes' | 'no' | 'single';
  steps: string[];
  allowed: { durationSeconds: number; uses: number | null; suggestedDurationSeconds: number; suggestedUses: number | null };
};

export type Reviewed = { decision: string; groups: readonly string[] };
export type Tally = { status: 'pending' | 'approved' | 'denied'; approvals: number; denials: number; missingGroups: string[] };

export function tally(
  requirement: Pick<Requirement, 'approvalsNeeded' | 'denialsNeeded' | 'groups'>,
  reviews: readonly Reviewed[],
): Tally {
  const approvals = reviews.filter(({ decision }) => decision === 'approve');
  const denials = reviews.filter(({ decision }) => decision === 'deny').length;
  const missingGroups = requirement.groups.filter((group) => !approvals.some(({ groups }) => groups.includes(group)));
  const status =
    denials >= requirement.denialsNeeded
      ? 'denied'
      : approvals.length >= requirement.approvalsNeeded && missingGroups.length === 0
        ? 'approved'
        : 'pending';
  return { status, approvals: approvals.length, denials, missingGroups };
}
