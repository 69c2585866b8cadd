// Does what was granted cover what is asked? `ns:*` covers every `ns:…`; a scope may narrow the resource.

import { liesWithin } from '../../wire/lies-within.ts';

export type Granted = {
  capabilityType: string;
  scope: Record<string, unknown> | null;
  executionMode: string;
  isHoneytoken: boolean;
};

export function covers(granted: string, asked: string): boolean {
  if (granted === asked || granted === '*') return true;
  return granted.endsWith(':*') && asked.startsWith(granted.slice(0, -1));
}

/** The grant that covers capability and resource, the most exact one first; or null. */
export function grantFor(granted: readonly Granted[], capability: string, resource: string | null): Granted | null {
  const fitting = granted.filter((each) => covers(each.capabilityType, capability) && withinScope(each.scope, resource));
  return fitting.find(({ capabilityType }) => capabilityType === capability) ?? fitting[0] ?? null;
}

// A scope lists resources, each exact or ending in `*`. A scope that says nothing of resources does not narrow them.
function withinScope(scope: Record<string, unknown> | null, resource: string | null): boolean {
  const listed = scope?.['resources'] ?? scope?.['resource'];
  if (listed === undefined || listed === null) return true;
  const patterns = (Array.isArray(listed) ? listed : [listed]).filter((item) => typeof item === 'string');
  return resource !== null && patterns.some((pattern) => liesWithin(resource, pattern));
}
