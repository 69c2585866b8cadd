// The answer that nearly every action gets, read without a schema: a tenth of the time, and a process that ends soon never loads one.

import { asUntrusted } from '../text/brand.ts';
import type { RiskLevel, Timestamp, VerificationId } from '../wire/scalars.ts';
import type { VerificationAnswer } from '../wire/verification.ts';

/** The same as the schema gives, for an approval or a wait in the spelling of today; null for everything else, which is for the schema. */
export function plainAnswer(body: unknown): VerificationAnswer | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const sent = body as Record<string, unknown>;
  const { id, status, enforcementMode, riskLevel } = sent;
  if (status !== 'approved' && status !== 'pending') return null;
  if (sent['error']) return null;
  if (typeof id !== 'string' || id === '' || id.length > 200) return null;
  if (enforcementMode !== 'strict' && enforcementMode !== 'monitoring') return null;
  if (typeof riskLevel !== 'string' || !RISKS.has(riskLevel)) return null;
  for (const name of RARE) if (sent[name] !== undefined && sent[name] !== null) return null;
  for (const [snake, camel] of OLD_NAMES) if (snake in sent && !(camel in sent)) return null;
  for (const name of TEXTS) if (!isTextOrNone(sent[name])) return null;
  const { trustScore, approvedBy, denialReason, matchingCode, actionHash } = sent;
  if (typeof trustScore !== 'number' && trustScore !== undefined && trustScore !== null) return null;
  return {
    id: id as VerificationId,
    status,
    approvedBy: textOf(approvedBy),
    expiresAt: timeOf(sent['expiresAt'] as string | null | undefined),
    denialReason: textOf(denialReason),
    trustScore: typeof trustScore === 'number' ? (trustScore > 1 ? trustScore / 100 : trustScore) : null,
    enforcementMode,
    riskLevel: riskLevel as RiskLevel,
    ...(actionHash !== undefined && { actionHash: actionHash as string | null }),
    matchingCode: textOf(matchingCode),
    grant: null,
    receipts: [],
    granted: null,
    ruled: null,
    ...('receipt' in sent && { receipt: sent['receipt'] }),
  };
}

const RISKS = new Set(['low', 'medium', 'high', 'critical']);
const RARE = ['grant', 'receipts', 'receipt', 'granted', 'ruled'] as const;
const TEXTS = ['approvedBy', 'expiresAt', 'denialReason', 'matchingCode', 'actionHash'] as const;
const OLD_NAMES = [
  ['approved_by', 'approvedBy'],
  ['expires_at', 'expiresAt'],
  ['denial_reason', 'denialReason'],
  ['trust_score', 'trustScore'],
  ['matching_code', 'matchingCode'],
  ['action_hash', 'actionHash'],
] as const;

const isTextOrNone = (value: unknown): boolean => typeof value === 'string' || value === undefined || value === null;
const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? asUntrusted(value) : null);

function timeOf(text: string | null | undefined): Timestamp | null {
  if (!text || text.startsWith('0001-01-01')) return null;
  if (OURS.test(text)) return (text.length === 24 ? text : `${text.slice(0, 19)}.000Z`) as Timestamp;
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : (new Date(time).toISOString() as Timestamp);
}

// Already in the one form that everything here has, or without its milliseconds; days that no month has are for Date.parse to refuse.
const OURS = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;
