// Tests of one room with every mutant of it compiled in (`npm run mutation`): which one is switched on is a variable of the process.

import { globSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { instrumented } from './instrumented.ts';
import { rooms } from './rooms.ts';

const root = resolve(import.meta.dirname, '../..');
const name = process.env['AIM_MUTATION_ROOM'] ?? '';
const room = rooms[name];
if (!room) throw new Error(`No such room: ${name}. There are ${Object.keys(rooms).join(', ')}.`);
const { sources, mutants } = await instrumented(room.sources);
writeFileSync(process.env['AIM_MUTATION_MUTANTS'] ?? '', JSON.stringify(mutants));

const place = new Map(
  room.tests.flatMap((glob) => globSync(glob, { cwd: root })).map((path, index) => [join(root, path), index]),
);

// The tests of a rule stand first in its list: what they kill costs nobody else anything.
class AsListed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.sort((one, other) => (place.get(one.moduleId) ?? 0) - (place.get(other.moduleId) ?? 0));
  }
}

// biome-ignore lint/style/noDefaultExport: it is how vitest finds its configuration
export default defineConfig({
  root,
  plugins: [{ name: 'mutants', enforce: 'pre', load: (id) => sources.get(id.split('?')[0] ?? id) }],
  test: {
    include: room.tests,
    setupFiles: ['test/each-file.ts'],
    env: { NODE_ENV: 'test' },
    testTimeout: 600_000,
    hookTimeout: 60_000,
    // One process keeps what has been killed.
    pool: 'forks',
    maxWorkers: 1,
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: AsListed },
    // Transformed modules hold the mutants of one room.
    fsModuleCache: false,
    runner: './scripts/mutation/runner.ts',
    // What a killed mutant leaves behind ends somewhere else.
    dangerouslyIgnoreUnhandledErrors: true,
    reporters: ['dot'],
  },
});
