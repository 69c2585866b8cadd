// What is configured here, kept told to the control plane while configuration files change.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runHere } from '../commands/in-process.ts';
import { openWorld, type World } from '../control-plane/support/world.ts';

const home = mkdtempSync(join(tmpdir(), 'aim-report-'));
const configure = (...names: string[]): void => {
  mkdirSync(join(home, '.cursor'), { recursive: true });
  const mcpServers = Object.fromEntries(
    names.map((name) => [name, { command: 'npx', args: [name], env: { TOKEN: 'planted' } }]),
  );
  writeFileSync(join(home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers }));
};
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.stop();
  rmSync(home, { recursive: true, force: true });
});

test('each change of a file is reported, without a value', async () => {
  const agent = await world.agent();
  const path = `/api/v1/detection/agents/${agent.id}/status`;
  const known = async (): Promise<string[]> => {
    const { body } = await world.admin.call('GET', path);
    return (body.detectedMCPs as { name: string }[]).map(({ name }) => name).sort();
  };
  const stop = new AbortController();
  configure('one');
  const running = runHere(['mcp', 'keep-reporting', '--agent', agent.name, '--json'], {
    cwd: home,
    env: { HOME: home, AIM_SERVER: world.url, AIM_TOKEN: world.admin.accessToken },
    signal: stop.signal,
  });
  await vi.waitFor(async () => expect(await known()).toEqual(['one']), { timeout: 20_000 });
  // Until it looks, which is told by nothing; each writing is a change.
  await vi.waitFor(
    async () => {
      configure('one', 'two');
      expect(await known()).toEqual(['one', 'two']);
    },
    { timeout: 20_000, interval: 400 },
  );
  stop.abort();
  const { stdout, stderr } = await running;
  expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(2);
  expect(stdout + stderr).not.toContain('planted');
});
