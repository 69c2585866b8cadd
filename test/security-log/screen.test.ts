// The screen of the security log, in the real dashboard on an emulated terminal.

import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asUntrusted } from '../../src/text/brand.ts';
import { anEvent } from '../components/fake-api.ts';
import { ESC, openDashboard, sizes } from '../components/harness.ts';
import { folder } from './scratch.ts';

const line = (number: number, members: object = {}) =>
  `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString(), event_id: `e${number}`, category: 'AUTHZ', event_type: 'CAPABILITY_GRANTED', severity: 'INFO', message: `m${number}`, agent_name: 'scribe', action: 'git:push', resource: `branch-${number}`, result: 'GRANTED', correlation_id: `c-${number % 3}`, ...members })}\n`;

async function opened(text: string, size: keyof typeof sizes = 'usual') {
  const file = join(folder(), 'security.log');
  writeFileSync(file, text);
  const screen = await openDashboard({ on: 'logs', size: sizes[size], env: { AIM_SECURITY_LOG_FILE: file } });
  return { file, screen };
}

describe('the security log', () => {
  test('shows who did what to what, how it ended and why; and follows', async () => {
    const { file, screen } = await opened(
      line(1) + line(2, { event_type: 'CAPABILITY_DENIED', severity: 'WARNING', result: 'DENIED', error: 'Not on a Sunday' }),
    );
    await screen.shows('git:push on branch-2  DENIED  Not on a Sunday');
    appendFileSync(file, line(3));
    await screen.shows('git:push on branch-3  GRANTED');
    await screen.shows('following');
    await screen.close();
  });

  test.each(['wide', 'usual', 'narrow', 'least'] as const)(
    'keeps to its cells on a %s terminal, whatever a line holds',
    async (size) => {
      const hostile = '\u001b[2J\u001b]0;owned\u0007\r\n\u202egnp.exe\u009b31m'.repeat(20);
      const { screen } = await opened(
        line(1, { message: hostile, agent_name: hostile, action: hostile, error: hostile, event_type: hostile }) +
          'junk \0 \u001b[31m\n',
        size,
      );
      await screen.shows(/junk|AUTHZ|invalid/);
      await screen.settled();
      await screen.check();
      await screen.press('\r');
      await screen.shows('Logs ›');
      await screen.settled();
      await screen.check();
      await screen.close();
    },
  );

  test('goes to the next error and back, and says when there is none', async () => {
    const { screen } = await opened(
      Array.from({ length: 40 }, (_, n) =>
        line(n, n === 5 || n === 20 ? { severity: 'ERROR', resource: `broken-${n}` } : {}),
      ).join(''),
    );
    await screen.shows('branch-39');
    await screen.press('E');
    await screen.shows(/▸.*broken-20/);
    await screen.press('E');
    await screen.shows(/▸.*broken-5/);
    await screen.press('E');
    await screen.shows('No error above');
    await screen.press('e');
    await screen.shows(/▸.*broken-20/);
    await screen.close();
  });

  test('follows one correlation, with the lines around it where they are wanted', async () => {
    const { screen } = await opened(Array.from({ length: 9 }, (_, n) => line(n)).join(''));
    await screen.shows('branch-8');
    await screen.press('c');
    await screen.shows('3 of 9');
    await screen.lacks('branch-7 ');
    await screen.press('x');
    await screen.shows('branch-7');
    await screen.press(ESC);
    await screen.shows('branch-1');
    await screen.close();
  });

  test('shows a line in full, as JSON that is safe to look at', async () => {
    const { screen } = await opened(line(1, { details: { server: 'files' }, message: 'two\nlines' }), 'wide');
    await screen.shows('branch-1');
    await screen.press('\r');
    await screen.shows('The line as JSON');
    await screen.shows('"server": "files"');
    await screen.close();
  });

  test('shows gaps and tampering in place', async () => {
    const { screen } = await opened(
      `${line(1).slice(0, -2)},"seq":1,"prev_hash":"${'0'.repeat(64)}"}\n${line(2).slice(0, -2)},"seq":5,"prev_hash":"${'0'.repeat(64)}"}\n`,
    );
    await screen.shows('3 lines are missing after number 1');
    await screen.close();
  });

  test('writes marked lines with their notes as a timeline', async () => {
    const { screen } = await opened(line(1) + line(2));
    await screen.shows('branch-2');
    await screen.press('T');
    await screen.shows('Mark lines first');
    await screen.press('n');
    await screen.shows('Note on CAPABILITY_GRANTED');
    await screen.press(...'here it began');
    await screen.press('\u0013');
    await screen.lacks('Note on');
    await screen.press('T');
    await screen.shows('timelines/timeline-');
    const state = screen.dashboard.context.settings.paths.state;
    const [name = ''] = readdirSync(join(state, 'timelines')).filter((file) => file.endsWith('.md'));
    expect(readFileSync(join(state, 'timelines', name), 'utf8')).toContain('here it began');
    await screen.close();
  });

  test('zooms to the minutes around a line', async () => {
    const { screen } = await opened(Array.from({ length: 30 }, (_, n) => line(n)).join(''));
    await screen.shows('branch-29');
    await screen.press('z');
    await screen.shows('6 of 30');
    await screen.press('z');
    await screen.shows('1 of 30');
    await screen.press('z');
    await screen.shows('30/30');
    await screen.close();
  });

  test('says what to do while there is no log, and shows the demo as soon as it writes', async () => {
    const screen = await openDashboard({ on: 'logs' });
    await screen.shows('No line yet');
    const demo = join(screen.dashboard.context.settings.paths.state, 'demo');
    mkdirSync(demo);
    writeFileSync(join(demo, 'security.log'), line(1));
    await screen.shows('branch-1');
    await screen.close();
  });
});

describe('the keys of the log', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

  test('w and W go to warnings, s to where the rate changes', async () => {
    const lines = Array.from({ length: 40 }, (_, n) =>
      line(n, {
        // One each second, an hour of nothing before the thirtieth.
        timestamp: at(n < 30 ? n : 3600 + n),
        resource: `step-${n}`,
        ...(n === 12 ? { severity: 'WARNING' } : {}),
      }),
    );
    const { screen } = await opened(lines.join(''));
    await screen.shows('step-39');
    await screen.press('W');
    await screen.shows(/▸.*step-12/);
    await screen.press('W');
    await screen.shows('No warning above');
    await screen.press('s');
    await screen.shows(/▸.*step-30/);
    await screen.press('s');
    await screen.shows('No change of rate below');
    await screen.press('W', 'w');
    await screen.shows('No warning below');
    await screen.close();
  });

  test('Y copies the line as it was written; O goes to what it is about, or says that it is about nothing', async () => {
    const last = line(2, { agent_name: null, agent_id: null, correlation_id: null });
    const { screen } = await opened(
      line(1, { category: 'AGENT', agent_id: '6f7d3f0e-6a53-4a51-9b0f-2f1f7c6f7a01', resource: 'first' }) + last,
    );
    await screen.shows('branch-2');
    await screen.press('Y');
    await expect.poll(() => screen.raw()).toContain(`\u001b]52;c;${Buffer.from(last.trim()).toString('base64')}\u0007`);
    await screen.press('O');
    await screen.shows('names no agent, event or MCP server');
    await screen.press('c');
    await screen.shows('no correlation id');
    await screen.press('k', 'O');
    await screen.shows('Logs › scribe');
    await screen.close();
  });

  test('P takes what the control plane tells between the lines, and out again', async () => {
    const { screen } = await opened(line(1));
    await screen.shows('branch-1');
    await screen.press('P');
    await screen.shows('of the control plane come between');
    screen.server.happen(anEvent({ action: asUntrusted('db:drop') }));
    await screen.shows('db:drop on invoices');
    await screen.press('P');
    await screen.shows('No further lines of the control plane');
    await screen.close();
  });

  test('columns are chosen, and what is shown is there as plain text', async () => {
    const { screen } = await opened(line(1));
    await screen.shows('SEVERITY');
    await screen.press('|');
    await screen.shows(/columns/i);
    await screen.press(ESC);
    await screen.lacks(/columns/i);
    await screen.press(' ');
    await screen.shows(/1 marked/);
    await screen.close();
  });
});
