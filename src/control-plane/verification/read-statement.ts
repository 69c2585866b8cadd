// The second signed form: a DSSE-wrapped statement with a nonce (wire-agents §4.3).

import { actionHash } from '../../crypto/action.ts';
import { type ExactJson, parseExact, toPlain } from '../../crypto/exact-json.ts';
import { pythonJson } from '../../crypto/python-json.ts';
import { signedStatement, statementPayload } from '../../wire/requests/verification.ts';
import { invalid, Refusal } from '../refusal.ts';
import { type AskedAction, DEEPEST, depthOf } from './read-request.ts';

const PAYLOAD_TYPE = 'application/vnd.opena2a.action-request.v1+json';
const LARGEST = 65_536;

/** @throws Refusal 400 `invalidRequest` or `nonceRequired`, 422 `limitExceeded`. */
export function readStatement(body: Record<string, ExactJson>): AskedAction {
  const sent = signedStatement.safeParse(body);
  if (!sent.success) throw invalid('A statement has exactly signedBytes, signature and publicKey');
  const bytes = unpadded(sent.data.signedBytes, 'signedBytes');
  if (bytes.length > LARGEST)
    throw new Refusal(422, 'limitExceeded', `A statement has at most ${LARGEST} bytes`, { limit: 'statementBytes' });
  let exact: ExactJson;
  try {
    exact = parseExact(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('signedBytes: is not JSON', 'signedBytes');
  }
  if (depthOf(exact) > DEEPEST)
    throw new Refusal(422, 'limitExceeded', `A statement is nested at most ${DEEPEST} deep`, { limit: 'statementDepth' });
  if (typeof exact !== 'object' || exact === null || Array.isArray(exact))
    throw invalid('signedBytes: is not an object', 'signedBytes');
  if (!('nonce' in exact)) throw new Refusal(400, 'nonceRequired', 'A statement carries a nonce');
  const payload = statementPayload.safeParse(exact);
  if (!payload.success)
    throw invalid(`signedBytes: ${payload.error.issues[0]?.path.join('.')} ${payload.error.issues[0]?.message}`, 'signedBytes');
  const { action_type, agent_id, resource, timestamp, nonce, risk_level } = payload.data;
  if (!/^[A-Za-z0-9_-]{22}$/.test(nonce)) throw new Refusal(400, 'nonceRequired', 'A nonce is 16 bytes in base64url');
  const context = ((exact as Record<string, ExactJson>)['context'] ?? {}) as ExactJson;
  return {
    form: 'statement',
    agentId: agent_id,
    capability: action_type,
    resource,
    context: pythonJson(context),
    plainContext: toPlain(context) as Record<string, unknown>,
    timestamp,
    riskLevel: risk_level ?? null,
    signedBytes: bytes,
    message: preAuthenticationEncoding(PAYLOAD_TYPE, bytes),
    signature: unpadded(sent.data.signature, 'signature').toString('base64'),
    publicKey: unpadded(sent.data.publicKey, 'publicKey').toString('base64'),
    actionHash: actionHash(bytes),
    nonce,
  };
}

/** DSSEv1: what is signed says its type and lengths, so that it cannot be taken for anything else. */
function preAuthenticationEncoding(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function unpadded(text: string, field: string): Buffer {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw invalid(`${field}: must be base64url without padding`, field);
  return Buffer.from(text, 'base64url');
}
