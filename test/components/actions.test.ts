// Doing things from the dashboard: what is asked first, what is refused and why, and what is kept when the server says no.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { PolicyError } from '../../src/errors.ts';
import { anAgent, anEvent, fakeServer } from './fake-api.ts';
import { ESC, fakeSettings, type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** What was sent, without the signals that end a call. */
const calls = (harness: Harness, name: string) =>
  harness.server.calls
    .filter((call) => call.name === name)
    .map(({ args: [id, change, options] }) => ({ id, change, reason: (options as { reason?: string } | undefined)?.reason }));

async function onAgents(options: Parameters<typeof openDashboard>[0] = {}): Promise<Harness> {
  open = await openDashboard({ registry, on: 'agents', server: fakeServer({ agents: [anAgent()] }), ...options });
  await open.shows(options.on === 'overview' ? 'Verifications' : /billing-bot/);
  return open;
}

describe('suspending an agent', () => {
  test('asks for a reason, then for a yes, and shows the command that does the same', async () => {
    const harness = await onAgents();
    await harness.press('S');
    await harness.shows('reason');
    await harness.press(...'too eager', '\r');
    await harness.shows("aim agents suspend a-1 --reason 'too eager'");
    expect(calls(harness, 'agents.suspend')).toEqual([]);
    await harness.press('y');
    await harness.shows('suspended');
    expect(calls(harness, 'agents.suspend')).toMatchObject([{ id: 'a-1', change: { reason: 'too eager' } }]);
  });

  test.each([
    ['Enter', '\r'],
    ['escape', ESC],
    ['n', 'n'],
  ])('does nothing on %s', async (_, key) => {
    const harness = await onAgents();
    await harness.press('S');
    await harness.shows('reason');
    await harness.press('\r');
    await harness.shows('y yes');
    await harness.press(key);
    await harness.lacks('y yes');
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });

  test('does nothing when the yes was typed ahead with other keys', async () => {
    const harness = await onAgents();
    await harness.press('S');
    await harness.shows('reason');
    await harness.press('\r');
    await harness.shows('y yes');
    await harness.burst('yy');
    await harness.shows('came together with other keys');
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });

  test('does nothing when the yes was pasted', async () => {
    const harness = await onAgents();
    await harness.press('S');
    await harness.shows('reason');
    await harness.press('\r');
    await harness.shows('y yes');
    await harness.paste('y');
    await harness.settled();
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });

  test('says that it is suspended already', async () => {
    const harness = await onAgents({ server: fakeServer({ agents: [anAgent({ status: 'suspended' })] }) });
    await harness.press('S');
    await harness.shows('It is suspended already');
  });

  test('says which role it needs', async () => {
    const harness = await onAgents({ role: 'viewer' });
    await harness.press('S');
    await harness.shows('Needs the role manager; you are viewer');
  });

  test('says that nothing is changed in read-only mode', async () => {
    const harness = await onAgents({ settings: { readOnly: true } });
    expect(harness.rows()[0]).toContain('READ-ONLY');
    await harness.press('S');
    await harness.shows('This is read-only');
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });
});

describe('editing an agent', () => {
  test('sends only what was changed', async () => {
    const harness = await onAgents();
    await harness.press('E');
    await harness.shows('Edit agent billing-bot');
    await harness.press('\t');
    await harness.burst('Pays invoices');
    await harness.press('\u0013');
    await harness.shows('Saved agent billing-bot: description');
    expect(calls(harness, 'agents.update')).toEqual([
      { id: 'a-1', change: { description: 'Pays invoices' }, reason: undefined },
    ]);
  });

  test('keeps what was typed when the server says no', async () => {
    const harness = await onAgents();
    harness.server.override['agents.update'] = () => {
      throw new PolicyError('conflict', { message: 'Somebody else changed it.' });
    };
    await harness.press('E');
    await harness.shows('Edit agent billing-bot');
    await harness.press('\t');
    await harness.burst('Pays invoices');
    await harness.press('\u0013');
    await harness.shows('Somebody else changed it.');
    expect(harness.text()).toContain('Pays invoices');
  });

  test('says what is wrong with a field while it is typed, and does not send it', async () => {
    const harness = await onAgents();
    await harness.press('E');
    await harness.shows('Edit agent billing-bot');
    await harness.press('\t', '\t', '\t', '\t');
    await harness.burst('not an address');
    await harness.shows(/invalid/i);
    await harness.press('\u0013');
    await harness.settled();
    expect(calls(harness, 'agents.update')).toEqual([]);
  });

  test('does not throw away what was typed by one escape', async () => {
    const harness = await onAgents();
    await harness.press('E');
    await harness.shows('Edit agent billing-bot');
    await harness.press('\t');
    await harness.burst('Pays invoices');
    await harness.press(ESC);
    await harness.shows('esc again leaves');
    await harness.press(ESC);
    await harness.shows('NAME');
  });
});

describe('the palette', () => {
  test('runs a verb with the words behind it', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('agents suspend billing-bot');
    await harness.press('\r');
    await harness.shows('reason');
    await harness.press('\r');
    await harness.shows('aim agents suspend billing-bot');
  });

  test('names what was typed, not what is selected', async () => {
    const server = fakeServer({ agents: [anAgent(), anAgent({ id: 'a-2', name: 'mail-bot' })] });
    const harness = await onAgents({ server });
    await harness.press(':');
    await harness.burst('agents suspend mail-bot');
    await harness.press('\r');
    await harness.shows('Suspend mail-bot');
  });

  test('refuses for the agent that is named, whatever is selected', async () => {
    const server = fakeServer({ agents: [anAgent({ status: 'suspended' }), anAgent({ id: 'a-2', name: 'mail-bot' })] });
    const harness = await onAgents({ server });
    await harness.press(':');
    await harness.burst('agents suspend billing-bot');
    await harness.shows('It is suspended already');
    await harness.press('\r');
    await harness.press(':');
    await harness.burst('agents suspend mail-bot');
    await harness.lacks(/suspend AGENT +It is suspended/);
    await harness.press('\r');
    await harness.shows('Suspend mail-bot');
  });

  test('completes an argument from the server', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('agents suspend bil');
    await harness.shows('billing-bot');
    await harness.press('\u001b[B', '\t');
    await harness.shows(':agents suspend billing-bot');
  });

  test('shows why a verb cannot be used', async () => {
    const harness = await onAgents({ on: 'overview', role: 'viewer' });
    await harness.press(':');
    await harness.burst('agents suspend');
    await harness.shows('Needs the role manager; you are viewer');
  });

  test('shows what a reading verb answers', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('agents show billing-bot');
    await harness.press('\r');
    await harness.shows('Show billing-bot');
    await harness.press(ESC);
    await harness.lacks('Show billing-bot');
  });

  test('remembers what was typed', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('version');
    await harness.press('\r');
    await harness.settled();
    await harness.press(ESC, ':', '\u001b[A');
    await harness.shows(':version');
  });
});

describe('the filter of a list', () => {
  const agents = ['billing-bot', 'mail-bot', 'scribe'].map((name, index) =>
    anAgent({ id: `a-${index}`, name, trustScore: 0.3 * index }),
  );

  test('narrows while it is typed, and escape brings the one before back', async () => {
    const harness = await onAgents({ server: fakeServer({ agents }) });
    await harness.press('/');
    await harness.burst('bot');
    await harness.shows('2 of 3');
    await harness.press(ESC);
    await harness.shows('1/3');
  });

  test('understands fields and comparisons', async () => {
    const harness = await onAgents({ server: fakeServer({ agents }) });
    await harness.press('/');
    await harness.burst('trust>0.2 !mail');
    await harness.press('\r');
    await harness.shows('1/1 of 3');
    expect(harness.text()).toContain('scribe');
  });

  test('stays when the screen is left and comes back', async () => {
    const harness = await onAgents({ server: fakeServer({ agents }) });
    await harness.press('/');
    await harness.burst('bot');
    await harness.press('\r', '1', '2');
    await harness.shows('/bot');
  });
});

describe('the line of the palette', () => {
  test('takes options as the command line does', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('agents suspend billing-bot --reason "too eager"');
    await harness.press('\r');
    await harness.shows("aim agents suspend billing-bot --reason 'too eager'");
    await harness.press('y');
    await harness.shows('Done:');
    expect(calls(harness, 'agents.suspend')).toMatchObject([{ id: 'a-1', change: { reason: 'too eager' } }]);
  });

  test('says that an option does not exist', async () => {
    const harness = await onAgents({ on: 'overview' });
    await harness.press(':');
    await harness.burst('agents suspend billing-bot --force');
    await harness.press('\r');
    await harness.shows('--force');
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });
});

test('the copy menu copies what is chosen, and nothing before', async () => {
  const harness = await onAgents();
  await harness.press('y');
  await harness.shows('aim agents show a-1');
  expect(harness.raw()).not.toContain('\u001b]52;');
  await harness.burst('command');
  await harness.press('\r');
  await harness.shows('Copied 19 bytes: command');
  expect(harness.raw()).toContain(`\u001b]52;c;${Buffer.from('aim agents show a-1').toString('base64')}\u0007`);
});

describe('what a stranger stumbled over', () => {
  test('a filter with a field that is none says so, and which there are', async () => {
    const harness = await onAgents();
    await harness.press('/');
    await harness.burst('statsu:verified');
    await harness.shows('statsu is no field of this list');
    await harness.shows('name, status, trust');
  });

  test.each([
    ['status:verfied', 'There is no status verfied; did you mean verified?'],
    ['!type:custm', 'There is no type custm; did you mean custom?'],
    ['name:billing-bto', 'There is no name billing-bto; did you mean billing-bot?'],
    ['status:zzz', 'There is no status zzz: it is one of pending'],
    ['status:ver', '1/1'],
    ['created<2d', '1/1'],
    ['created>2d', '0 of 1'],
  ])('a filter %s says so', async (filter, expected) => {
    const harness = await onAgents({ size: [120, 24] });
    await harness.press('/');
    await harness.burst(filter);
    await harness.press('\r');
    await harness.shows(expected);
  });

  test('violations follow the denials', async () => {
    const harness = await onAgents();
    harness.server.agents = [anAgent({ capabilityViolationCount: 9 })];
    harness.server.happen(anEvent({ id: 'v-7', status: 'failed', result: 'denied' }));
    await harness.shows(/billing-bot .* 9 /);
  });

  test('the help moves by pages', async () => {
    const harness = await onAgents();
    await harness.press('?');
    await harness.shows('keys:');
    await harness.press('\u001b[6~');
    await harness.lacks(/ 1\/\d\d/);
  });
});

describe('the columns of a list', () => {
  test('are chosen, seen at once, and remembered for the next time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aim-columns-'));
    const settings = fakeSettings();
    settings.paths.state = folder;
    const harness = await onAgents({ context: { settings }, size: [120, 30] });
    await harness.press('|');
    await harness.shows('Columns, from left to right');
    // Status goes behind trust, the type goes away, the id comes in.
    await harness.press('j', 'J', 'j', 'j', ' ', '\r');
    await harness.shows(/NAME +TRUST +STATUS +VIOL +CAPABILITIES/);
    await harness.close();
    open = undefined;
    const again = await onAgents({ context: { settings }, size: [120, 30] });
    await again.shows(/NAME +TRUST +STATUS +VIOL +CAPABILITIES/);
    rmSync(folder, { recursive: true });
  });

  test('stay as they were after escape', async () => {
    const harness = await onAgents({ size: [120, 30] });
    await harness.press('|', 'j', ' ');
    await harness.shows(/NAME +TRUST/);
    await harness.press(ESC);
    await harness.shows(/NAME +STATUS +TRUST/);
  });
});

describe('keys of one’s own', () => {
  test('stand in the footer and in the help, and work', async () => {
    const harness = await onAgents({ settings: { keys: { 'agents.suspend': 'ctrl-x' } } });
    await harness.press('S');
    await harness.settled();
    expect(harness.text()).not.toContain('Suspend billing-bot');
    await harness.press('?');
    await harness.burst('suspend');
    await harness.shows(/\^X +Suspend an agent/);
    await harness.press(ESC, '\u0018');
    await harness.shows('Suspend billing-bot');
  });

  test('never make a yes of a key that is pressed in passing', async () => {
    const harness = await onAgents({ settings: { keys: { 'agents.suspend': 'space enter' } } });
    await harness.press('?');
    await harness.burst('suspend');
    await harness.shows(/S +Suspend an agent/);
  });
});

describe('marked rows', () => {
  const agents = ['billing-bot', 'mail-bot', 'scribe'].map((name, index) => anAgent({ id: `a-${index}`, name }));

  test('are acted on together, and those that the filter hides are listed with it', async () => {
    const harness = await onAgents({ server: fakeServer({ agents }) });
    await harness.press(' ', ' ', '/');
    await harness.burst('mail');
    await harness.press('\r', 'S');
    await harness.shows('reason');
    await harness.press(...'both', '\r');
    await harness.shows('2 marked?');
    await harness.shows('1 of them hidden by the filter');
    expect(harness.text()).toMatch(/billing-bot +hidden by the filter/);
    expect(calls(harness, 'agents.suspend')).toEqual([]);
    await harness.press('y');
    await harness.shows('Done for all 2');
    expect(calls(harness, 'agents.suspend').map(({ id }) => id)).toEqual(['a-0', 'a-1']);
  });

  test('are left as they are by Enter', async () => {
    const harness = await onAgents({ server: fakeServer({ agents }) });
    await harness.press(' ', ' ', 'S', '\r');
    await harness.shows('2 marked?');
    await harness.press('\r');
    await harness.lacks('2 marked?');
    expect(calls(harness, 'agents.suspend')).toEqual([]);
  });
});

describe('getting about', () => {
  test('J goes to what hangs together with the agent', async () => {
    const harness = await onAgents();
    await harness.press('J');
    await harness.shows('its events');
    await harness.burst('alerts');
    await harness.press('\r');
    await harness.shows('agentName=billing-bot');
    await harness.press('-');
    await harness.shows(/NAME +STATUS/);
  });

  test('a letter on each row goes there', async () => {
    const agents = ['a-bot', 'b-bot', 'c-bot'].map((name, index) => anAgent({ id: `a-${index}`, name }));
    const harness = await onAgents({ server: fakeServer({ agents: [...agents, anAgent({ id: 'z' })] }) });
    await harness.press(',');
    await harness.shows(/f +c-bot/);
    await harness.press('f', 'S');
    await harness.shows('Suspend c-bot');
  });

  test('z shows what there is to say about the row, then only that, then not', async () => {
    const harness = await onAgents();
    await harness.press('z');
    await harness.shows('May do without asking');
    expect(harness.text()).toContain('VIOL');
    await harness.press('z');
    await harness.lacks('VIOL');
    await harness.press(ESC);
    await harness.shows('VIOL');
    await harness.lacks('May do without asking');
  });

  test('a place is opened by its name, with its filter and order', async () => {
    const harness = await onAgents({ on: 'overview', settings: { aliases: { best: 'agents sort:-trust' } } });
    await harness.press(':');
    await harness.burst('best /bill');
    await harness.press('\r');
    await harness.shows('/bill');
    await harness.shows(/TRUST[▼v]/);
  });

  test('a view is saved with a key, and the key shows it', async () => {
    const harness = await onAgents({ size: [100, 24] });
    await harness.press('/');
    await harness.burst('status:verified');
    await harness.press('\r', '\u0013');
    await harness.shows('Save this view: agents /status:verified');
    await harness.burst('good');
    await harness.press('\r');
    await harness.burst('f6');
    await harness.press('\r');
    await harness.shows('Saved. :good shows it again');
    await harness.press(ESC, '1', '\u001b[17~');
    await harness.shows('/status:verified');
  });
});
