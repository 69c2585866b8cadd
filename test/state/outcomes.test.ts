// Verifications counted by outcome.

import { expect, test } from 'vitest';
import { createOutcomes } from '../../src/state/outcomes.ts';

test('a request that is decided moves from waiting to what became of it', () => {
  const outcomes = createOutcomes();
  outcomes.add({ outcome: 'waiting', at: 1000 });
  outcomes.add({ outcome: 'denied', at: 15_000 }, { outcome: 'waiting', at: 1000 });
  expect(outcomes.totals()).toEqual({ allowed: 0, denied: 1, waiting: 0, expired: 0, failed: 0 });
  expect(outcomes.series('denied', 2, 15_000)).toEqual([0, 1]);
  expect(outcomes.series('waiting', 2, 15_000)).toEqual([0, 0]);
});

test('what is said again of the same is not counted again', () => {
  const outcomes = createOutcomes();
  outcomes.add({ outcome: 'allowed', at: 1000 });
  outcomes.add({ outcome: 'allowed', at: 2000 }, { outcome: 'allowed', at: 1000 });
  expect(outcomes.totals().allowed).toBe(1);
});
