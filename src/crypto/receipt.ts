// A reviewer's signature over a decision: who decided what, when, and on what was displayed. Checkable without any server.

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { type SigningKey, verifySignature } from './ed25519.ts';

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

/** `payload` is base64 of the signed bytes; `signature` and `publicKey` are base64, as everywhere in AIM. */
export type Receipt = { payload: string; signature: string; publicKey: string };
const receipt = z.object({ payload: z.string().max(20_000), signature: z.string().max(200), publicKey: z.string().max(100) });

export function signReceipt(content: ReceiptContent, key: SigningKey): Receipt {
  const bytes = Buffer.from(canonical(content), 'utf8');
  return { payload: bytes.toString('base64'), signature: key.sign(bytes), publicKey: key.publicKey };
}

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
  const parsed = receipt.safeParse(sent);
  if (!parsed.success) return refuse('malformed', 'It is not a receipt: payload, signature and publicKey are needed.');
  const { payload, signature, publicKey } = parsed.data;
  const bytes = Buffer.from(payload, 'base64');
  if (!verifySignature(bytes, signature, publicKey))
    return refuse('signature', 'The signature does not fit: it was changed after it was signed.');
  const content = receiptContent.safeParse(jsonOf(bytes));
  if (!content.success) return refuse('malformed', 'What was signed is not a decision.');
  if (canonical(content.data) !== bytes.toString('utf8')) {
    return refuse(
      'not-canonical',
      'What was signed is not in canonical form: two readers may read two decisions.',
      content.data,
    );
  }
  const isKeyKnown = expected.publicKeys?.includes(publicKey) ?? false;
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

/** @throws TypeError where the content holds what JSON cannot say, which its schema excludes. */
function canonical(content: ReceiptContent): string {
  const text = canonicalize(content);
  if (text === undefined) throw new TypeError('A receipt cannot be empty.');
  return text;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

const differs = (expected: string | undefined, found: string): boolean => expected !== undefined && expected !== found;
const refuse = (code: ReceiptProblem, because: string, content: ReceiptContent | null = null): ReceiptVerdict => ({
  valid: false,
  code,
  because,
  content,
});
