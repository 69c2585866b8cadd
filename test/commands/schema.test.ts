// The output contract: what each verb really prints fits the schema that `aim schema` publishes for it, and no member is left out of it; and
// for people it is text, in a pipe and on a narrow terminal. All of it through the built program, every verb in each of the three ways.

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { registry } from '../../commands/registry.ts';
import { allSchemas, outputSchema } from '../../commands/schema/document.ts';
import { outputs, withoutOutput } from '../../commands/schema/outputs.ts';
import { startTestControlPlane, type TestControlPlane } from '../../src/testing/control-plane.ts';
import { type Finished, freshMachine, type Machine, run } from '../pty/terminal.ts';
import { runHere } from './in-process.ts';
import { type OneProcess, openOneProcess } from './one-process.ts';
import { beginWalk, stepNames, untilDashes } from './walk.ts';

const actionOf = (id: string) => registry.find((candidate) => candidate.id === id);
const isStream = (id: string) => 'stream' in (actionOf(id) ?? {});
const changes = (id: string) => (actionOf(id)?.risk ?? 'read') !== 'read';

/** Holds every line that was printed against the schema, in which nothing may be missing. */
function fits(id: string, argv: readonly string[], { stdout, stderr }: Finished): unknown {
  if (withoutOutput.has(id)) return stdout.startsWith('{') ? JSON.parse(stdout) : null;
  if (stdout === '') throw new Error(`aim ${argv.join(' ')}: ${stderr}`);
  const documents = isStream(id) ? stdout.trim().split('\n') : [stdout];
  for (const document of documents) {
    const { error } = strict(id).safeParse(JSON.parse(document));
    if (error) throw new Error(`aim ${argv.join(' ')} does not fit its schema:\n${z.prettifyError(error)}\n${document}`);
  }
  return JSON.parse(documents[0] as string);
}

/** Whatever is in it, it is text: nothing that a terminal would act on but our own colours, and as wide as the terminal is. */
function isText(argv: readonly string[], { stdout, stderr }: Finished, columns: number | undefined): void {
  expect({ argv, stderr }).toEqual({ argv, stderr: expect.stringMatching(/^(?:\S.*\n)*$/) });
  if (columns === undefined) expect({ argv, stdout }).toEqual({ argv, stdout: expect.not.stringContaining(ESCAPE) });
  const shown = stdout.replaceAll(SGR, '');
  expect({ argv, shown }).toEqual({ argv, shown: expect.stringMatching(/^[^\p{Cc}]*(?:[\n\t][^\p{Cc}]*)*$/u) });
  if (columns !== undefined && TABLE.test(shown))
    for (const line of shown.split('\n'))
      expect({ argv, line, fits: line.length <= WIDEST }).toEqual({ argv, line, fits: true });
}
const MAY_FAIL = new Set(['doctor', 'serve.status', 'logs.verify']);
const ESCAPE = String.fromCharCode(27);
// Ids are never cut, so that a table of two of them may be wider than a narrow terminal.
const WIDEST = 100;
const TABLE = /^[A-Z][A-Z ]+ {2,}[A-Z]/;
const SGR = new RegExp(`${ESCAPE}\\[\\d*m`, 'g');

const strict = (id: string) => z.fromJSONSchema(closed(outputSchema(id)) as Parameters<typeof z.fromJSONSchema>[0]);

/** The published schema, but with no member allowed that it does not name, where it does not say that there may be more. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null || OPEN.has((schema as { $id?: string }).$id ?? '')) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isNamed = typeof inner['properties'] === 'object' && Object.keys(inner['properties'] as object).length > 0;
  // What a server answers as it is may have more: that is said by the schema itself.
  return isNamed && !('additionalProperties' in schema) ? { ...inner, additionalProperties: false } : inner;
}
// Documents of others: agent cards and JSON Schemas have members that are not ours to list.
const OPEN = new Set(['a2a.card', 'a2a.discover', 'config.schema', 'schema'].map((id) => `urn:aim-terminal:output:1:${id}`));

describe('what is published', () => {
  test('every verb has a schema, or prints nothing of its own', () => {
    const ids = registry.map(({ id }) => id).filter((id) => !withoutOutput.has(id));
    expect(Object.keys(outputs).sort()).toEqual(ids.sort());
  });

  test('lists are envelopes', () => {
    for (const action of registry) {
      if ('stream' in action || action.view.kind !== 'table' || withoutOutput.has(action.id)) continue;
      expect([action.id, outputSchema(action.id)?.['required']]).toEqual([
        action.id,
        expect.arrayContaining(['items', 'nextCursor', 'total']),
      ]);
    }
  });

  test('all of them are one document', () => {
    expect(Object.keys(allSchemas()['$defs'] as object)).toHaveLength(Object.keys(outputs).length + 2);
  });

  test('members are camelCase', () => {
    const names = JSON.stringify(allSchemas()).matchAll(/"properties":\{"([^"]+)"|,"([a-z]+_[a-z_]+)":/g);
    for (const [, first, snake] of names) expect(snake ?? first).toMatch(/^[a-z][a-zA-Z0-9]*$|^\$schema$/);
  });

  test('an error fits too', async () => {
    const env = { AIM_SERVER: 'http://127.0.0.1:9', AIM_TOKEN: 'a.b.c', AIM_RETRIES: '0', HOME: tmpdir() };
    const { stderr, code } = await runHere(['agents', 'ls', '--json'], { env });
    expect(code).toBe(10);
    expect(strict('error').parse(JSON.parse(stderr))).toMatchObject({ exitCode: 10, docs: expect.any(String) });
  });

  test('a verb that is none is named', async () => {
    expect(await runHere(['schema', 'agents'], { env: { HOME: tmpdir() } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('agents ls'),
    });
  });
});

/** What owns the terminal until somebody ends it, and the test that opens it and looks at what it shows. */
const elsewhere: Readonly<Record<string, { file: string; says: string }>> = {
  'config.edit': { file: './terminal.test.ts', says: "'config', 'edit'" },
  dashboard: { file: '../pty/story.test.ts', says: 'opens without a question and says where it listens' },
  demo: { file: '../pty/story-by-commands.test.ts', says: "start(['demo', '--json'])" },
  ui: { file: '../components/ui-script.test.ts', says: 'driven by steps, with ids that stay' },
};

test.each(Object.entries(elsewhere))('%s is looked at where it can be', (_, { file, says }) => {
  expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(says);
});

describe.each<[way: string, columns: number | undefined]>([
  ['--json', undefined],
  ['a pipe', undefined],
  ['a terminal', 60],
])('every verb with %s', (way, columns) => {
  let plane: TestControlPlane;
  let machine: Machine;
  let inPipe: OneProcess;
  let shown: OneProcess;
  let steps: Record<string, () => Promise<void>>;
  const walked = new Set<string>();
  beforeAll(async () => {
    machine = freshMachine({ AIM_NO_UPDATE_NOTIFIER: '1' });
    plane = await startTestControlPlane();
    const open = (width: number | undefined) =>
      openOneProcess({ env: machine.env, cwd: machine.home, ...(width !== undefined && { columns: width }) });
    [inPipe, shown] = await Promise.all([open(undefined), open(columns)]);
    steps = await beginWalk({ machine, plane, prints });
  });
  afterAll(async () => {
    inPipe?.close();
    shown?.close();
    await plane?.stop();
    machine?.remove();
  });

  async function prints(id: string, args: readonly string[] = [], input?: string): Promise<unknown> {
    walked.add(id);
    const env = { ...machine.env, AIM_SERVER: plane.url };
    const [own, behind] = [args.slice(0, untilDashes(args)), args.slice(untilDashes(args))];
    const argv = [...id.split('.'), ...own];
    const asJson = [...argv, '--json', ...behind];
    if (input !== undefined || way === '--json')
      return fits(id, asJson, await (input === undefined ? inPipe : of(input)).run(asJson, env));
    const finished = await shown.run([...argv, ...behind], env);
    // Their 1 says what they found: a machine with something wrong, nothing that runs, a broken chain.
    expect({ argv, finished }).toEqual({
      argv,
      finished: expect.objectContaining({ code: MAY_FAIL.has(id) ? expect.any(Number) : 0 }),
    });
    isText(argv, finished, columns);
    // What a change prints is there only once; what it made is looked at.
    if (withoutOutput.has(id)) return fits(id, argv, finished);
    if (!changes(id) && !isStream(id)) return fits(id, asJson, await inPipe.run(asJson, env));
    return id === 'agents.create'
      ? fits('agents.show', argv, await inPipe.run(['agents', 'show', args[0] ?? '', '--json'], env))
      : null;
  }

  /** A password is read from standard input, which a process has once. */
  const of = (input: string) => ({
    run: (argv: readonly string[], env: Record<string, string>) => run(argv, { env, input }),
  });

  test.each(stepNames)('%s', async (name) => {
    expect(Object.keys(steps)).toContain(name);
    await steps[name]?.();
  });

  test('and none is left out', () => {
    const missing = registry.map(({ id }) => id).filter((id) => !walked.has(id) && !(id in elsewhere));
    expect(missing).toEqual([]);
  });
});
