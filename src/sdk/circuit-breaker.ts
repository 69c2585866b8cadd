// Stops asking a server that does not answer, so that a fleet of agents does not hold it down; nothing runs meanwhile.

import { VerificationUnavailableError } from '../errors.ts';

export type CircuitBreaker = {
  /** @throws VerificationUnavailableError `verification.circuit-open` while the server is left alone. */
  before(): void;
  /** Whether the server is left alone at the moment. */
  isOpen(): boolean;
  succeeded(): void;
  failed(): void;
};

const FAILURES = 5;
const OPEN_MS = 2_000;
const LONGEST_MS = 30_000;

/** Open after five failures in a row, for a time that doubles; then one call at a time tries. */
export function createCircuitBreaker(server: string, now: () => number = Date.now): CircuitBreaker {
  let failures = 0;
  let openUntil = 0;
  let isTrying = false;
  return {
    isOpen: () => failures >= FAILURES && now() < openUntil,
    before() {
      if (failures < FAILURES) return;
      if (now() < openUntil || isTrying) {
        throw new VerificationUnavailableError('verification.circuit-open', {
          message: `${server} has not answered ${failures} times in a row; it is not asked again for a moment.`,
          next: 'The action did not run. Check the server: aim status',
          retryAfter: Math.max(1, Math.ceil((openUntil - now()) / 1000)),
        });
      }
      isTrying = true;
    },
    succeeded() {
      failures = 0;
      isTrying = false;
    },
    failed() {
      failures += 1;
      isTrying = false;
      if (failures >= FAILURES) openUntil = now() + Math.min(OPEN_MS * 2 ** (failures - FAILURES), LONGEST_MS);
    },
  };
}
