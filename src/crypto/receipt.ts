// A reviewer's signature over a decision: who decided what, when, and on what was displayed. Checkable without any server.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SigningKey } from './ed25519.ts';
import { canonical, openPayload, type SignedPayload, signPayload } from './signed-payload.ts';

/** What a reviewer signs, as canonical JSON (RFC 8785). Times are RFC 3339. */
const receiptContent = z.object({
  type: z.literal('aim.receipt/1'),
  verificationId: z.string(),
  /** Of the bytes that the agent signed. */
  actionHash: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['approve', 'deny']),
  agentId: z.string(),
  reason: z.string().nullable(),
  narrow: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
  policy: z.string().nullable(),
  /** Of the rules as they held for this request. */
  policyVersion: z.string().optional(),
  /** SHA-256 of the facts as the reviewer had them on screen. */
  displayed: z.string().regex(/^[0-9a-f]{64}$/),
  openedAt: z.string(),
  decidedAt: z.string(),
  reviewer: z.object({ id: z.string(), email: z.string().nullable() }),
  server: z.string(),
  client: z.string(),
  interactive: z.boolean(),
});
export type ReceiptContent = z.infer<typeof receiptContent>;

export type Receipt = SignedPayload;

export const signReceipt = (content: ReceiptContent, key: SigningKey): Receipt => signPayload(content, key);

/** What a checker already knows, and will not take from the receipt itself. */
export type ReceiptExpectation = {
  /** Keys of reviewers that may decide. Empty or absent: the receipt proves only that somebody signed it. */
  publicKeys?: readonly string[] | undefined;
  verificationId?: string | undefined;
  actionHash?: string | undefined;
  decision?: 'approve' | 'deny' | undefined;
};

export type ReceiptVerdict =
  | { valid: true; content: ReceiptContent; isKeyKnown: boolean }
  | { valid: false; code: ReceiptProblem; because: string; content: ReceiptContent | null };
export type ReceiptProblem =
  | 'malformed'
  | 'signature'
  | 'not-canonical'
  | 'unknown-key'
  | 'another-request'
  | 'another-action'
  | 'another-decision';

/** Checks a receipt offline. Pure: nothing is looked up, and every refusal says what does not fit. */
export function verifyReceipt(sent: unknown, expected: ReceiptExpectation = {}): ReceiptVerdict {
  const opened = openPayload(sent);
  if (!opened.fits) return refuse(opened.code, opened.because);
  const content = receiptContent.safeParse(opened.content);
  if (!content.success) return refuse('malformed', 'What was signed is not a decision.');
  if (canonical(content.data) !== opened.text) {
    return refuse(
      'not-canonical',
      'What was signed is not in canonical form: two readers may read two decisions.',
      content.data,
    );
  }
  const isKeyKnown = expected.publicKeys?.includes(opened.publicKey) ?? false;
  if ((expected.publicKeys?.length ?? 0) > 0 && !isKeyKnown)
    return refuse('unknown-key', 'It was signed with a key of no known reviewer.', content.data);
  if (differs(expected.verificationId, content.data.verificationId))
    return refuse('another-request', 'It speaks of another request.', content.data);
  if (differs(expected.actionHash?.toLowerCase(), content.data.actionHash))
    return refuse('another-action', 'It speaks of another action.', content.data);
  if (differs(expected.decision, content.data.decision))
    return refuse('another-decision', `It says ${content.data.decision}.`, content.data);
  return { valid: true, content: content.data, isKeyKnown };
}

/** The digest of what was on screen, for `displayed`. Rows are joined by line breaks. */
export const displayedDigest = (rows: readonly string[]): string => createHash('sha256').update(rows.join('\n')).digest('hex');

const differs = (expected: string | undefined, found: string): boolean => expected !== undefined && expected !== found;
const refuse = (code: ReceiptProblem, because: string, content: ReceiptContent | null = null): ReceiptVerdict => ({
  valid: false,
  code,
  because,
  content,
});
