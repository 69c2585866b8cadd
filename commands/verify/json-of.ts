// What was given to check, as JSON.

import { UsageError } from '../../src/errors.ts';

/** @throws UsageError where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('receipt.json', {
      message: 'That is not JSON.',
      next: 'A receipt is in the answer of: aim approvals approve ID --json',
      cause,
    });
  }
}
