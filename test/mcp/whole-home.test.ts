// One home with every client and scope: all found wherever the home lies, no secret in any output, and nothing said against its benign twin.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MCPDetector } from '../../src/detect/mcp-detector.ts';
import { check } from '../../src/mcp/checks/check.ts';
import { sarif } from '../../src/mcp/checks/sarif.ts';
import { detectMcpServers } from '../../src/mcp/detect.ts';
import { detectionEvents } from '../../src/mcp/detection-report.ts';
import { homesOf } from '../../src/mcp/homes.ts';
import { lock } from '../../src/mcp/lockfile.ts';
import type { DetectOptions } from '../../src/mcp/record.ts';
import { inspectionFrom } from '../../src/mcp/saved-inspection.ts';
import { runHere } from '../commands/in-process.ts';
import { PLANTED, type WholeHome, writeWholeHome } from './support/whole-home.ts';

const made: string[] = [];
const disk = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aim-whole-home-')));
  made.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const optionsOf = ({ disk: root, home, project }: WholeHome): DetectOptions => ({
  home,
  cwd: project,
  root,
  platform: 'linux',
  env: {},
});

describe('all are found', () => {
  test.each<[title: string, of: (disk: string) => { written: WholeHome; options: DetectOptions }]>([
    [
      'in an ordinary home',
      (root) => {
        const written = writeWholeHome(root, 'risky');
        return { written, options: optionsOf(written) };
      },
    ],
    [
      'in a home with spaces and letters of other scripts',
      (root) => {
        const written = writeWholeHome(root, 'risky', { home: join(root, 'home', "Ánna  O'Neil 安娜 🦊") });
        return { written, options: optionsOf(written) };
      },
    ],
    [
      'in a home that is a link',
      (root) => {
        const written = writeWholeHome(root, 'risky', { home: join(root, 'real', 'ann') });
        mkdirSync(join(root, 'home'));
        symlinkSync(written.home, join(root, 'home', 'ann'));
        return { written, options: { ...optionsOf(written), home: join(root, 'home', 'ann') } };
      },
    ],
    [
      'where XDG_CONFIG_HOME points elsewhere',
      (root) => {
        const config = join(root, 'moved', 'here');
        const written = writeWholeHome(root, 'risky', { config });
        return { written, options: { ...optionsOf(written), env: { XDG_CONFIG_HOME: config } } };
      },
    ],
    [
      'where HOME alone says which home it is',
      (root) => {
        const written = writeWholeHome(root, 'risky');
        return { written, options: { ...optionsOf(written), home: undefined, env: { HOME: written.home } } };
      },
    ],
  ])('%s', async (_, of) => {
    const { written, options } = of(disk());
    const { servers, problems } = await detectMcpServers(options);
    expect(problems).toEqual([]);
    expect([...new Set(servers.map(({ name }) => String(name)))].sort()).toEqual(written.names.toSorted());
    expect(written.names.length).toBeGreaterThanOrEqual(74);
    expect(JSON.stringify(servers)).not.toContain(PLANTED);
  });

  test('an empty HOME is no home: the system says whose it is', async () => {
    const [home] = await homesOf({ env: { HOME: '' }, cwd: disk(), root: disk() });
    expect(home?.path).toBe(homedir());
  });
});

describe('no secret is printed', () => {
  let written: WholeHome;
  beforeAll(() => {
    written = writeWholeHome(disk(), 'risky');
  });
  const aim = (...args: string[]) =>
    runHere(args, { env: { HOME: written.home, PATH: process.env['PATH'] ?? '' }, cwd: written.project, columns: 400 });

  test.each([
    ['mcp', 'detect'],
    ['mcp', 'check'],
  ])('by aim %s %s in any format', async (...words) => {
    for (const format of ['table', 'plain', 'json', 'ndjson', 'yaml', 'csv']) {
      const { stdout, stderr } = await aim(...words, '--output', format, '--home', written.home, '--platform', 'linux');
      expect(stdout.length).toBeGreaterThan(1_000);
      expect(stdout + stderr).not.toContain(PLANTED);
    }
  });

  test('by SARIF, a lockfile, a report, or the SDK', async () => {
    const { servers } = await detectMcpServers(optionsOf(written));
    const findings = check(servers, new Map());
    const said = inspectionFrom({ serverName: 'x', tools: [] });
    const all = [
      sarif(findings, { version: '1.0.0', cwd: written.project, suppressed: [] }),
      servers.map((server) => lock(server, said, null)),
      detectionEvents(servers, new Date(0)),
      await new MCPDetector({ home: written.home, cwd: written.project, env: {} }).detectFromConfig(),
    ];
    expect(JSON.stringify(all)).not.toContain(PLANTED);
    const secrets = findings.filter(({ rule }) => rule === 'mcp/plain-secret');
    expect(new Set(secrets.map(({ server }) => server.name)).size).toBeGreaterThanOrEqual(74);
  });
});

test('nothing is said against the benign twin', async () => {
  const { servers } = await detectMcpServers(optionsOf(writeWholeHome(disk(), 'benign')));
  expect(servers.length).toBeGreaterThan(0);
  expect(check(servers, new Map())).toEqual([]);
});
