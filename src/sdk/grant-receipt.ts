// The use of a permission from an earlier approval: what its reviewers signed, and whether this action is within it.

import { actionHash } from '../crypto/action.ts';
import { parseExact, toPlain } from '../crypto/exact-json.ts';
import { pythonJson } from '../crypto/python-json.ts';
import type { ReceiptContent } from '../crypto/receipt.ts';
import { liesWithin } from '../wire/lies-within.ts';
import type { Asked } from './verdict.ts';

/** What the agent signed when it asked for the permission. It names the action, which the receipt holds only the hash of. */
export type FirstAsked = {
  actionHash: string;
  capability: string;
  resource: string | null;
  agentId: string;
  durationSeconds: number | null;
  uses: number | null;
};

/** Null for bytes that cannot be read as an action in one way only. `signedBytes` is base64. */
export function firstAsked(signedBytes: string): FirstAsked | null {
  const bytes = Buffer.from(signedBytes, 'base64');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const exact = parseExact(text);
    // Written as SDKs write it, it has no member twice, and means one thing.
    if (pythonJson(exact) !== text) return null;
    const plain = toPlain(exact) as Record<string, unknown>;
    const { action_type: capability, agent_id: agentId, resource = null, context } = plain;
    if (typeof capability !== 'string' || typeof agentId !== 'string') return null;
    if (resource !== null && typeof resource !== 'string') return null;
    const asked = (context ?? {}) as Record<string, unknown>;
    return {
      actionHash: actionHash(bytes),
      capability,
      agentId,
      resource,
      durationSeconds: numberIn(asked, ['duration_seconds', 'durationSeconds', 'grant_duration_seconds']),
      uses: numberIn(asked, ['uses', 'grant_uses', 'grantUses']),
    };
  } catch {
    return null;
  }
}

/** Why this use is not within what was signed, or null. `used` counts the uses before it, the first action among them. */
export function whyNotWithin(
  { narrow, decidedAt }: ReceiptContent,
  first: FirstAsked,
  { asked, now, used }: { asked: Asked; now: number; used: number },
): string | null {
  const resource = textOf(narrow?.['resource']) ?? first.resource;
  if (first.capability !== asked.capability) return `It is for ${first.capability}.`;
  const isWithin =
    resource === null || asked.resource === null ? resource === asked.resource : liesWithin(asked.resource, resource);
  if (!isWithin) return 'It is for another resource only.';
  const durationSeconds = secondsOf(narrow?.['durationSeconds']) ?? first.durationSeconds;
  const from = Math.max(Date.parse(decidedAt), Date.parse(textOf(narrow?.['startsAt']) ?? decidedAt));
  if (from > now && textOf(narrow?.['startsAt']) !== null) return `It holds from ${new Date(from).toISOString()} on only.`;
  if (!(from + (durationSeconds ?? NO_END_SAID) * 1000 >= now))
    return durationSeconds === null ? 'It does not say how long it holds, and is old by now.' : 'It has run out.';
  const uses = secondsOf(narrow?.['uses']) ?? first.uses ?? (durationSeconds === null ? 1 : null);
  if (uses !== null && used >= uses) return `It was for ${uses === 1 ? 'one use' : `${uses} uses`}, and all are used.`;
  return null;
}

/** Whether the action that was asked for first was let through itself, and so was a use: not where less than that was given, or for later. */
export const firstWasUsed = ({ narrow }: ReceiptContent, first: FirstAsked): boolean =>
  (textOf(narrow?.['resource']) ?? first.resource) === first.resource && textOf(narrow?.['startsAt']) === null;

// A reviewer who signs a number of uses and no time has a working day in mind.
const NO_END_SAID = 8 * 3600;

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const secondsOf = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? value : null);

function numberIn(context: Record<string, unknown>, names: readonly string[]): number | null {
  for (const name of names) {
    const value = context[name];
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return Math.floor(value);
  }
  return null;
}
