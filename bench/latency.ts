// From an agent's request to its row on the operator's screen, through everything: SDK, control plane, stream, state, Ink, terminal.

import { freshMachine, openTerminal, pause, processesOf, waitUntil } from '../test/pty/terminal.ts';
import { figure, median, quantile } from './figure.ts';

const machine = freshMachine();
Object.assign(process.env, machine.env);
const { ActionDeniedError, secure } = await import('../src/index.ts');

const dashboard = openTerminal([], { env: machine.env, columns: 120, rows: 40 });
await dashboard.waitFor(/approvals/i, 30_000);
await dashboard.keys('3');
const agent = await secure('latency-probe', { description: 'Asks, so that rows appear.' });

for (let index = 0; index < 10; index += 1) await ask(`backlog-${index}`);
await dashboard.waitFor('backlog-9');

const answers: number[] = [];
const rows: number[] = [];
for (let index = 0; index < 60; index += 1) {
  const mark = `probe-${String(index).padStart(3, '0')}-end`;
  const before = performance.now();
  const asked = ask(mark).then(() => answers.push(performance.now() - before));
  await waitUntilFast(() => dashboard.text().includes(mark));
  rows.push(performance.now() - before);
  await asked;
  await pause(60); // a calm screen: the figure is one row's way, not a burst's
}

const baseline = { name: 'the answer to the agent alone', value: median(answers) };
figure({ name: 'agent’s request to row on screen, p50', measured: median(rows), unit: 'ms', baseline, goal: { atMost: 50 } });
figure({ name: 'agent’s request to row on screen, p99', measured: quantile(rows, 0.99), unit: 'ms' });

await agent.close();
await dashboard.keys('q');
await dashboard.exited;
await waitUntil(() => processesOf(machine).length === 0, 10_000);
machine.remove();
process.exit();

async function ask(resource: string): Promise<void> {
  try {
    await agent.verifyCapability('db:read', { resource });
  } catch (error) {
    // Nobody verified this agent; a denial is a row like any other.
    if (!(error instanceof ActionDeniedError)) throw error;
  }
}

async function waitUntilFast(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}
