// Theme, signs, mouse and pace follow the settings while the dashboard is open.

import { afterEach, expect, test } from 'vitest';
import type { SettingKey, SettingValues } from '../../src/settings/settings.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { fakeSettings, type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

test('what is changed in the settings is seen at once, and nothing of before stays', async () => {
  const values: Partial<SettingValues> = { color: 'always', theme: 'dark' };
  const listeners = new Set<(keys: readonly SettingKey[]) => void>();
  const untouched = fakeSettings();
  const base = { ...untouched };
  const settings = Object.assign(base, {
    get: (key: SettingKey) => values[key] ?? untouched.get(key),
    onChange: (listener: (keys: readonly SettingKey[]) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  const change = (next: Partial<SettingValues>) => {
    Object.assign(values, next);
    for (const tell of listeners) tell(Object.keys(next) as SettingKey[]);
  };
  open = await openDashboard({
    server: fakeServer({ agents: [anAgent({ id: 'id-1', name: 'billing-bot' })] }),
    context: { settings: settings as never },
    colours: 'truecolor',
    on: 'agents',
  });
  await open.shows('▸ billing-bot');
  expect(open.cell(0, 0).hasColour).toBe(true);
  change({ theme: 'none', ascii: true });
  await open.shows('> billing-bot');
  expect(open.text()).not.toMatch(/[▸▌●]/);
  expect(open.cell(0, 0).hasColour).toBe(false);
  change({ theme: 'contrast', ascii: false });
  await open.shows('▸ billing-bot');
  expect(open.cell(0, 0).hasColour).toBe(true);
  change({ mouse: true });
  expect(open.raw()).toContain('\u001b[?1000h');
  change({ mouse: false });
  expect(open.raw()).toContain('\u001b[?1000l');
});
