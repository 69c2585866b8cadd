// How often an agent may ask: so many at once, so many a second on the long run, and nobody waits for one that has given up.

import { expect, test } from 'vitest';
import { createRateLimit } from '../../src/sdk/rate-limit.ts';

const givingUp = (): { signal: AbortSignal; giveUp(): void } => {
  const controller = new AbortController();
  return { signal: controller.signal, giveUp: () => controller.abort(new Error('given up')) };
};

test('twenty go at once, and the next one waits', async () => {
  let now = 0;
  const limit = createRateLimit(20, 20, () => now);
  for (let at = 0; at < 20; at += 1) expect(limit()).toBeUndefined();
  const { signal, giveUp } = givingUp();
  const turn = limit(signal);
  expect(turn).toBeInstanceOf(Promise);
  giveUp();
  await expect(turn).rejects.toThrow('given up');
  now += 50; // a twentieth of a second is one more
  expect(limit()).toBeUndefined();
  const next = givingUp();
  const another = limit(next.signal);
  expect(another).toBeInstanceOf(Promise);
  next.giveUp();
  await expect(another).rejects.toThrow('given up');
});

test('an hour of silence saves up no more than a burst', async () => {
  let now = 0;
  const limit = createRateLimit(2, 2, () => now);
  now += 3_600_000;
  expect([limit(), limit()]).toEqual([undefined, undefined]);
  const { signal, giveUp } = givingUp();
  const turn = limit(signal);
  giveUp();
  await expect(turn).rejects.toThrow('given up');
});

test('without a limit nobody waits', () => {
  const limit = createRateLimit();
  for (let at = 0; at < 1_000; at += 1) expect(limit()).toBeUndefined();
});
