// The notice of a newer version: a line on a terminal, once a day, and nothing anywhere else.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkForUpdate, isNewer } from '../../commands/update-notice.ts';
import { freshMachine, type Machine } from '../pty/terminal.ts';

let machine: Machine;
beforeEach(() => {
  machine = freshMachine();
});
afterEach(() => machine.remove());

describe('a version is newer', () => {
  test.each<[latest: string | null, current: string, expected: boolean]>([
    ['1.10.0', '1.9.9', true],
    ['2.0.0', '1.9.9', true],
    ['1.9.9', '1.10.0', false],
    ['1.0.0', '1.0.0', false],
    ['2.0.0-beta.1', '1.0.0', false],
    ['\u001b[2J9.9.9', '1.0.0', false],
    [null, '1.0.0', false],
    ['2.0.0', '0.0.0-source', false],
  ])('%s after %s: %s', (latest, current, expected) => {
    expect(isNewer(latest, current)).toBe(expected);
  });
});

describe('the check', () => {
  const path = () => join(machine.state, 'update.json');
  const registry = async (body: string) => {
    const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await checkForUpdate(path(), { npm_config_registry: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    server.close();
    return existsSync(path()) ? (JSON.parse(readFileSync(path(), 'utf8')) as object) : null;
  };

  test('writes down what the registry says', async () => {
    mkdirSync(machine.state, { recursive: true });
    writeFileSync(path(), '{"checkedAt":5,"toldAt":0,"latest":null}');
    expect(await registry('{"version":"9.9.9"}')).toEqual({ checkedAt: 5, toldAt: 0, latest: '9.9.9' });
  });

  test.each([
    ['nothing', ''],
    ['a version that is none', '{"version":"9; rm -rf /"}'],
    ['a page', '<html>'],
  ])('takes %s for no answer', async (_, body) => {
    expect(await registry(body)).toBeNull();
  });
});

describe('the line', () => {
  const said = async (change: { isTTY?: boolean; env?: Record<string, string>; installed?: string }) => {
    const { tellOfUpdate } = await import('../../commands/update-notice.ts');
    const { loadSettings } = await import('../../src/settings/load-settings.ts');
    const settings = loadSettings({ env: { ...machine.env, ...change.env }, cwd: machine.home });
    const stderr = Object.assign(new PassThrough(), { isTTY: change.isTTY ?? true });
    const io = { stdout: stderr, stderr, env: { ...machine.env, ...change.env }, json: false, quiet: false } as never;
    const folder = join(machine.state, 'aim');
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, 'update.json'))) {
      writeFileSync(join(folder, 'update.json'), JSON.stringify({ checkedAt: Date.now(), toldAt: 0, latest: '9.9.9' }));
    }
    tellOfUpdate(settings, io, {
      installed: change.installed ?? '/usr/lib/node_modules/aim-terminal/dist/aim.js',
      current: '1.0.0',
    });
    return (stderr.read() as Buffer | null)?.toString() ?? '';
  };

  test('is said once, and not again that day', async () => {
    expect(await said({})).toMatch(/^aim 9\.9\.9 is there; .*npm install --global aim-terminal\n$/);
    expect(await said({})).toBe('');
  });

  test.each<[title: string, change: Parameters<typeof said>[0]]>([
    ['without a terminal', { isTTY: false }],
    ['in CI', { env: { CI: 'true' } }],
    ['where it is switched off', { env: { AIM_NO_UPDATE_NOTIFIER: '1' } }],
    ['where the setting says no', { env: { AIM_UPDATE_NOTICE: 'false' } }],
    ['for a checkout', { installed: '/home/me/aim/dist/aim.js' }],
  ])('is not said %s', async (_, change) => {
    expect(await said(change)).toBe('');
  });
});
