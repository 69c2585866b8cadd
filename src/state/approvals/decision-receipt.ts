// The receipt of one decision: what was decided, and a digest of what the reviewer had on screen.

import type { SigningKey } from '../../crypto/ed25519.ts';
import { displayedDigest, type Receipt, type ReceiptContent, signReceipt } from '../../crypto/receipt.ts';
import { version } from '../../version.ts';
import type { Account } from '../../wire/session.ts';
import type { Narrowing } from '../../wire/verification.ts';
import { dossierOf } from './facts.ts';
import type { DecisionBody, InFlight } from './model.ts';

/** What was decided, in the panel or on the command line. */
export type Decided = Pick<InFlight, 'id' | 'verb' | 'since' | 'openedAt' | 'shown'> & {
  decision: { [Name in 'reason' | 'actionHash' | 'narrow']?: DecisionBody[Name] | undefined } & { interactive: boolean };
};

/** Null where nothing was proven: a receipt that names no action would prove nothing. */
export function receiptOf(
  decided: Decided,
  reviewer: Pick<Account, 'id' | 'email'>,
  server: string,
  key: SigningKey,
): Receipt | null {
  const { shown, decision, verb, since } = decided;
  if (decision.actionHash === undefined) return null;
  return signReceipt(
    {
      type: 'aim.receipt/1',
      verificationId: decided.id,
      actionHash: decision.actionHash,
      decision: verb,
      agentId: shown.request.agentId,
      reason: decision.reason ?? null,
      narrow: decision.narrow === undefined ? null : membersOf(decision.narrow),
      policy: shown.request.quorum?.policy ?? null,
      ...(shown.request.quorum?.policyVersion ? { policyVersion: shown.request.quorum.policyVersion } : {}),
      displayed: displayedDigest(displayedRows(decided)),
      openedAt: new Date(decided.openedAt).toISOString(),
      decidedAt: new Date(since).toISOString(),
      reviewer: { id: reviewer.id, email: reviewer.email },
      server,
      client: `aim-terminal/${version}`,
      interactive: decision.interactive,
    },
    key,
  );
}

/** The facts and claims as lines, whatever width they had on screen. */
function displayedRows({ shown, since }: Decided): string[] {
  const { verdict, facts, claims } = dossierOf(shown.request, shown.verdict, { ...shown.around, now: since });
  return [
    verdict.title,
    ...facts.filter((fact) => !fact.isLive).map(({ label, value }) => `${label}: ${value}`),
    ...claims.map(({ label, text }) => `claim ${label}: ${text}`),
  ];
}

const membersOf = (narrow: Narrowing): NonNullable<ReceiptContent['narrow']> =>
  Object.fromEntries(Object.entries(narrow).filter((entry): entry is [string, string | number] => entry[1] !== undefined));
