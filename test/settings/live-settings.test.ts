// Settings of a running program follow the file, and stay as they were while it is broken.

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AIMError } from '../../src/errors.ts';
import { type LiveSettings, liveSettings } from '../../src/settings/live-settings.ts';
import type { SettingKey } from '../../src/settings/settings.ts';

let root: string;
let settings: LiveSettings;
const file = () => join(root, 'aim', 'config.json');
const write = (text: string) => {
  // As editors do it: another file in its place.
  writeFileSync(`${file()}.new`, text);
  renameSync(`${file()}.new`, file());
};
const nextChange = () => new Promise<readonly SettingKey[]>((resolve) => settings.onChange(resolve));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aim-live-'));
  mkdirSync(join(root, 'aim'));
  write('{"theme":"dark"}');
  settings = liveSettings({ env: { HOME: root, XDG_CONFIG_HOME: root }, cwd: root }, ['theme', 'mouse']);
});
afterEach(() => {
  settings.close();
  rmSync(root, { recursive: true, force: true });
});

test('what is written holds at once, and it is said what changed', async () => {
  expect(settings.get('theme')).toBe('dark');
  const change = nextChange();
  write('{"theme":"light","mouse":true}');
  expect(await change).toEqual(['theme', 'mouse']);
  expect([settings.get('theme'), settings.get('mouse')]).toEqual(['light', true]);
});

test('a broken file is named, and what held goes on holding until it is mended', async () => {
  const problem = new Promise<AIMError>((resolve) => settings.onProblem(resolve));
  write('{"theme":');
  expect((await problem).message).toContain(file());
  expect(settings.get('theme')).toBe('dark');
  const change = nextChange();
  write('{"theme":"contrast"}');
  expect(await change).toEqual(['theme']);
});
