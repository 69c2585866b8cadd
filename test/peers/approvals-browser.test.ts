// A fresh sign-in between the two keys of an approval, with a real browser: panel, browser, panel, decision.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, run, type Terminal, waitUntil } from '../pty/terminal.ts';
import { type Stage, startStage } from '../sdk/operator.ts';

// As the test kit makes its administrator.
const operator = { email: 'operator@example.test', password: 'correct horse battery staple' };
let machine: Machine;
let stage: Stage;
let browser: Browser;
let terminal: Terminal | undefined;

beforeAll(async () => {
  machine = freshMachine();
  stage = await startStage();
  const rules = [{ name: 'fresh', capability: 'payment:*', steps: ['fresh-sign-in'], freshSignInSeconds: 30 }];
  await stage.api.raw('PUT', '/api/v1/admin/approval-settings', { body: { rules } });
  browser = await chromium.launch({
    executablePath: process.env['AIM_PEER_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
});
afterAll(async () => {
  terminal?.kill();
  await browser?.close();
  await stage?.stop();
  machine.remove();
});

test('the second key decides after the sign-in, and not before it', { timeout: 120_000 }, async () => {
  // What opens a browser here writes down the address instead; the real one is driven to it.
  const folder = join(machine.root, 'bin');
  const opened = join(machine.root, 'opened');
  mkdirSync(folder);
  const script = join(folder, 'xdg-open');
  writeFileSync(script, `#!/bin/sh\nprintf '%s' "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`);
  chmodSync(script, 0o755);
  const env = { ...machine.env, BROWSER: script, PATH: `${folder}:${machine.env['PATH'] ?? ''}` };
  const login = ['login', '--server', stage.url, '--email', operator.email, '--password-stdin', '--store', 'file'];
  expect((await run(login, { env, input: operator.password })).code).toBe(0);

  const agent = await stage.agent('payer');
  let isPaid = false;
  const paid = agent.performAction('payment:refund', { resource: 'ord_1', requiresApproval: true, timeoutSeconds: 100 }, () => {
    isPaid = true;
    return 'paid';
  });
  const id = await stage.nextPending();

  terminal = openTerminal(['dashboard'], { env, columns: 100, rows: 40 });
  const screen = terminal;
  await screen.waitFor(/live/, 30_000);
  await screen.keys('4');
  await screen.waitFor(/payment:refund/);
  await screen.keys('enter');
  await screen.waitFor('signed by payer');
  // The first key, as soon as it counts; the second one does nothing while the browser is open.
  await waitUntil(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 900));
      if (!existsSync(opened)) await screen.keys('a');
      return existsSync(opened);
    },
    30_000,
    screen.text,
  );
  await screen.keys('p');
  expect((await stage.api.approvals.get(id)).status).toBe('pending');

  const page = await (await browser.newContext()).newPage();
  await page.goto(readFileSync(opened, 'utf8'));
  await page.fill('input[name=email]', operator.email);
  await page.fill('input[name=password]', operator.password);
  await page.locator('button[type=submit], input[type=submit]').first().click();
  await screen.waitFor(/p APPROVES/, 30_000);
  expect((await stage.api.approvals.get(id)).status).toBe('pending');
  expect(isPaid).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 900));
  await screen.keys('p');
  await screen.waitFor('Approved.', 20_000);
  expect(await paid).toBe('paid');
  const { quorum } = await stage.api.approvals.get(id);
  expect(quorum?.reviews).toMatchObject([{ decision: 'approve', interactive: true }]);
});
