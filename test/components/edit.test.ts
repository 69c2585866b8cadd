// Editing with a real editor program: the terminal is handed over, the difference is shown, and nothing is lost or overwritten.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { ExitCode, PolicyError } from '../../src/errors.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

let folder: string;
let open: Harness | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aim-editor-'));
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A program that replaces one text by another in the file that it gets, once for each pair, and keeps what it saw. */
function editor(...pairs: [from: string, to: string][]): string {
  const path = join(folder, 'editor');
  writeFileSync(
    path,
    `#!${process.execPath}
const fs = require('node:fs');
const file = process.argv.at(-1), seen = ${JSON.stringify(join(folder, 'seen'))};
const count = fs.existsSync(seen) ? fs.readFileSync(seen, 'utf8').split('\\0').length - 1 : 0;
const text = fs.readFileSync(file, 'utf8');
fs.appendFileSync(seen, text + '\\0');
const [from, to] = ${JSON.stringify(pairs)}[count] ?? ['', ''];
fs.writeFileSync(file, text.replace(from, to));
`,
  );
  chmodSync(path, 0o755);
  return path;
}
const seen = () => readFileSync(join(folder, 'seen'), 'utf8').split('\0');

async function onAgent(program: string | null) {
  const server = fakeServer({ agents: [anAgent({ description: 'Pays', agentType: 'custom' })] });
  open = await openDashboard({ registry, on: 'agents', server, settings: { editor: program } });
  await open.shows('billing-bot');
  return { harness: open, server };
}
const updates = (harness: Harness) =>
  harness.server.calls.filter(({ name }) => name === 'agents.update').map(({ args }) => args[1]);

test('e opens the editor, shows the difference, and sends only what was changed', async () => {
  const { harness } = await onAgent(editor(['Pays', 'Pays invoices']));
  await harness.press('e');
  await harness.shows('+ Pays invoices');
  expect(harness.text()).toContain('- Pays');
  expect(updates(harness)).toEqual([]);
  await harness.press('y');
  await harness.shows('Saved agent billing-bot: description.');
  expect(updates(harness)).toEqual([{ description: 'Pays invoices' }]);
  expect(seen()[0]).toContain('# What it is made with. One of: ');
});

test('a mistake is opened again with what is wrong', async () => {
  const { harness } = await onAgent(
    editor(['agentType: custom', 'agentType: custm'], ['agentType: custm', 'agentType: claude']),
  );
  await harness.press('e');
  await harness.shows('+ claude');
  expect(seen()[1]).toMatch(/^#! Line \d+: agentType: /);
  await harness.press('n');
  await harness.shows('Nothing was sent. Your text is in');
  expect(updates(harness)).toEqual([]);
});

test('what somebody else changed to another text is asked about, not overwritten', async () => {
  const { harness, server } = await onAgent(editor(['Pays', 'Mine'], ['Mine', 'Both']));
  let reads = 0;
  server.override['agents.get'] = () => anAgent({ description: reads++ === 0 ? 'Pays' : 'Theirs' });
  await harness.press('e');
  await harness.shows('+ Both');
  expect(harness.text()).toContain('- Theirs');
  expect(seen()[1]).toContain('description is on the server now: "Theirs"');
});

test('a server that says no leaves the text in a file that is named', async () => {
  const { harness, server } = await onAgent(editor(['Pays', 'Mine']));
  server.override['agents.update'] = () => {
    throw new PolicyError('policy.no', { message: 'Not today.', exitCode: ExitCode.Forbidden });
  };
  await harness.press('e');
  await harness.shows('+ Mine');
  await harness.press('y');
  await harness.shows(/Not today\. Your text is kept in/);
});

test('who has chosen no editor gets the form', async () => {
  const { harness } = await onAgent(null);
  await harness.press('e');
  await harness.shows('Edit agent billing-bot');
});

describe('a form whose subject somebody else changed meanwhile', () => {
  async function editedWhile(theirs: Partial<Parameters<typeof anAgent>[0]>, mine: string) {
    const { harness, server } = await onAgent(null);
    const before = { description: 'Pays', agentType: 'custom' };
    let reads = 0;
    server.override['agents.get'] = () => anAgent(reads++ === 0 ? before : { ...before, ...theirs });
    await harness.press('e');
    await harness.shows('Edit agent billing-bot');
    await harness.press('\t');
    await harness.shows(/▸ Description/);
    await harness.press('\u0015', ...mine, '\u0013');
    return harness;
  }

  test('shows theirs beside mine, and sends nothing', async () => {
    const harness = await editedWhile({ description: 'Theirs' }, 'Mine');
    await harness.shows('Nothing was sent: somebody changed the same.');
    expect(harness.text()).toContain('now Theirs (^T takes it)');
    expect(harness.text()).toContain('Mine');
    expect(updates(harness)).toEqual([]);
    await harness.press('\u0013');
    await harness.shows('Saved agent billing-bot: description.');
    expect(updates(harness)).toEqual([{ description: 'Mine' }]);
  });

  test('takes theirs with a key, and goes back with the same', async () => {
    const harness = await editedWhile({ description: 'Theirs' }, 'Mine');
    await harness.shows('(^T takes it)');
    await harness.press('\u0014');
    await harness.shows('^T goes back to yours');
    await harness.press('\u0014');
    await harness.shows('(^T takes it)');
    expect(harness.text()).toContain('Mine');
    await harness.press('\u0014', '\u0013');
    await harness.shows(/billing-bot/);
    expect(updates(harness)).toEqual([]);
  });

  test('keeps what they changed elsewhere, and says so', async () => {
    const harness = await editedWhile({ agentType: 'claude' }, 'Mine');
    await harness.shows('Saved agent billing-bot: description. Kept of theirs: agentType.');
    expect(updates(harness)).toEqual([{ description: 'Mine' }]);
  });
});
