// What an agent may demand of an approval: that pinned reviewers have signed it, so that no server can approve alone.

import { isPublicKey } from '../crypto/ed25519.ts';
import { ConfigurationError } from '../errors.ts';
import type { RiskLevel } from '../wire/scalars.ts';

/** Whose signature an approval must carry, and for which actions. */
export type ReceiptDemand = {
  /** Public keys (base64) of the reviewers whose signature counts, pinned here and not asked of the server. `aim whoami` shows one's own. */
  reviewerKeys: readonly string[];
  /** Which actions need one. Default: `critical` only. */
  riskLevels?: readonly RiskLevel[] | undefined;
  /** How many different reviewers must have signed. Default 1. */
  reviewers?: number | undefined;
};

/** Whether an action of this risk needs a receipt. */
export const needsReceipt = (demand: ReceiptDemand | undefined, level: RiskLevel): boolean =>
  demand !== undefined && (demand.riskLevels ?? ['critical']).includes(level);

/** @throws ConfigurationError for keys that are none, and for more reviewers than there are keys. */
export function checkedDemand(demand: ReceiptDemand): ReceiptDemand {
  const { reviewerKeys, reviewers = 1 } = demand;
  const wrong = reviewerKeys.find((key) => !isPublicKey(key));
  const because =
    wrong !== undefined
      ? 'reviewerKeys holds something that is no public key: base64 of 32 bytes'
      : reviewerKeys.length === 0
        ? 'reviewerKeys is empty, so no receipt could ever do'
        : !Number.isInteger(reviewers) || reviewers < 1 || reviewers > new Set(reviewerKeys).size
          ? 'reviewers is a whole number, from 1 to the number of keys'
          : null;
  if (because === null) return demand;
  throw new ConfigurationError('client.receipts', { message: `requireReceipts: ${because}.`, field: 'requireReceipts' });
}
