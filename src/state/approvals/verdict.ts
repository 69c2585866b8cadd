// Is this what the agent signed? Checked here, with the key that the agent has always had, before anything is shown as a fact.

import { type KnownAgent, keyFingerprint } from '../../credentials/known-agents.ts';
import { verifySignature } from '../../crypto/ed25519.ts';
import type { Printable } from '../../text/brand.ts';
import { say } from '../../text/say.ts';
import { localDateTime } from '../../text/time.ts';
import type { ApprovalRequest } from '../../wire/verification.ts';
import { readSignedContent, type SignedContent, signatureInput } from './signed-content.ts';

export type VerdictKind = 'signed' | 'key-changed' | 'unsigned' | 'misfit' | 'uninspectable';

export type Verdict = {
  kind: VerdictKind;
  /** The words of screen and command line: `signed by billing-bot`. */
  title: Printable;
  /** What was found, and what it means. */
  because: Printable;
  /** What the agent signed. Null where nothing could be read, or the signature is not this agent's. */
  signed: SignedContent | null;
  fingerprint: string | null;
  /** The key was never seen before: it is kept when the first request is approved with it. */
  isFirstUse: boolean;
  /** How the agent was called when its key was kept. Null where it is not known. */
  knownAs?: string | null;
};

/** `known` is the key kept for this agent, if any. Pure: the caller keeps keys and asks for them. */
export function verdictOf(request: ApprovalRequest, known: KnownAgent | null): Verdict {
  const { binding } = request;
  if (binding === null) {
    return none('unsigned', say`The server gives no signature, so nothing proves that the agent asked for exactly this.`);
  }
  const input = signatureInput(binding);
  if (input === null) return none('uninspectable', say`The signed bytes are not base64.`);
  const fingerprint = keyFingerprint(binding.publicKey);
  if (!verifySignature(input, binding.signature, binding.publicKey)) {
    return { ...none('misfit', say`The signature was not made with the agent's key over this action.`), fingerprint };
  }
  const content = readSignedContent(binding);
  if ('unreadable' in content) return { ...none('uninspectable', say`${content.unreadable}`), fingerprint };
  if (content.hash !== binding.actionHash.toLowerCase()) {
    return { ...none('misfit', say`The server's hash belongs to another action than the one that was signed.`), fingerprint };
  }
  if (content.agentId !== request.agentId) {
    return { ...none('misfit', say`Another agent signed this: ${content.agentId}.`), fingerprint };
  }
  if (known !== null && known.fingerprint !== fingerprint) return changedKey(request, content, fingerprint, known);
  return {
    kind: 'signed',
    title: say`signed by ${request.agentName ?? request.agentId}`,
    because:
      known === null
        ? say`Its key is new here: ${fingerprint}. It is kept when you approve.`
        : say`With the key that is known since ${localDateTime(known.firstSeenAt)}.`,
    signed: content,
    fingerprint,
    isFirstUse: known === null,
    knownAs: known?.name || null,
  };
}

/** Whether the ordinary key may approve it. */
export const isProven = (verdict: Verdict): boolean => verdict.kind === 'signed';

/** Whether it may be approved at all, with more steps. Tampering and a changed key are never waved through. */
export const mayApproveUnproven = (verdict: Verdict): boolean =>
  verdict.kind === 'unsigned' || verdict.kind === 'uninspectable';

const titles: Record<Exclude<VerdictKind, 'signed' | 'key-changed'>, string> = {
  unsigned: 'not signed',
  misfit: 'signature does not fit',
  uninspectable: 'cannot be inspected',
};

function none(kind: Exclude<VerdictKind, 'signed' | 'key-changed'>, because: Printable): Verdict {
  return { kind, title: say`${titles[kind]}`, because, signed: null, fingerprint: null, isFirstUse: false };
}

function changedKey(request: ApprovalRequest, signed: SignedContent, fingerprint: string, known: KnownAgent): Verdict {
  return {
    kind: 'key-changed',
    title: say`signed by ${request.agentName ?? request.agentId} with ANOTHER KEY than before`,
    because: say`Known since ${localDateTime(known.firstSeenAt)}: ${known.fingerprint}. Now: ${fingerprint}. Ask the owner why.`,
    signed,
    fingerprint,
    isFirstUse: false,
    knownAs: known.name || null,
  };
}
