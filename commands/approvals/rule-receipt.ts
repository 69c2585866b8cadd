// What a reviewer signs over a standing rule: agents that demand receipts check what it decides by this, not by the server's word.

import { join } from 'node:path';
import { writePrivateFile } from '../../src/credentials/private-file.ts';
import { openReviewerKey } from '../../src/credentials/reviewer-key.ts';
import { type RuleContent, signRule } from '../../src/crypto/rule-receipt.ts';
import type { SignedPayload } from '../../src/crypto/signed-payload.ts';
import { version } from '../../src/version.ts';
import type { ActionContext } from '../action.ts';

export type NewRule = Pick<RuleContent, 'name' | 'agentId' | 'capability' | 'decision' | 'forSeconds'> & {
  resource: string | undefined;
  reason: string | undefined;
};

/** Null where the server keeps no receipts, or no key can be had: the rule is made all the same, and that is said. */
export async function ruleReceiptFor(
  rule: NewRule,
  { api, settings, io, signal }: ActionContext,
): Promise<SignedPayload | null> {
  if (!(await api.has('approvals.receipt').catch(() => false))) return null;
  try {
    const me = await api.me({ signal });
    const folder = settings.paths.aim;
    const key = await openReviewerKey({ folder, server: api.server, userId: me.id, store: settings.get('store'), env: io.env });
    return signRule(
      {
        type: 'aim.rule-receipt/1',
        ...rule,
        resource: rule.resource ?? null,
        reason: rule.reason ?? null,
        decidedAt: new Date().toISOString(),
        reviewer: { id: me.id, email: me.email },
        server: api.server,
        client: `aim-terminal/${version}`,
      },
      key,
    );
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    io.note(`aim: the rule is not signed, so agents that demand receipts run nothing on it: ${because}`);
    return null;
  }
}

/** Beside the receipts of decisions: `aim verify` checks it, offline. */
export async function keepRuleReceipt(receipt: SignedPayload, id: string, { settings, io }: ActionContext): Promise<void> {
  const path = join(settings.paths.state, 'receipts', `rule-${id.replace(/[^\w-]/g, '')}.json`);
  await writePrivateFile(path, `${JSON.stringify(receipt)}\n`).catch(() =>
    io.note(`aim: the receipt could not be kept in ${path}; the server has it.`),
  );
}
