// Requests as agents really sign them, for tests.

import { actionHash, actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { readSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import { type ApprovalRequest, approvalRequest, type Binding } from '../../src/wire/verification.ts';

/** The same key in every run, so that fingerprints in tests are words. */
export const agentKey: SigningKey = readSigningKey(Buffer.alloc(32, 7).toString('base64'));
export const otherKey: SigningKey = readSigningKey(Buffer.alloc(32, 9).toString('base64'));

export const NOW = Date.parse('2026-11-23T03:00:00.000Z');

export type Wanted = {
  id?: string;
  agentId?: string;
  capability?: string;
  resource?: string | null;
  context?: Record<string, unknown>;
  key?: SigningKey;
};

export function bindingOf({
  agentId = 'a-1',
  capability = 'file:write',
  resource = '/etc/hosts',
  context = {},
  key = agentKey,
}: Wanted = {}): Binding {
  const action = toSignedAction({ agentId, capability, resource, context, timestamp: actionTimestamp(new Date(NOW)) });
  return boundText(actionMessage(action), key);
}

/** Any text, signed: what an agent that follows no rules could send. */
export function boundText(text: string | Uint8Array, key: SigningKey = agentKey): Binding {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return {
    form: 'original',
    signedBytes: Buffer.from(bytes).toString('base64'),
    signature: key.sign(bytes),
    publicKey: key.publicKey,
    actionHash: actionHash(bytes),
  };
}

/** A request whose fields say what was signed. `members` replace what the server says, never what was signed. */
export function aSignedRequest(wanted: Wanted = {}, members: Record<string, unknown> = {}): ApprovalRequest {
  const { id = 'v-1', agentId = 'a-1', capability = 'file:write', resource = '/etc/hosts', context = {} } = wanted;
  return approvalRequest.parse({
    id,
    agentId,
    agentName: 'billing-bot',
    capability,
    resource,
    context,
    riskLevel: 'high',
    status: 'pending',
    requestedAt: new Date(NOW).toISOString(),
    expiresAt: new Date(NOW + 600_000).toISOString(),
    mayReview: true,
    binding: bindingOf(wanted),
    ...members,
  });
}
