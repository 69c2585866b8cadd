// The built dashboard in a real terminal, between the two keys of an approval: stopped from outside, and typed at meanwhile.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, run, type Terminal, waitUntil } from '../pty/terminal.ts';
import { type Stage, startStage } from '../sdk/operator.ts';

// As the test kit makes its administrator.
const operator = { email: 'operator@example.test', password: 'correct horse battery staple' };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
let machine: Machine;
let stage: Stage;
let screen: Terminal;

beforeAll(async () => {
  machine = freshMachine();
  stage = await startStage();
  const login = ['login', '--server', stage.url, '--email', operator.email, '--password-stdin', '--store', 'file'];
  await run(login, { env: machine.env, input: operator.password });
});
afterAll(async () => {
  screen?.kill();
  await stage?.stop();
  machine.remove();
});

/** The first key, until it counts. */
const arm = () =>
  waitUntil(
    async () => {
      await pause(900);
      if (!/p APPROVES/.test(screen.text())) await screen.keys('a');
      await pause(300);
      return /p APPROVES/.test(screen.text());
    },
    30_000,
    screen.text,
  );

test('a key that was typed at a stopped program approves nothing when it goes on', {
  timeout: 120_000,
}, async () => {
  const agent = await stage.agent('payer');
  const options = { resource: 'ord_1', requiresApproval: true, timeoutSeconds: 100 };
  const paid = agent.performAction('payment:refund', options, () => 'paid');
  const id = await stage.nextPending();
  const status = async () => (await stage.api.approvals.get(id)).status;
  screen = openTerminal(['dashboard'], { env: machine.env, columns: 100, rows: 40 });
  await screen.waitFor(/live/, 30_000);
  await screen.keys('4');
  await screen.waitFor(/payment:refund/);
  await screen.keys('enter');
  await screen.waitFor('signed by payer');

  await arm();
  process.kill(screen.pid, 'SIGSTOP');
  await pause(2500);
  screen.write('p');
  await pause(200);
  process.kill(screen.pid, 'SIGCONT');
  await screen.waitFor((text) => !/p APPROVES/.test(text), 15_000);
  await pause(500);
  expect(await status()).toBe('pending');

  await arm();
  await pause(900);
  await screen.keys('p');
  await screen.waitFor('Approved.', 15_000);
  expect(await paid).toBe('paid');
});
