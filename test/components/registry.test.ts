// Every verb in the dashboard: found, explained, refused with a reason, and told as a command. And what the wire offers is a verb.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '../../commands/action.ts';
import { findAction } from '../../commands/find-action.ts';
import { registry } from '../../commands/registry.ts';
import { disabledBecause } from '../../components/actions/availability.ts';
import { planOf } from '../../components/actions/plan.ts';
import { commandLine } from '../../components/actions/twin.ts';
import { isKeyName } from '../../components/keys/key-overrides.ts';
import { allScreens } from '../../components/screens/all-screens.ts';
import { verbOf } from '../../components/shell/verb-of.ts';
import { tables } from '../../components/tables/tables.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

const here: readonly Action[] = registry.filter(({ commandLineOnly }) => !commandLineOnly);
const keyOf = (action: Action): string[] => [
  ...Object.values(action.keys ?? {}),
  ...tables.flatMap(({ rowVerbs, verbs = {} }) =>
    Object.entries({ ...rowVerbs, ...verbs }).flatMap(([key, verb]) => (verb === action.id ? [key] : [])),
  ),
];

describe.each(here.map((action) => [action.id, action] as const))('%s', (id, action) => {
  test('has an entry in the palette, by its own words', () => {
    expect(verbOf(`${id.replaceAll('.', ' ')} `, registry)?.action).toBe(action);
  });

  test('is explained in a line', () => {
    expect(action.summary).toMatch(/^[A-Z].{5,}[^.]$/);
  });

  test('has keys that a keyboard sends, on screens that there are', () => {
    for (const key of keyOf(action)) expect(isKeyName(key), key).toBe(true);
    for (const screen of Object.keys(action.keys ?? {})) expect(allScreens.map((one) => one.id)).toContain(screen);
  });

  test('has a command that does the same', async () => {
    const line = commandLine(action, Object.keys(action.args), {});
    expect((await findAction(line.split(' ').slice(1))).action).toBe(action);
  });

  test('says why it cannot be used, where it cannot', () => {
    const all = { role: 'admin', features: null, isReadOnly: false } as const;
    expect(disabledBecause(action, all)).toBeNull();
    if ((action.risk ?? 'read') !== 'read') expect(disabledBecause(action, { ...all, isReadOnly: true })).toMatch(/read-only/);
    if (action.needs && !['none', 'viewer'].includes(action.needs)) {
      expect(disabledBecause(action, { ...all, role: 'viewer' })).toBe(`Needs the role ${action.needs}; you are viewer`);
    }
    if (action.feature) expect(disabledBecause(action, { ...all, features: [] })).toContain(action.feature);
    expect(disabledBecause(action, { ...all, lacksSelection: true })).toBe('Nothing is selected');
  });

  test('asks for what it lacks, and for a yes before what is dangerous', () => {
    const plan = planOf(action, {});
    const needed = Object.entries(action.args).filter(([, { optional }]) => !optional);
    expect(plan.fields.map(({ name }) => name)).toEqual(expect.arrayContaining(needed.map(([name]) => name)));
    if (action.risk === 'dangerous') expect(plan.confirm).toEqual({ kind: 'yes' });
    if (action.risk === 'named') expect(plan.confirm).toMatchObject({ kind: 'name' });
  });
});

describe('the verbs that a table gives keys to', () => {
  test.each(
    tables.flatMap(({ id, rowVerbs, verbs = {} }) => Object.values({ ...rowVerbs, ...verbs }).map((verb) => [id, verb])),
  )('%s: %s is one', (_, verb) => {
    expect(registry.map(({ id }) => id)).toContain(verb);
  });

  test.each(tables.map((table) => [table.id, table] as const))('%s gives no key twice', (_, { rowVerbs, verbs = {} }) => {
    const keys = [...Object.keys(rowVerbs), ...Object.keys(verbs)];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what the wire offers an operator', () => {
  test.each([
    ['the account', 'whoami'],
    ['counters', 'analytics.show'],
    ['trends', 'analytics.trends'],
    ['use', 'analytics.usage'],
    ['agents by activity', 'analytics.agents'],
    ['agents', 'agents.ls'],
    ['one agent', 'agents.show'],
    ['registering', 'agents.create'],
    ['editing', 'agents.edit'],
    ['trust and its factors', 'agents.trust'],
    ['trust over time', 'agents.trust-history'],
    ['computing trust anew', 'agents.recalculate-trust'],
    ['setting trust', 'agents.set-trust'],
    ['capabilities', 'agents.capabilities.ls'],
    ['granting', 'agents.capabilities.grant'],
    ['revoking a capability', 'agents.capabilities.revoke'],
    ['violations of an agent', 'agents.violations'],
    ['MCP servers of an agent', 'agents.mcp'],
    ['keys of an agent', 'agents.keys'],
    ['activity of an agent', 'agents.history'],
    ['audit of an agent', 'agents.audit'],
    ['alerts of an agent', 'agents.alerts'],
    ['verifying', 'agents.verify'],
    ['suspending', 'agents.suspend'],
    ['reactivating', 'agents.reactivate'],
    ['revoking', 'agents.revoke'],
    ['new keys', 'agents.rotate-key'],
    ['deleting', 'agents.delete'],
    ['tags', 'tags.ls'],
    ['a new tag', 'tags.create'],
    ['changing a tag', 'tags.edit'],
    ['deleting a tag', 'tags.delete'],
    ['tagging', 'tags.add'],
    ['untagging', 'tags.remove'],
    ['what waits', 'approvals.ls'],
    ['events', 'events.ls'],
    ['one event', 'events.show'],
    ['capability requests', 'requests.ls'],
    ['one capability request', 'requests.show'],
    ['granting what is asked', 'requests.approve'],
    ['refusing what is asked', 'requests.reject'],
    ['alerts', 'alerts.ls'],
    ['acknowledging', 'alerts.ack'],
    ['resolving', 'alerts.resolve'],
    ['audit', 'audit.ls'],
    ['one audit entry', 'audit.show'],
    ['security in numbers', 'security.show'],
    ['threats', 'security.threats'],
    ['anomalies', 'security.anomalies'],
    ['violations', 'security.violations'],
    ['the enforcement mode', 'enforcement.show'],
    ['setting it', 'enforcement.set'],
    ['policies', 'policies.ls'],
    ['a new policy', 'policies.create'],
    ['changing a policy', 'policies.edit'],
    ['switching it on', 'policies.enable'],
    ['switching it off', 'policies.disable'],
    ['deleting it', 'policies.delete'],
    ['API keys', 'keys.ls'],
    ['a new key', 'keys.create'],
    ['disabling a key', 'keys.disable'],
    ['deleting a key', 'keys.delete'],
    ['people', 'users.ls'],
    ['their roles', 'users.role'],
    ['letting in', 'users.activate'],
    ['keeping out', 'users.deactivate'],
    ['who asks to be registered', 'users.admit'],
  ])('%s has a verb in the dashboard', (_, id) => {
    expect(here.map((action) => action.id)).toContain(id);
  });

  // Their keys are the panel's own, with its own care: test/approvals holds them to it.
  test.each(['approvals.approve', 'approvals.deny', 'approvals.revoke'])(
    '%s has a command, and a key where it is decided',
    (id) => {
      expect(registry.map((action) => action.id)).toContain(id);
    },
  );
});

describe('in the running dashboard', () => {
  let open: Harness;
  beforeAll(async () => {
    open = await openDashboard({ registry, server: fakeServer({ agents: [anAgent()] }), size: [120, 40] });
    await open.shows('Verifications');
  });
  afterAll(() => open.close());

  test('every screen that is no thing’s own is in the palette', async () => {
    for (const { id, title } of allScreens.filter(
      ({ id: one }) => !['agent', 'event', 'approval', 'mcp-server'].includes(one),
    )) {
      await open.press(':');
      await open.burst(id);
      await open.shows(new RegExp(`${title} +screen`));
      await open.press('\u001b');
      await open.lacks(`:${id}`);
    }
  });

  test('a verb of each risk is found by its summary', async () => {
    for (const risk of ['read', 'change', 'dangerous', 'named'] as const) {
      const action = here.find((one) => (one.risk ?? 'read') === risk && one.id.includes('.'));
      await open.press(':');
      await open.burst(action?.summary.slice(0, 30) ?? '');
      await open.shows(action?.id.replaceAll('.', ' ') ?? '');
      await open.press('\u001b');
      await open.settled();
    }
  });
});
