// The same verbs on a real terminal: tables that fit, hints, and questions that Enter never answers with yes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTerminal, program } from '../pty/terminal.ts';
import { admin, enrolAgent, openStage, type Stage, type TestAgent } from './stage.ts';

let stage: Stage;
let agent: TestAgent;
beforeAll(async () => {
  stage = await openStage();
  agent = await enrolAgent(stage, 'billing-bot');
  await agent.ask('db:read', 'a-resource-with-a-name-that-is-longer-than-any-column-should-be-on-a-narrow-terminal');
}, 60_000);
afterAll(() => stage?.end());

const on = (columns: number, ...args: string[]) => openTerminal(args, { env: stage.machine.env, columns });
const pending = async () => (await agent.ask('db:delete', 'users', { jit_access: true })).id;

describe('a list', () => {
  test('is a table that fits, with titles and a hint', async () => {
    const terminal = on(60, 'agents', 'ls');
    await terminal.exited;
    await terminal.waitFor('About one of them: aim agents show NAME');
    expect(terminal.rows()[0]).toMatch(/^NAME +STATUS +TRUST/);
    expect(terminal.rows()[1]).toMatch(/^billing-bot +verified/);
    expect(terminal.rows().every((row) => row.length <= 60)).toBe(true);
  });

  test('gives up columns on a narrow terminal, and cuts where it must', async () => {
    const terminal = on(44, 'events', 'ls', '--limit', '1');
    await terminal.exited;
    await terminal.waitFor('denied');
    expect(terminal.text()).not.toContain('REASON');
    expect(terminal.rows()[1]).toMatch(/denied +bill.* db:read +a-/);
  });

  test('has no colour where none is wanted', async () => {
    const terminal = openTerminal(['agents', 'ls'], { env: { ...stage.machine.env, NO_COLOR: '1' }, columns: 80 });
    await terminal.exited;
    await terminal.waitFor('billing-bot');
    expect(terminal.raw()).not.toMatch(/\u001b\[\d+m/);
  });
});

describe('a question', () => {
  test.each<[title: string, keys: string[], exitCode: number]>([
    ['is not answered by Enter', ['enter'], 3],
    ['is not answered by y', ['y', 'enter'], 3],
    ['is answered by the word', [...'approve', 'enter'], 0],
  ])('%s', async (_, keys, exitCode) => {
    const id = await pending();
    const terminal = on(100, 'approvals', 'approve', id);
    await terminal.waitFor('Type approve to go on:');
    expect(terminal.text()).toMatch(/action +db:delete/);
    await terminal.keys(...keys);
    expect((await terminal.exited).exitCode).toBe(exitCode);
    expect(await stage.json('approvals', 'show', id)).toMatchObject({ status: exitCode === 0 ? 'approved' : 'pending' });
  });

  test('is left with Ctrl-C, and nothing was done', async () => {
    const id = await pending();
    const terminal = on(100, 'approvals', 'approve', id);
    await terminal.waitFor('Type approve to go on:');
    await terminal.keys('ctrl-c');
    expect((await terminal.exited).exitCode).toBe(130);
    expect(await stage.json('approvals', 'show', id)).toMatchObject({ status: 'pending' });
  });

  test('has what decides on the screen with it, on 80 columns and 24 rows, however long the resource is', async () => {
    const { id } = await agent.ask('db:delete', `/srv/${'x'.repeat(300)}\nrisk low`, { jit_access: true });
    const terminal = on(80, 'approvals', 'approve', id);
    await terminal.waitFor('Type approve to go on:');
    const rows = terminal.rows();
    const at = rows.findIndex((row) => row.startsWith('Type approve'));
    expect(rows.slice(at - 3, at)).toEqual([
      expect.stringMatching(new RegExp(`^risk \\w+, signed( \\(new key\\))?, id ${id}$`)),
      'agent billing-bot',
      expect.stringMatching(/^action db:delete on \/srv\/x+\S* \(cut, whole above\)$/),
    ]);
    await terminal.keys('enter');
    expect((await terminal.exited).exitCode).toBe(3);
  });

  test.each<[title: string, keys: string[], exitCode: number, status: string]>([
    ['is asked for on a terminal', [...'not today', 'enter'], 0, 'denied'],
    ['that is left empty denies nothing', ['enter'], 3, 'pending'],
  ])('for the reason of a denial %s', async (_, keys, exitCode, status) => {
    const id = await pending();
    const terminal = on(80, 'approvals', 'deny', id);
    await terminal.waitFor('Deny it, because');
    expect(terminal.text()).toContain('action db:delete on users');
    await terminal.keys(...keys);
    expect((await terminal.exited).exitCode).toBe(exitCode);
    expect(await stage.json('approvals', 'show', id)).toMatchObject({ status });
  });

  test.each<[verb: string, question: string, answer: string, args: () => Promise<string[]>]>([
    ['approve', 'Type approve to go on:', 'approve', async () => ['approvals', 'approve', await pending()]],
    ['edit', 'Apply this? yes, edit, or no:', 'yes', async () => ['agents', 'edit', 'billing-bot']],
  ])('of %s is heard after Ctrl-Z and fg', async (_, question, answer, args) => {
    const editor = join(stage.machine.root, 'describes.sh');
    writeFileSync(editor, `sed -i 's/^description:.*/description: after a stop/' "$1"\n`);
    // A shell with jobs, as a person has one: each time the program stops it is brought back.
    const line = ['sh', '-c', 'set -m; "$@"; fg; fg; fg', 'sh', process.execPath, program, ...(await args())];
    const env = { ...stage.machine.env, AIM_EDITOR: `sh ${editor}` };
    const terminal = openTerminal(line.slice(1), { env, columns: 80, command: 'sh' });
    const asked = () => terminal.raw().split(question).length - 1;
    for (let stops = 0; stops < 3; stops += 1) {
      const before = asked();
      await terminal.waitFor(() => asked() > (stops === 0 ? 0 : before - 1));
      const shown = asked();
      await terminal.keys('ctrl-z');
      await terminal.waitFor(() => asked() > shown);
    }
    await terminal.keys(...answer, 'enter');
    expect((await terminal.exited).exitCode).toBe(0);
  });

  test('for a name wants exactly that name', async () => {
    await enrolAgent(stage, 'old-bot');
    const terminal = on(100, 'agents', 'delete', 'old-bot');
    await terminal.waitFor('This cannot be undone.');
    await terminal.keys(...'old-bit', 'enter');
    expect((await terminal.exited).exitCode).toBe(3);
    expect((await stage.aim('agents', 'delete', 'old-bot', '--confirm', 'other')).code).toBe(2);
    expect((await stage.aim('agents', 'delete', 'old-bot', '--confirm', 'old-bot')).code).toBe(0);
  });

  test('is never put with --no-input', async () => {
    const terminal = on(100, 'agents', 'suspend', 'billing-bot', '--no-input');
    expect((await terminal.exited).exitCode).toBe(2);
    await terminal.waitFor('Add --yes');
  });

  test('for a password does not show it', async () => {
    const terminal = on(100, 'login', '--server', stage.url, '--email', admin.email, '--store', 'file');
    await terminal.waitFor('Password:');
    await terminal.keys(...admin.password, 'enter');
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.raw()).not.toContain('correct');
  });
});

test('the settings are edited in the editor of the environment', async () => {
  const editor = join(stage.machine.root, 'editor.sh');
  writeFileSync(editor, `printf '{"fps":30}' > "$1"\n`);
  const env = { ...stage.machine.env, AIM_EDITOR: `sh ${editor}` };
  const terminal = openTerminal(['config', 'edit'], { env, columns: 80 });
  expect((await terminal.exited).exitCode).toBe(0);
  expect(await stage.aim('config', 'get', 'fps')).toMatchObject({ code: 0, stdout: '30\n' });
});

test('a stream ends with Ctrl-C, exit 130', async () => {
  const terminal = on(100, 'events', 'tail');
  await terminal.waitFor('billing-bot');
  await terminal.keys('ctrl-c');
  expect((await terminal.exited).exitCode).toBe(130);
});
