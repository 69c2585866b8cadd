import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// What a process has once: variables, working folder, modules, globals.
const CHANGES =
  /process\.env\[[^\]]+\]\s*=[^=]|delete process\.env|process\.chdir|globalThis\.\w+ = |\bvi\.(mock|spyOn|stub|useFake)/;

const files = globSync('test/**/*.test.{ts,tsx}', { cwd: import.meta.dirname, exclude: ['test/peers/**'] });
// The log's writers are threads and processes that outlive what a test sees of them.
const alone = files.filter(
  (path) => path.startsWith('test/security-log/') || CHANGES.test(readFileSync(`${import.meta.dirname}/${path}`, 'utf8')),
);

// A few processes beside each other. Files share them and what was imported: a process for each file took a third of the time of all.
// Whoever changes what a process has once gets one of its own.
export default defineConfig({
  test: {
    pool: 'forks',
    // Many of them wait for programs that they started: two at a time left a third of two cores idle.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A second chance where machines are shared; vitest names what needed it, and that is then a bug of the test.
    retry: process.env['CI'] ? 1 : 0,
    env: { NODE_ENV: 'test' },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          setupFiles: ['test/each-file.ts'],
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/peers/**', ...alone],
        },
      },
      { extends: true, test: { name: 'alone', include: alone } },
    ],
  },
});
