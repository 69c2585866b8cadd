// The user's own words: keys, aliases, views and programs; what means nothing is named, and what runs is what was shown.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { bindingIds } from '../../components/keys/binding-ids.ts';
import { allScreens } from '../../components/screens/all-screens.ts';
import { problemsOf } from '../../components/shell/check-lines.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { type Harness, openDashboard } from './harness.ts';

const none = { aliases: {}, views: {}, plugins: {}, keys: {} };

describe('a word that means nothing', () => {
  test.each<[title: string, lines: Partial<typeof none>, says: RegExp]>([
    ['a mistyped verb', { keys: { 'agents.supend': 'ctrl-x' } }, /no agents\.supend \(did you mean agents\.suspend\?\)/],
    ['a mistyped binding', { keys: { 'list.flter': 'f' } }, /no list\.flter \(did you mean list\.filter\?\)/],
    ['a mistyped screen', { keys: { 'tab.agnets': 'f' } }, /did you mean tab\.agents\?/],
    ['a view that is none', { keys: { 'view.mine': 'f' } }, /no view\.mine/],
    ['a key as others write it', { keys: { 'list.filter': 'Ctrl+G' } }, /no key is called Ctrl\+G; ctrl-g is/],
    ['an alias for a place that is none', { aliases: { a: 'agnets /prod' } }, /aliases\.a: agnets \/prod means nothing \(did you mean agents\?\)/],
    ['a view of a verb that is none', { views: { v: 'agents supend x' } }, /views\.v: agents supend x means nothing/],
  ])('%s is named, with what was meant', (_, lines, says) => {
    expect(problemsOf({ ...none, ...lines }, { registry, screens: allScreens })).toEqual([expect.stringMatching(says)]);
  }); // biome-ignore format: one table

  test.each<[title: string, lines: Partial<typeof none>]>([
    ['a verb and several keys', { keys: { 'agents.suspend': 'ctrl-x f6' } }],
    ['a binding, a screen, a view', { keys: { 'list.filter': 'f', 'tab.agents': 'F', 'view.v': 'V' }, views: { v: 'agents' } }],
    ['an alias of an alias, with a filter', { aliases: { a: 'b /x', b: 'agents' } }],
    ['a verb with its words', { aliases: { kill: 'agents suspend' } }],
  ])('%s is no mistake', (_, lines) => {
    expect(problemsOf({ ...none, ...lines }, { registry, screens: allScreens })).toEqual([]);
  });

  test('the names of bindings are those that the components have', () => {
    const folder = new URL('../../components/', import.meta.url).pathname;
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
    const texts = files
      .filter((name) => !name.endsWith('binding-ids.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const written = texts.flatMap((text) =>
      [...text.matchAll(/(?:bind\(\s*|\bid: )'([a-z0-9-]+\.[a-z0-9.-]+)'/g)].map(([, id = '']) => id),
    );
    const known = [...bindingIds, ...registry.map(({ id }) => id)];
    expect(written.filter((id) => !known.includes(id))).toEqual([]);
  });
});

describe('in the running dashboard', () => {
  let open: Harness | undefined;
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  const agents = [anAgent({ id: 'id-1', name: 'billing-bot' })];

  test('a typo is named when it opens', async () => {
    open = await openDashboard({ registry, settings: { keys: { 'agents.supend': 'x' } } });
    await open.shows('did you mean agents.suspend?');
  });

  test('a program runs with what is selected in its words, and no shell reads them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aim-plugin-'));
    const file = join(folder, 'said');
    const hostile = [anAgent({ id: 'id-1', name: '$(touch gone); x' })];
    const script = join(folder, 'p.cjs');
    writeFileSync(
      script,
      `require('fs').writeFileSync('${file}', JSON.stringify([process.argv.slice(2), process.env.AIM_PLUGIN_ID]))`,
    );
    open = await openDashboard({
      registry,
      server: fakeServer({ agents: hostile }),
      settings: {
        plugins: { tell: `confirm ${process.execPath} ${script} "who={name}" {id}` },
        keys: { 'plugin.tell': 'ctrl-g' },
      },
      on: 'agents',
      size: [160, 24],
    });
    await open.shows('touch gone');
    await open.press('\u0007');
    await open.shows('Run tell?');
    expect(open.text()).toContain(`'who=$(touch gone); x' id-1`);
    await open.press('y');
    await expect.poll(() => open?.raw(), { timeout: 15_000 }).toContain('any key goes back');
    await open.press('x');
    await open.shows('tell has ended');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([['who=$(touch gone); x', 'id-1'], 'id-1']);
    rmSync(folder, { recursive: true });
  });

  test.each<[title: string, name: string, plugin: string, readOnly: boolean, says: string]>([
    ['that changes something is not run where nothing may be changed', 'billing-bot', 'dangerous true {id}', true, 'This is read-only'],
    ['gets no name that would be an option', '--force', 'true {name}', false, 'would be taken for an option'],
    ['with a place that there is not says so', 'billing-bot', 'true {nmae}', false, 'There is no {nmae}'],
  ])('a program %s', async (_, name, plugin, readOnly, says) => {
    const server = fakeServer({ agents: [anAgent({ id: 'id-1', name })] });
    open = await openDashboard({ registry, server, settings: { plugins: { p: plugin }, readOnly }, on: 'agents' });
    await open.shows(name);
    await open.press(':');
    await open.burst('plugin p');
    await open.press('\r');
    await open.shows(says);
  }); // biome-ignore format: one table

  test('is asked about with a key, and left with Enter', async () => {
    const settings = { plugins: { p: 'dangerous false' }, keys: { 'plugin.p': 'ctrl-g' } };
    open = await openDashboard({ registry, server: fakeServer({ agents }), settings, on: 'agents' });
    await open.shows('billing-bot');
    await open.press('\u0007');
    await open.shows('Run p?');
    await open.press('\r');
    await open.lacks('Run p?');
    expect(open.text()).not.toContain('has ended');
  });
});
