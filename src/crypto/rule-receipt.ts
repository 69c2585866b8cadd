// A reviewer's signature over a standing rule: who lets what be decided without a person, and until when. Checkable without any server.

import { z } from 'zod';
import type { SigningKey } from './ed25519.ts';
import { canonical, openPayload, type SignedPayload, signPayload } from './signed-payload.ts';

const ruleContent = z.object({
  type: z.literal('aim.rule-receipt/1'),
  name: z.string(),
  agentId: z.string(),
  capability: z.string(),
  resource: z.string().nullable(),
  decision: z.enum(['approve', 'deny']),
  reason: z.string().nullable(),
  /** The rule ends that long after `decidedAt`. */
  forSeconds: z.number().int().min(1).max(100_000_000),
  /** RFC 3339. */
  decidedAt: z.iso.datetime({ offset: true }),
  reviewer: z.object({ id: z.string(), email: z.string().nullable() }),
  server: z.string(),
  client: z.string(),
});
export type RuleContent = z.infer<typeof ruleContent>;

export const signRule = (content: RuleContent, key: SigningKey): SignedPayload => signPayload(content, key);

export type RuleVerdict =
  | { valid: true; content: RuleContent; publicKey: string; isKeyKnown: boolean }
  | { valid: false; code: 'malformed' | 'signature' | 'not-canonical' | 'unknown-key'; because: string };

/** Whether what was sent speaks of a rule at all, so that the right check can say what is wrong with it. */
export function isOfRule(sent: unknown): boolean {
  const opened = openPayload(sent);
  return opened.fits && (opened.content as { type?: unknown } | null)?.type === 'aim.rule-receipt/1';
}

/** Without `publicKeys` it proves only that somebody signed it. Pure; whether it fits an action is for the caller to see. */
export function verifyRule(sent: unknown, publicKeys: readonly string[] = []): RuleVerdict {
  const opened = openPayload(sent);
  if (!opened.fits) return { valid: false, code: opened.code, because: opened.because };
  const content = ruleContent.safeParse(opened.content);
  if (!content.success) return { valid: false, code: 'malformed', because: 'What was signed is not a rule.' };
  if (canonical(content.data) !== opened.text)
    return { valid: false, code: 'not-canonical', because: 'What was signed is not in canonical form.' };
  const isKeyKnown = publicKeys.includes(opened.publicKey);
  if (publicKeys.length > 0 && !isKeyKnown)
    return { valid: false, code: 'unknown-key', because: 'It was signed with a key of no known reviewer.' };
  return { valid: true, content: content.data, publicKey: opened.publicKey, isKeyKnown };
}
