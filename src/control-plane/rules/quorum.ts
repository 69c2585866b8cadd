// How many, and whose, reviews decide a request: n approvals, one from each named group, and as many denials as policy says.

/** Fixed when the request is made: a later change of policy may ask for more of what is already waiting, never for less. */
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
  /** How recent a sign-in must be, where policy asks for a fresh one. */
  freshSignInSeconds?: number | undefined;
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
  const missingGroups = unrepresented(requirement.groups, approvals);
  const status =
    denials >= requirement.denialsNeeded
      ? 'denied'
      : approvals.length >= requirement.approvalsNeeded && missingGroups.length === 0
        ? 'approved'
        : 'pending';
  return { status, approvals: approvals.length, denials, missingGroups };
}

/** Groups for which no person of their own is left: who is in two groups speaks for one of them. (Augmenting paths.) */
function unrepresented(groups: readonly string[], people: readonly Reviewed[]): string[] {
  const speaker = new Map<string, Reviewed>();
  const place = (group: string, asked: Set<Reviewed>): boolean => {
    for (const person of people) {
      if (asked.has(person) || !person.groups.includes(group)) continue;
      asked.add(person);
      const held = [...speaker].find(([, by]) => by === person)?.[0];
      if (held !== undefined && !place(held, asked)) continue;
      speaker.set(group, person);
      return true;
    }
    return false;
  };
  return [...new Set(groups)].filter((group) => !place(group, new Set()));
}
