import { defineConfig } from 'vitest/config';

// Files run beside each other in processes of their own, because many of them own a HOME, a port or a terminal.
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/peers/**'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { NODE_ENV: 'test' },
  },
});
