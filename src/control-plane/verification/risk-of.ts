// How risky an action is: what the agent says, else what its name says.

import { detectRisk } from '../../detect/risk.ts';
import { type RiskLevel, riskLevels } from '../../wire/scalars.ts';
import type { AskedAction } from './read-request.ts';

export type Risk = {
  level: RiskLevel;
  detected: boolean;
  because: string;
  /** What policies and reviews go by: an agent may call an action worse than its name says, never better. */
  judged: RiskLevel;
};

export function riskOf({
  riskLevel,
  plainContext,
  capability,
}: Pick<AskedAction, 'plainContext' | 'capability'> & { riskLevel: string | null }): Risk {
  const stated = riskLevel ?? plainContext['risk_level'] ?? plainContext['riskLevel'];
  const word = typeof stated === 'string' ? stated.toLowerCase() : null;
  const known = riskLevels.find((level) => level === word);
  const byName = detectRisk(capability);
  if (known === undefined) return { level: byName.level, detected: true, because: byName.because, judged: byName.level };
  const isLess = riskLevels.indexOf(known) < riskLevels.indexOf(byName.level);
  const because = isLess ? `the agent says so; by its name it is ${byName.level}` : 'the agent says so';
  return { level: known, detected: false, because, judged: isLess ? byName.level : known };
}
