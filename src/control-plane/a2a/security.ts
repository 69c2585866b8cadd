// May one agent turn to another? Every reason why not is given, whether it stops the agent or is only noted.

import type { Queries } from '../database/open.ts';
import type { AgentTable } from '../database/tables/agents.ts';

export type A2ASettings = {
  enforcementMode: 'monitor' | 'strict';
  requireSignedRequests: boolean;
  requireVerifiedSkills: boolean;
  minTrustScore: number;
  /** Empty: all that are not blocked. */
  allowedAgentIds: string[];
  blockedAgentIds: string[];
};

export type Turning = {
  requesting: Pick<AgentTable, 'id' | 'status' | 'isCompromised' | 'trustScore'>;
  target: Pick<AgentTable, 'id' | 'status' | 'isCompromised'>;
  isSigned: boolean;
  /** Null where no skill is named. */
  isSkillVerified: boolean | null;
};

/** In the order in which they are checked; `RULES` of them in all. */
export function whyNot({ requesting, target, isSigned, isSkillVerified }: Turning, settings: A2ASettings): string[] {
  const { allowedAgentIds, blockedAgentIds, minTrustScore } = settings;
  const checks: [isWrong: boolean, reason: string][] = [
    [requesting.id === target.id, 'an agent does not turn to itself'],
    [requesting.status !== 'verified', `the asking agent is ${requesting.status}, not verified`],
    [target.status !== 'verified', `the agent that is asked is ${target.status}, not verified`],
    [requesting.isCompromised === 1 || target.isCompromised === 1, 'one of the two is marked as compromised'],
    [[requesting.id, target.id].some((id) => blockedAgentIds.includes(id)), 'one of the two is blocked'],
    [
      allowedAgentIds.length > 0 && !allowedAgentIds.includes(requesting.id),
      'the asking agent is not on the list of those allowed',
    ],
    [
      requesting.trustScore < minTrustScore,
      `the asking agent’s trust score ${requesting.trustScore.toFixed(2)} is below ${minTrustScore}`,
    ],
    [settings.requireSignedRequests && !isSigned, 'the request is not signed'],
    [settings.requireVerifiedSkills && isSkillVerified === false, 'the skill is not verified by its peers'],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, reason]) => reason);
}

export const RULES = 9;

/** What an organisation has chosen, over what holds where it has chosen nothing. */
export async function readSettings(queries: Queries, organizationId: string): Promise<A2ASettings> {
  const { settings, enforcementMode } = await queries
    .selectFrom('organizations')
    .select(['settings', 'enforcementMode'])
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return settingsOf(settings, enforcementMode);
}

export function settingsOf(text: string, enforcementMode: 'strict' | 'monitoring'): A2ASettings {
  const { a2a = {} } = JSON.parse(text) as { a2a?: Partial<A2ASettings> };
  return {
    enforcementMode: enforcementMode === 'monitoring' ? 'monitor' : 'strict',
    requireSignedRequests: false,
    requireVerifiedSkills: false,
    minTrustScore: 0,
    allowedAgentIds: [],
    blockedAgentIds: [],
    ...a2a,
  };
}
