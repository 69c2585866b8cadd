// How risky a capability is, by its name: the table that every AIM SDK and server shares (wire-agents §4.10).

import { checkArguments, text } from '../arguments.ts';
import type { RiskLevel } from '../wire/scalars.ts';

/** The level of a capability such as `db:read`, and what in its name says so. */
export function detectRisk(capability: string): { level: RiskLevel; because: string } {
  checkArguments('detectRisk', { capability: text }, [capability]);
  const name = capability.trim().toLowerCase();
  const exact = EXACT.get(name) ?? null;
  if (exact !== null) return { level: exact, because: `“${name}” is known as ${exact}` };
  const colon = name.indexOf(':');
  if (colon < 0) return { level: 'medium', because: 'its name has no namespace' };
  const namespace = name.slice(0, colon);
  const action = name.slice(colon + 1);
  const byAction = ACTIONS.get(action) ?? null;
  const byNamespace = NAMESPACES.get(namespace) ?? null;
  if (byAction !== null && (byNamespace === null || riskLadder.indexOf(byAction) >= riskLadder.indexOf(byNamespace))) {
    return { level: byAction, because: `“${action}” is ${byAction}` };
  }
  if (byNamespace !== null) return { level: byNamespace, because: `“${namespace}” is ${byNamespace}` };
  return { level: 'medium', because: 'its name is not known' };
}

/** From harmless to irreversible. */
export const riskLadder = ['low', 'medium', 'high', 'critical'] as const satisfies readonly RiskLevel[];
type Words = ReadonlyMap<string, RiskLevel>;

const words = (lists: Record<RiskLevel, string>): Words =>
  new Map(riskLadder.flatMap((level) => lists[level].split(' ').map((word) => [word, level] as const)));

const EXACT = words({
  low: 'auth:logout api:call db:read db:query file:read network:read mcp:resource_read',
  medium: 'auth:login api:webhook db:write file:write network:connect mcp:tool_use system:read',
  high: 'auth:reset_password auth:change_password api:external db:delete file:delete network:listen network:external',
  critical: 'user:delete user:impersonate user:admin db:admin db:drop file:execute system:exec system:admin',
});
const ACTIONS = words({
  low: 'read fetch get list search query view check validate verify count exists',
  medium: 'write update create modify edit set save upload import',
  high: 'delete remove send execute run invoke call export download transfer move revoke suspend disable block',
  critical: 'process refund charge pay approve admin impersonate escalate purge destroy drop truncate wipe terminate',
});
const NAMESPACES = words({
  low: 'api weather search geocode translate time math util',
  medium: 'db database file storage cache',
  high: 'email notification sms user auth secret credential',
  critical: 'payment admin system billing finance',
});
