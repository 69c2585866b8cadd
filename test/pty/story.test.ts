// The main job in one terminal: from a fresh machine to an approved action, a denied one, and a quiet machine afterwards.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshMachine, type Machine, openTerminal, pause, processesOf, type Terminal, waitUntil } from './terminal.ts';

const reason = 'No refunds on a Sunday';
let machine: Machine;
let terminal: Terminal;
const demo = (...path: string[]) => join(machine.state, 'aim', 'demo', ...path);

beforeAll(() => {
  // Slower asks than a person in a hurry would like, so that three requests wait while this reads two.
  machine = freshMachine({ AIM_DEMO_PACE: '0.5' });
  terminal = openTerminal([], { env: machine.env, columns: 80, rows: 24 });
});

afterAll(() => {
  terminal.kill();
  machine.remove();
});

describe('from a fresh machine to an approved action, in one terminal', () => {
  test('opens without a question and says where it listens and how an agent connects', async () => {
    await terminal.waitFor(/127\.0\.0\.1:\d+/, 30_000);
    await terminal.waitFor('live');
    expect(terminal.text()).toContain('operator@localhost');
    expect(terminal.text()).toContain("secure('my-agent'");
  });

  test('d starts the demo, and verifications arrive live', async () => {
    await terminal.keys('d');
    await terminal.waitFor('3 verified', 30_000);
    await terminal.keys('3');
    await terminal.waitFor(/allowed\s+demo-/);
    await terminal.waitFor(/denied\s+demo-/);
    await terminal.waitFor(/waiting\s+demo-scribe\s+git:push/);
  });

  test('the waiting request, approved in two steps, really happens', async () => {
    await terminal.keys('4');
    await terminal.waitFor(/git:push/);
    expect(pushed()).toBe(false);
    await terminal.keys('enter');
    // Who asked first stands first, and that is not always the same one.
    if (!(await terminal.waitFor(/signed by demo-\w+/)).includes('signed by demo-scribe')) await terminal.keys('n');
    await terminal.waitFor('signed by demo-scribe');
    expect(terminal.text()).toContain('origin/main');
    await approve();
    await waitUntil(pushed, 15_000, () => terminal.text());
  });

  test('Enter, Space and y had not approved anything', async () => {
    await terminal.keys('n');
    await terminal.waitFor('signed by demo-bookkeeper');
    await terminal.keys('enter', ' ', 'y');
    expect(terminal.text()).not.toContain('Approved');
    expect(refunds()).toBe(0);
  });

  test('the next is denied with a reason, and the reason arrives in the agent', async () => {
    await pause(900);
    await terminal.keys('d');
    await terminal.waitFor('Reason for denying');
    await terminal.keys(...reason);
    await terminal.waitFor(reason);
    await terminal.keys('enter');
    await terminal.waitFor('Denied');
    await waitUntil(
      () => readFileSync(demo('security.log'), 'utf8').includes(reason),
      15_000,
      () => terminal.text(),
    );
    expect(refunds()).toBe(0);
  });

  test('edits an agent’s description in a form', async () => {
    await terminal.keys('escape');
    await terminal.waitFor('Approvals');
    await selectAgent('demo-librarian');
    await terminal.keys('enter');
    await terminal.waitFor('Looks after a library');
    await terminal.keys('e');
    await terminal.waitFor('Edit agent demo-librarian');
    await terminal.keys('tab');
    await terminal.keys('ctrl-u', ...'Keeps the notes in order', 'ctrl-s');
    await terminal.waitFor((text) => text.includes('Keeps the notes in order') && !text.includes('Edit agent demo-librarian'));
  });

  test('suspends it, and the screen shows what now holds', async () => {
    await terminal.keys('S');
    await terminal.waitFor('Suspend');
    await terminal.keys(...'Being tidied', 'enter');
    await terminal.waitFor('y yes');
    await terminal.keys('y');
    await terminal.waitFor(/status\s+suspended/);
  });

  test('shows the detected MCP servers and one’s tools', async () => {
    await terminal.keys('5');
    await terminal.waitFor('build-bot');
    await terminal.waitFor('weather');
    await terminal.keys('/', ...'notes', 'enter');
    await terminal.waitFor((text) => !text.includes('build-bot'));
    await terminal.keys('enter');
    await terminal.waitFor('NOTES_FOLDER');
    await terminal.keys('i');
    await terminal.waitFor('Inspect notes?');
    await terminal.keys('y');
    await terminal.waitFor('Tools (4)', 20_000);
    await terminal.keys('page-down', 'page-down');
    await terminal.waitFor('delete_note');
  });

  test('tails the security log', async () => {
    await terminal.keys('6');
    await terminal.waitFor('ACTION_EXECUTED');
  });

  test('q leaves the terminal as it was, and no process', async () => {
    await terminal.keys('q');
    const { exitCode } = await terminal.exited;
    expect(exitCode).toBe(0);
    const { emulator } = terminal;
    expect(emulator.buffer.active.type).toBe('normal');
    expect(emulator.modes).toMatchObject({
      bracketedPasteMode: false,
      mouseTrackingMode: 'none',
      sendFocusMode: false,
      wraparoundMode: true,
    });
    expect(lastOf(terminal.raw(), '\u001b[?25')).toBe('\u001b[?25h');
    await waitUntil(
      () => processesOf(machine).length === 0,
      15_000,
      () => JSON.stringify(processesOf(machine)),
    );
  });

  test('the next start shows the same agents and their history', async () => {
    terminal = openTerminal([], { env: machine.env, columns: 80, rows: 24 });
    await terminal.waitFor('live', 30_000);
    await terminal.keys('2');
    for (const name of ['demo-bookkeeper', 'demo-librarian', 'demo-scribe']) await terminal.waitFor(name);
    expect(terminal.text()).toMatch(/demo-librarian\s+.*suspended/);
    await terminal.keys('3');
    await terminal.waitFor(/demo-scribe/);
    await terminal.keys('q');
    expect((await terminal.exited).exitCode).toBe(0);
    await waitUntil(
      () => processesOf(machine).length === 0,
      15_000,
      () => JSON.stringify(processesOf(machine)),
    );
  });
});

/** Reads to the end, then the two steps, as slowly as a person: keys within 0.7 s of a change of the panel decide nothing. */
async function approve(): Promise<void> {
  await waitUntil(
    async () => {
      if (!/more below/.test(terminal.text())) return true;
      await terminal.keys('page-down');
      return false;
    },
    15_000,
    terminal.text,
  );
  await terminal.waitFor(/a approves/);
  await waitUntil(
    async () => {
      await pause(900);
      if (/Approved\./.test(terminal.text())) return true;
      await terminal.keys(/p APPROVES/.test(terminal.text()) ? 'p' : 'a');
      return false;
    },
    20_000,
    terminal.text,
  );
}

async function selectAgent(name: string): Promise<void> {
  await terminal.keys('2');
  await terminal.waitFor('demo-scribe');
  await terminal.keys('/', ...name, 'enter');
  await terminal.waitFor((text) => text.includes(name) && !text.includes('demo-scribe '));
}

function pushed(): boolean {
  const origin = demo('workspace', 'origin.git');
  return (
    existsSync(origin) &&
    execFileSync('git', ['--git-dir', origin, 'branch', '--list', 'main'], { encoding: 'utf8' }).includes('main')
  );
}

/** Counted by another process: this one must hold no lock on the agents' database. */
function refunds(): number {
  const source = `import { DatabaseSync } from 'node:sqlite'; console.log(new DatabaseSync(${JSON.stringify(demo('workspace', 'orders.sqlite'))}, { readOnly: true }).prepare('SELECT count(*) AS n FROM refunds').get().n)`;
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

function lastOf(raw: string, beginning: string): string {
  const at = raw.lastIndexOf(beginning);
  return raw.slice(at, at + beginning.length + 1);
}
