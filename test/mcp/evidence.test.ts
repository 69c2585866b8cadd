// Processes, ports and packages as evidence of their own: beside what is configured, and for what is not.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detectMcpServers } from '../../src/mcp/detect.ts';
import type { Detection } from '../../src/mcp/record.ts';

const program = fileURLToPath(new URL('../fixtures/mcp/servers/server.mjs', import.meta.url));
let home = '';
const children: ChildProcess[] = [];
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'aim-evidence-')));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

function configure(servers: object): void {
  mkdirSync(join(home, '.cursor'), { recursive: true });
  writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers: servers }));
}
const detect = (cwd = home): Promise<Detection> => detectMcpServers({ home, cwd, env: {}, platform: 'linux', evidence: true });

async function run(args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, args, {
    env: { HOME: home, PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.push(child);
  await new Promise((resolve) => child.once('spawn', resolve));
}

describe.runIf(process.platform === 'linux')('what runs', () => {
  test('is evidence for the server that is configured so', async () => {
    configure({ notes: { command: process.execPath, args: [program, 'good', '--token', 'hunter22'] } });
    await run([program, 'good', '--token', 'hunter22']);
    const { servers } = await detect();
    expect(servers).toHaveLength(1);
    expect(servers[0]?.evidence.map(({ method }) => method)).toEqual(['config', 'process']);
  });

  test('is a row of its own where no configuration names it, with its secrets out', async () => {
    mkdirSync(join(home, 'mcp-server-lost'));
    writeFileSync(join(home, 'mcp-server-lost', 'index.js'), 'setInterval(() => {}, 1000)');
    await run([join(home, 'mcp-server-lost', 'index.js'), '--api-key', 'planted-value']);
    const { servers } = await detect();
    expect(servers).toMatchObject([
      { name: 'mcp-server-lost', sightings: [], evidence: [{ method: 'process', confidence: 0.6 }] },
    ]);
    expect(JSON.stringify(servers)).not.toContain('planted');
  });

  test('of another home is none', async () => {
    configure({ notes: { command: process.execPath, args: [program, 'good'] } });
    await run([program, 'good'], { HOME: '/elsewhere' });
    expect((await detect()).servers[0]?.evidence.map(({ method }) => method)).toEqual(['config']);
  });

  test('a port that is listened on is evidence for the address', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    configure({ near: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp` } });
    const { servers } = await detect();
    server.close();
    expect(servers[0]?.evidence.map(({ method }) => method)).toEqual(['config', 'port']);
  });
});

describe('what is installed', () => {
  test('is evidence for the server that is started from it, and a row where none is', async () => {
    const project = join(home, 'project');
    mkdirSync(join(project, '.git'), { recursive: true });
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({
        devDependencies: {
          '@modelcontextprotocol/server-memory': '1.0.0',
          '@modelcontextprotocol/server-git': '^2.0.0',
          react: '19',
        },
      }),
    );
    writeFileSync(join(project, 'pyproject.toml'), 'dependencies = [\n  "mcp-server-fetch>=1.2",\n  "httpx",\n]\n');
    mkdirSync(join(home, '.local', 'share', 'uv', 'tools', 'mcp-server-time'), { recursive: true });
    configure({ memory: { command: 'npx', args: ['-y', '@modelcontextprotocol/server-memory@1.0.0'] } });
    const { servers } = await detect(project);
    expect(
      servers.map(({ name, sightings, evidence }) => [name, sightings.length, evidence.map(({ method }) => method).join()]),
    ).toEqual([
      ['memory', 1, 'config,package'],
      ['@modelcontextprotocol/server-git', 0, 'package'],
      ['mcp-server-fetch', 0, 'package'],
      ['mcp-server-time', 0, 'package'],
    ]);
  });
});
