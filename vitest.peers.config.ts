import { defineConfig } from 'vitest/config';

// The real peers: Python SDKs, PostgreSQL, a browser, a keychain, MCP servers, syslog. They share machines' services, so one file at a time.
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.{ts,tsx}'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A second chance where machines are shared; vitest names what needed it, and that is then a bug of the test.
    retry: process.env['CI'] ? 1 : 0,
    env: { NODE_ENV: 'test' },
  },
});
