// How risky an action is: what the agent says, else what its name says.

import { detectRisk } from '../../detect/risk.ts';
import { type RiskLevel, riskLevels } from '../../wire/scalars.ts';
import type { AskedAction } from './read-request.ts';

export type Risk = { level: RiskLevel; detected: boolean; because: string };

export function riskOf({ riskLevel, plainContext, capability }: AskedAction): Risk {
  const stated = riskLevel ?? plainContext['risk_level'] ?? plainContext['riskLevel'];
  const word = typeof stated === 'string' ? stated.toLowerCase() : null;
  const known = riskLevels.find((level) => level === word);
  if (known !== undefined) return { level: known, detected: false, because: 'the agent says so' };
  const { level, because } = detectRisk(capability);
  return { level, detected: true, because };
}
