// Members of the context that belong to the protocol, not to the action: said as what they mean, with their name beside it.

import { type ExactJson, isNumberToken } from '../../crypto/exact-json.ts';
import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { duration } from '../../text/time.ts';

/** The meaning, or null where it is a parameter like any other. Only values that the protocol knows have a meaning. */
export function protocolWords(name: string, value: ExactJson): Printable | null {
  if (name === 'requires_approval' && value === true) return say`a person decides each time (requires_approval)`;
  if (name === 'jit_access' && value === true) return say`for a right that it has not, just in time (jit_access)`;
  if (name === 'risk_level' && typeof value === 'string' && RISKS.has(value))
    return say`the agent itself calls the risk ${value} (risk_level)`;
  if (name === 'timeout_seconds' && isNumberToken(value) && Number(value.rawJSON) > 0) {
    return say`the agent gives up after ${duration(Number(value.rawJSON))} (timeout_seconds)`;
  }
  return null;
}

const RISKS = new Set(['low', 'medium', 'high', 'critical']);
