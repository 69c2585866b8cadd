// Reads what an agent signed, in the original form or as a statement, and rebuilds exactly those bytes.

import { actionHash } from '../../crypto/action.ts';
import { type ExactJson, parseExact, toExact, toPlain } from '../../crypto/exact-json.ts';
import { pythonJson } from '../../crypto/python-json.ts';
import { actionRequest } from '../../wire/requests/verification.ts';
import type { RiskLevel } from '../../wire/scalars.ts';
import { invalid, Refusal } from '../refusal.ts';
import { checkJson, mustBeShallow } from '../strict-json.ts';
import { readStatement } from './read-statement.ts';

export type AskedAction = {
  form: 'original' | 'statement';
  agentId: string;
  capability: string;
  resource: string | null;
  /** JSON text, its numbers as the agent wrote them. */
  context: string;
  /** The same for reading, where a double is good enough. */
  plainContext: Readonly<Record<string, unknown>>;
  timestamp: string;
  riskLevel: RiskLevel | null;
  /** What was signed, as it is shown and hashed. For a statement the payload, not its envelope. */
  signedBytes: Buffer;
  /** What the signature covers. */
  message: Buffer;
  signature: string;
  publicKey: string;
  actionHash: string;
  /** Single use, in a statement. */
  nonce: string | null;
};

/** @throws Refusal 400 or 422 where it is malformed. */
export function readActionRequest(text: string): AskedAction {
  mustBeShallow(text);
  let body: ExactJson;
  try {
    body = JSON.parse(text) as ExactJson;
  } catch {
    throw new Refusal(400, 'invalidJson', 'The body is not valid JSON');
  }
  // Most write numbers that a double keeps; only for others every token has to be looked at.
  const isPlain = checkJson(text);
  if (!isPlain) body = parseExact(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('The body must be an object');
  if ('signedBytes' in body) return readStatement(body as Record<string, ExactJson>);
  const request = actionRequest.parse(body);
  // Whoever reads it elsewhere, in the other spelling, must not read something else.
  const sent = body as Readonly<Record<string, ExactJson>>;
  const other = TWO_SPELLINGS.find(([one, two]) => one in sent && two in sent && sent[one] !== sent[two]);
  if (other !== undefined) throw invalid(`${other.join(' and ')}: say different things`, other[0]);
  const capability = request.capability ?? request.actionType;
  if (capability === undefined) throw invalid('capability: is required', 'capability');
  if ([request.agentId, capability, request.resource ?? '', request.timestamp].some((text) => text.includes('\0')))
    throw invalid('The request holds a NUL character');
  const context = isPlain ? toExact(request.context ?? {}) : ((request.context ?? {}) as ExactJson);
  if (depthOf(context) > DEEPEST)
    throw new Refusal(422, 'limitExceeded', 'The context is nested too deeply', { limit: 'contextDepth' });
  const { agentId, timestamp, resource = null } = request;
  // `actionMessage` of it, with the context written once for both.
  const contextText = pythonJson(context);
  const signedBytes = Buffer.from(
    `{"action_type": ${pythonJson(capability)}, "agent_id": ${pythonJson(agentId)}, "context": ${contextText}, "resource": ${pythonJson(resource)}, "timestamp": ${pythonJson(timestamp)}}`,
  );
  return {
    form: 'original',
    agentId,
    capability,
    resource,
    timestamp,
    context: contextText,
    plainContext: (isPlain ? (request.context ?? {}) : toPlain(context)) as Record<string, unknown>,
    riskLevel: request.riskLevel ?? null,
    signedBytes,
    message: signedBytes,
    signature: request.signature,
    publicKey: request.publicKey,
    actionHash: actionHash(signedBytes),
    nonce: null,
  };
}

const TWO_SPELLINGS = [
  ['capability', 'action_type'],
  ['capability', 'actionType'],
  ['agentId', 'agent_id'],
  ['publicKey', 'public_key'],
  ['riskLevel', 'risk_level'],
] as const;

export const DEEPEST = 32;

export function depthOf(value: ExactJson): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member as ExactJson));
  return deepest + 1;
}
