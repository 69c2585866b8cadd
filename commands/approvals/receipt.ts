// The receipt of a decision made on the command line: signed like the panel's, marked as not interactive, and kept on this machine.

import { join } from 'node:path';
import { writePrivateFile } from '../../src/credentials/private-file.ts';
import { openReviewerKey } from '../../src/credentials/reviewer-key.ts';
import type { Receipt } from '../../src/crypto/receipt.ts';
import type { Decision } from '../../src/http/api.ts';
import { type Decided, receiptOf } from '../../src/state/approvals/decision-receipt.ts';
import type { Account } from '../../src/wire/session.ts';
import type { ActionContext } from '../action.ts';
import type { ExaminedRequest } from './request-argument.ts';

export type Signing = { verb: 'approve' | 'deny'; examined: ExaminedRequest; decision: Decision; me: Account | null };

/** Null where the server keeps no receipts, or nothing proves what was asked for. Never in the way of a decision. */
export async function receiptFor({ verb, examined, decision, me }: Signing, context: ActionContext): Promise<Receipt | null> {
  const { api, settings, io } = context;
  if (me === null || decision.actionHash === undefined || !(await api.has('approvals.receipt').catch(() => false))) return null;
  const { id, openedAt, shown } = examined;
  const { reason, actionHash, narrow } = decision;
  const decided: Decided = {
    id,
    verb,
    since: Date.now(),
    openedAt,
    shown,
    decision: { reason, actionHash, narrow, interactive: false },
  };
  try {
    const key = await openReviewerKey({
      folder: settings.paths.aim,
      server: api.server,
      userId: me.id,
      store: settings.get('store'),
      env: io.env,
    });
    return receiptOf(decided, me, api.server, key);
  } catch (error) {
    io.note(`aim: the decision carries no receipt: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Beside those of the dashboard: `aim verify` checks it, offline. */
export async function keepReceipt(
  receipt: Receipt | null,
  { verb, examined }: Pick<Signing, 'verb' | 'examined'>,
  { settings, io }: ActionContext,
) {
  if (receipt === null) return null;
  const path = join(settings.paths.state, 'receipts', `${examined.id}-${verb}.json`);
  try {
    await writePrivateFile(path, `${JSON.stringify(receipt)}\n`);
    return path;
  } catch {
    io.note(`aim: the receipt could not be kept in ${path}; the server has it.`);
    return null;
  }
}
