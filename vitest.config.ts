import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Files run beside each other in processes of their own, because many of them own a HOME, a port or a terminal.
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/peers/**'],
    pool: 'forks',
    // Many of them wait for programs that they started: on two cores two at a time take two thirds of the time of one.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A second chance where machines are shared; vitest names what needed it, and that is then a bug of the test.
    retry: process.env['CI'] ? 1 : 0,
    env: { NODE_ENV: 'test' },
  },
});
