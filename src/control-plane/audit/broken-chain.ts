// What to answer when an entry cannot be put at the end of the audit log because one is there already: somebody has put its end back.

import { Refusal } from '../refusal.ts';

/** Null for any other failure. Both databases say which table it was; neither says it in the same way. */
export function brokenChain(error: unknown): Refusal | null {
  const { code, table, message } = error as { code?: unknown; table?: unknown; message?: unknown };
  const isTaken =
    (code === UNIQUE_VIOLATION && table === 'auditEntries') ||
    /^UNIQUE constraint failed: auditEntries\./.test(typeof message === 'string' ? message : '');
  if (!isTaken) return null;
  return new Refusal(
    500,
    'auditChainBroken',
    'The audit log goes on beyond where this control plane left it: somebody has changed the database. Nothing was written. See where: aim audit verify; go back to a backup: aim serve restore',
  );
}

const UNIQUE_VIOLATION = '23505';
