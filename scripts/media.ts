// Draws the pictures in media/ from the real program: a fresh machine, the demo, and each screen as a person would meet it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freshMachine, openTerminal, pause, processesOf, waitUntil } from '../test/pty/terminal.ts';
import { svgOf } from './svg.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('media', { recursive: true });

const machine = freshMachine({ AIM_DEMO_PACE: '0.6' });
const terminal = openTerminal([], { env: machine.env, columns: 100, rows: 30 });

await terminal.waitFor('live', 30_000);
await picture('first-start', 'The dashboard on a fresh machine');
await terminal.keys('d');
await terminal.waitFor('3 verified', 30_000);
await terminal.waitFor(/Approvals \(3\)/, 30_000);
await picture('overview', 'What needs me now, and what the agents do');
await terminal.keys('2');
await terminal.waitFor('demo-scribe');
await picture('agents', 'Agents');
await terminal.keys('enter');
await terminal.waitFor('May do without asking');
await picture('agent', 'One agent');
await terminal.keys('3');
await terminal.waitFor(/allowed\s+demo-/);
await picture('events', 'Live events');
await terminal.keys('4');
await terminal.waitFor('git:push');
await picture('approvals', 'The approvals queue');
await terminal.keys('enter');
await terminal.waitFor('signed by demo-scribe');
await pause(900);
await picture('approval', 'The decision panel, made from what the agent signed');
await terminal.keys('escape', '5');
await terminal.waitFor('build-bot');
await picture('mcp', 'MCP servers of every client, by risk');
await terminal.keys('6');
await terminal.waitFor('ACTION_EXECUTED');
await picture('logs', 'The security log');
await terminal.keys('?');
await terminal.waitFor('keys:');
await picture('help', 'Help, searchable and executable');
await terminal.keys('escape', ':', 's', 'u', 's');
await terminal.waitFor('agents suspend');
await picture('palette', 'The palette');
await terminal.keys('escape', 'q');
await terminal.exited;
await waitUntil(() => processesOf(machine).length === 0);
machine.remove();

async function picture(name: string, title: string): Promise<void> {
  // Until two looks agree: a frame that is half drawn is no picture.
  let before = '';
  await waitUntil(async () => {
    await pause(150);
    const now = terminal.text().replace(/\d+s/g, '');
    const calm = now === before;
    before = now;
    return calm;
  }, 3000).catch(() => undefined);
  writeFileSync(`media/${name}.svg`, svgOf(terminal.emulator, title));
  console.log(`media/${name}.svg`);
}
