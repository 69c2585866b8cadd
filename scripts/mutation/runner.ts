// Runs each test as it is, then once more for every mutant that it came past and that nothing has killed yet.
// One process and no reloading: a mutant costs what its tests cost, a few milliseconds instead of a start.

import { appendFileSync } from 'node:fs';
import { type RunnerTestCase, TestRunner } from 'vitest';

// biome-ignore lint/style/noDefaultExport: it is how vitest finds a runner
export default class MutantRunner extends TestRunner {
  // What runs while a module is loaded is over before a mutant can be switched on.
  override onAfterRunFiles(): void {
    record({ static: Object.keys(switches.mutantCoverage?.static ?? {}) });
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const body = TestRunner.getTestFn(test) as () => Promise<void>;
    const began = performance.now();
    const hits = await watched(test.id, body);
    const took = performance.now() - began;
    const run = async () => {
      await anew(test);
      await body();
    };
    const waiting = [...hits].filter(([id]) => !killed.has(id));
    for (const [id] of waiting) if (!seen.has(id)) note(seen, 'seen', id, test);
    if (waiting.length === 0) return;
    if (took > LONGEST || !(await holds(run)))
      return record({ left: waiting.length, by: test.name, why: took > LONGEST ? 'long' : 'once' });
    const until = performance.now() + ENOUGH;
    for (const [id, count] of waiting) {
      if (performance.now() > until) return record({ left: waiting.length, by: test.name, why: 'enough' });
      if (await survives(run, id, count, took)) continue;
      // A world that an earlier mutant broke kills whoever comes next.
      if (!(await holds(run))) return record({ left: waiting.length, by: test.name, why: 'broken' });
      note(killed, 'killed', id, test);
    }
  }
}

// A test that takes longer than this, or has so much to try, leaves it to others.
const LONGEST = 1000;
const ENOUGH = 40_000;

/** What stands around a test is put up again: some leave a screen behind that has been used. */
async function anew(test: RunnerTestCase): Promise<void> {
  const suites: Suite[] = [];
  for (
    let suite: Suite | undefined = test.suite ?? test.file;
    suite;
    suite = suite.suite ?? (suite === test.file ? undefined : test.file)
  )
    suites.unshift(suite);
  for (const suite of suites.toReversed()) for (const hook of hooksOf(suite).afterEach) await hook(test.context, suite);
  for (const suite of suites) for (const hook of hooksOf(suite).beforeEach) await hook(test.context, suite);
}

type Suite = NonNullable<RunnerTestCase['suite']>;
type Hook = (context: unknown, suite: unknown) => unknown;
const hooksOf = (suite: Suite) => TestRunner.getSuiteHooks(suite) as unknown as { beforeEach: Hook[]; afterEach: Hook[] };

async function watched(testId: string, run: () => Promise<void>): Promise<Map<string, number>> {
  const coverage = switches.mutantCoverage ?? { static: {}, perTest: {} };
  switches.mutantCoverage = coverage;
  switches.currentTestId = testId;
  coverage.perTest = {};
  try {
    await run();
  } finally {
    switches.currentTestId = undefined;
  }
  return new Map(Object.entries(coverage.perTest[testId] ?? {}));
}

async function holds(run: () => Promise<void>): Promise<boolean> {
  return await run().then(
    () => true,
    () => false,
  );
}

async function survives(run: () => Promise<void>, id: string, count: number, took: number): Promise<boolean> {
  switches.activeMutant = id;
  switches.hitCount = 0;
  switches.hitLimit = count * 100 + 1000;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), took * 5 + 500);
  });
  try {
    return await Promise.race([holds(run), late]);
  } finally {
    clearTimeout(timer);
    switches.activeMutant = undefined;
  }
}

function note(into: Set<string>, what: string, id: string, test: RunnerTestCase): void {
  into.add(id);
  record({ [what]: id, by: test.name });
}

function record(found: object): void {
  appendFileSync(process.env['AIM_MUTATION_FOUND'] ?? '', `${JSON.stringify(found)}\n`);
}

type Hits = Record<string, number>;
type Switches = {
  activeMutant?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  currentTestId?: string | undefined;
  mutantCoverage?: { static: Hits; perTest: Record<string, Hits> };
};
const world = globalThis as typeof globalThis & {
  __stryker__?: Switches;
  killedMutants?: Set<string>;
  seenMutants?: Set<string>;
};
world.__stryker__ ??= {};
world.killedMutants ??= new Set();
world.seenMutants ??= new Set();
const { __stryker__: switches, killedMutants: killed, seenMutants: seen } = world;
