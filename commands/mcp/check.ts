// `aim mcp check`: the rules over what is configured, and over what servers say where they were asked.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { check as checkServers, worstFirst } from '../../src/mcp/checks/check.ts';
import { type Finding, isAtLeast, severities, worst } from '../../src/mcp/checks/finding.ts';
import { lookUpPackages } from '../../src/mcp/checks/look-up.ts';
import { rules } from '../../src/mcp/checks/rules.ts';
import { sarif } from '../../src/mcp/checks/sarif.ts';
import { readSuppressions, type Sorted, suppress } from '../../src/mcp/checks/suppressions.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import { overview } from '../../src/mcp/overview.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { version } from '../../src/version.ts';
import { type Argument, defineAction } from '../action.ts';
import type { Cell, View } from '../output/view.ts';
import { writeWholeFile } from '../whole-file.ts';
import { askServers, inspectionFiles } from './ask-servers.ts';
import { inspectOptions, placeOptions } from './options.ts';
import { detect, noteProblems } from './servers.ts';

const SUPPRESSIONS = '.aim-mcp-suppressions.json';

export type Checked = Sorted & { servers: number; asked: number; worst: string | null; failed: boolean };

const nameArgument: Argument<string> & { optional: true; variadic: true } = {
  summary: 'Only these servers, by name or key',
  optional: true,
  variadic: true,
  parse: (text) => text,
};

export const check = defineAction({
  id: 'mcp.check',
  summary: 'Check MCP servers for what puts their users at risk',
  description: `Deterministic rules, on this machine, without a network unless --look-up asks for it: what is configured (secrets in the open, launchers without a version, clear text, scope, approvals), and what servers say of themselves where they are asked (--inspect) or were asked (--from, the JSON of aim mcp inspect).

A file of suppressions (${SUPPRESSIONS} here, or --suppressions) takes findings out, each with a reason and a last day:
{"version":1,"suppressions":[{"rule":"mcp/unpinned-launcher","server":"notes","reason":"ours, built from main","expires":"2027-01-31"}]}`,
  examples: [
    { command: 'mcp check', summary: 'What is configured' },
    {
      command: 'mcp check --inspect --yes --fail-on high --sarif aim.sarif',
      summary: 'In a pipeline, with all servers started',
    },
    { command: 'mcp check notes --from notes=notes.json', summary: 'One server, from what it said before' },
  ],
  args: { servers: nameArgument },
  options: {
    ...placeOptions,
    inspect: { summary: 'Start or reach the servers and check what they say; asks first', schema: z.boolean().default(false) },
    from: {
      summary: 'What a server said, as NAME=FILE with the JSON of aim mcp inspect',
      value: 'NAME=FILE',
      schema: z.array(z.string()).default([]),
      repeatable: true,
    },
    failOn: {
      summary: 'Exit 1 where there is a finding of at least this severity',
      value: 'SEVERITY',
      schema: z.enum(severities).optional(),
    },
    suppressions: {
      summary: `The file of suppressions (default ${SUPPRESSIONS})`,
      value: 'FILE',
      schema: z.string().optional(),
    },
    lookUp: {
      summary: 'Ask the registries of npm and PyPI about the packages that are started; they see which',
      schema: z.boolean().default(false),
    },
    sarif: { summary: 'Write the findings as SARIF 2.1.0, too', value: 'FILE', schema: z.string().optional() },
    ...inspectOptions,
  },
  needs: 'none',
  run: async (context, { servers: names }, options): Promise<Checked> => {
    const { io } = context;
    const detection = await detect(context, options);
    noteProblems(context, detection);
    const servers = chosen(detection.servers, names);
    const inspections = await inspectionFiles(servers, options.from, io.cwd);
    if (options.inspect)
      for (const [key, inspection] of await askServers(context, servers, options)) inspections.set(key, inspection);
    const shown = servers.concat(inspections.strangers);
    const asked = options.lookUp ? await lookUpPackages(shown, { env: io.env, signal: context.signal }) : NOTHING_ASKED;
    for (const problem of asked.problems) io.note(visible(problem));
    const all = [...checkServers(shown, inspections), ...asked.findings].sort(worstFirst);
    const sorted = suppress(all, await suppressionsOf(options.suppressions, io.cwd), today());
    if (options.sarif !== undefined) {
      const log = sarif(sorted.findings, { version, cwd: io.cwd, suppressed: sorted.suppressed });
      await writeWholeFile(resolve(io.cwd, options.sarif), `${JSON.stringify(log, null, 2)}\n`);
    }
    const { failOn } = options;
    const failed = failOn !== undefined && sorted.findings.some(({ severity }) => isAtLeast(severity, failOn));
    return { ...sorted, servers: shown.length, asked: inspections.size, worst: worst(sorted.findings), failed };
  },
  view: { kind: 'text', lines: checkedLines } satisfies View<Checked>,
  exitCode: ({ failed }) => (failed ? ExitCode.Failure : ExitCode.Ok),
});

const NOTHING_ASKED = { findings: [], problems: [] };

function chosen(servers: readonly DetectedServer[], names: readonly string[] | undefined): DetectedServer[] {
  if (names === undefined || names.length === 0) return [...servers];
  const rows = overview(servers, []);
  return names.flatMap((name) => findServer(rows, name).detected ?? []);
}

async function suppressionsOf(path: string | undefined, cwd: string): Promise<ReturnType<typeof readSuppressions>> {
  const file = resolve(cwd, path ?? SUPPRESSIONS);
  if (path === undefined && !existsSync(file)) return [];
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError('mcp.suppressions-missing', { message: `${file} cannot be read.`, field: 'suppressions' });
  });
  return readSuppressions(text, file);
}

const today = (): string => new Date().toISOString().slice(0, 10);

function checkedLines({ findings, suppressed, expired, unused, servers, asked }: Checked): (readonly Cell[])[] {
  const lines: Cell[][] = findings.flatMap((finding) => findingLines(finding));
  const counts = severities.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  lines.push([
    ours(
      `${servers} ${servers === 1 ? 'server' : 'servers'} checked${asked > 0 ? `, ${asked} of them asked` : ''}: ${counts.join(', ') || 'nothing found'}${suppressed.length > 0 ? `, ${suppressed.length} suppressed` : ''}.`,
    ),
  ]);
  for (const { rule, expires } of expired) lines.push([ours(`The suppression of ${rule} ended on ${expires}.`)]);
  for (const { rule } of unused) lines.push([ours(`A suppression of ${rule} fits nothing any more.`)]);
  return lines;
}

function findingLines({ severity, rule, server, subject, evidence, place, message }: Finding): Cell[][] {
  const where: Cell[] = subject.kind === 'server' ? [] : [ours(`, ${subject.kind} `), subject.name];
  return [
    [ours(`${severity.padEnd(9)}${rule}  `), server.name, ...where],
    [ours('         '), asUntrusted(message)],
    ...(evidence.text === '' || message.includes(evidence.text) ? [] : [[ours('         evidence: '), evidence.text]]),
    ...(place === null ? [] : [[ours('         in '), asUntrusted(`${place.path}#${place.pointer}`)]]),
    [ours(`         ${rules[rule].remedy}`)],
    [],
  ];
}
