// The walls around a server: what is given to the program inside never reaches the program that builds the wall, and no list of processes shows it.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectMcpServer } from '../../src/mcp/inspect.ts';
import type { LaunchStdio } from '../../src/mcp/launch.ts';
import { behindBwrap, behindContainer, requireSandbox } from '../../src/mcp/sandboxes.ts';

const home = mkdtempSync(join(tmpdir(), 'aim-wall-'));
afterAll(() => rmSync(home, { recursive: true }));

const launch = (more: Partial<LaunchStdio> = {}): LaunchStdio => ({
  kind: 'stdio',
  command: 'npx',
  args: ['-y', 'server@1.0.0'],
  cwd: null,
  env: {},
  ...more,
});
const given = { TOKEN: 'planted', LD_PRELOAD: '/evil.so', PATH: '/evil', LINES: 'a\nplanted' };
const inside = (more: Partial<LaunchStdio> = {}, image?: string) => ({
  launch: launch(more),
  home,
  marker: 'abc',
  given,
  image,
});
const env = { PATH: '/usr/bin', HOME: '/home/ann', DOCKER_HOST: 'unix:///x', AWS_SECRET_ACCESS_KEY: 'planted' };

describe('bubblewrap', () => {
  const walled = behindBwrap(inside(), env);

  test('gets no variable of the program, which is told by a descriptor', () => {
    expect(walled.env).toEqual({ PATH: '/usr/bin' });
    expect(walled.argv.join(' ')).not.toContain('planted');
    expect(walled.words).toEqual(expect.arrayContaining(['--setenv', 'TOKEN', 'planted', 'LD_PRELOAD']));
  });

  test('starts exactly the words that were shown', () => {
    expect(walled.argv.slice(walled.argv.indexOf('--') + 1)).toEqual(['npx', '-y', 'server@1.0.0']);
  });
});

describe.each(['podman', 'docker'] as const)('a container of %s', (runtime) => {
  const walled = behindContainer(runtime, inside(), env);

  test('gets its variables from a file that nobody else may read', () => {
    const file = /--env-file=(\S+)/.exec(walled.argv.join(' '))?.[1] ?? '';
    expect(readFileSync(file, 'utf8')).toContain('TOKEN=planted\n');
    expect(readFileSync(file, 'utf8')).not.toContain('LINES');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(walled.argv.join(' ')).not.toContain('planted');
    expect(walled.env).toEqual({ PATH: '/usr/bin', HOME: '/home/ann', DOCKER_HOST: 'unix:///x' });
  });

  test('has no rights, a name to end it by, and nothing of this disk', () => {
    expect(walled.argv).toEqual(expect.arrayContaining(['--cap-drop=ALL', '--read-only', '--name=aim-inspection-abc']));
    expect(walled.argv.some((word) => word.startsWith('--mount'))).toBe(false);
    expect(walled.cleanUp).toEqual([runtime, 'rm', '--force', 'aim-inspection-abc']);
    expect(walled.argv.slice(-4)).toEqual(['docker.io/library/node:lts-slim', 'npx', '-y', 'server@1.0.0']);
  });

  test('sees the folder that it runs in, and cannot write there', () => {
    const { argv } = behindContainer(runtime, inside({ cwd: home, command: '/usr/bin/python3' }), env);
    expect(argv).toContain(`--mount=type=bind,source=${home},target=${home},readonly`);
    expect(argv).toContain('python3');
  });

  test('needs an image where the launcher does not say which', () => {
    expect(() => behindContainer(runtime, inside({ command: './own' }), env)).toThrow('It is not known which image');
    expect(behindContainer(runtime, inside({ command: './own' }, 'mine:1'), env).argv).toContain('mine:1');
  });

  test('is refused, with what to do, where it is not to be had', async () => {
    await expect(requireSandbox(runtime, { PATH: home })).rejects.toMatchObject({
      code: 'mcp.no-sandbox',
      next: expect.stringContaining('Install it'),
    });
  });
});

test('a server is not started without the wall that was asked for', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = home;
  try {
    const asked = inspectMcpServer(launch({ command: process.execPath }), { sandbox: 'podman' });
    await expect(asked).rejects.toMatchObject({ code: 'mcp.no-sandbox' });
  } finally {
    process.env['PATH'] = path;
  }
});
