// The right key at the wrong moment: held down, released, repeated, on its way through a focus change, a resize, a stopped program, a clock that is set.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createApprovals } from '../../src/state/approvals/create-approvals.ts';
import { keptMutes } from '../../src/state/approvals/kept-mutes.ts';
import { MUTE_FOR } from '../../src/state/approvals/mutes.ts';
import type { AgentId } from '../../src/wire/scalars.ts';
import { ESC } from '../components/harness.ts';
import { approvalsServer } from './approvals-server.ts';
import { driver } from './machine-driver.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ready = async (): Promise<OpenPanel> => {
  open = await openApprovalsScreen([aSignedRequest()]);
  await open.read();
  return open;
};
const armed = async (): Promise<OpenPanel> => {
  const panel = await ready();
  await panel.press('a');
  await panel.shows('APPROVES');
  panel.wait(1000);
  return panel;
};
const nothingDecided = async (panel: OpenPanel) => {
  await panel.settled();
  expect(panel.server.decisions).toEqual([]);
};

/** As a terminal with the kitty protocol tells them. */
const kitty = (key: string, kind: 'press' | 'repeat' | 'release') =>
  `${ESC}[${key.charCodeAt(0)};1:${{ press: 1, repeat: 2, release: 3 }[kind]}u`;

describe('a key that is held down', () => {
  test.each<[title: string, key: (letter: string) => string]>([
    ['where the terminal does not tell', (letter) => letter],
    ['where the terminal tells', (letter) => kitty(letter, 'repeat')],
  ])('for three seconds at 30 Hz decides nothing, %s', async (_, key) => {
    const panel = await armed();
    // The first one of a held key may be the confirmation; it is when nothing stands before it. Here a is held, and p after it.
    await panel.press(ESC);
    await panel.lacks('APPROVES');
    for (const letter of ['a', 'p']) {
      for (let at = 0; at < 3000; at += 33) {
        panel.wait(33);
        await panel.press(key(letter));
      }
    }
    await nothingDecided(panel);
  });

  test('and whose release is told, approves once and not again', async () => {
    const panel = await ready();
    await panel.press(kitty('a', 'press'));
    await panel.shows('APPROVES');
    await panel.press(kitty('a', 'release'));
    panel.wait(1000);
    await panel.press(kitty('p', 'release'));
    await panel.shows('APPROVES');
    await nothingDecided(panel);
    await panel.press(kitty('p', 'press'), kitty('p', 'repeat'), kitty('p', 'release'));
    await panel.shows('Approved.');
    expect(panel.server.decisions).toHaveLength(1);
  });
});

describe('between the two steps', () => {
  test.each<[title: string, happens: (panel: OpenPanel) => Promise<void>]>([
    ['the focus goes elsewhere and comes back', (panel) => panel.press(`${ESC}[O`, `${ESC}[I`)],
    ['the focus comes back together with the key', (panel) => panel.burst(`${ESC}[Ip`)],
    ['the terminal gets another size', (panel) => panel.resize(72, 20)],
    [
      'the terminal gets another size and its old one again',
      async (panel) => {
        await panel.resize(72, 20);
        await panel.resize(80, 24);
      },
    ],
    ['two minutes pass', async (panel) => panel.wait(121_000)],
    ['the key comes twice in one read', (panel) => panel.burst('pp')],
    ['the key comes with a line break, as a paste without brackets', (panel) => panel.burst('p\r')],
    ['the program is stopped and goes on', async () => void process.emit('SIGCONT')],
  ])('%s: the second key does not approve', async (_, happens) => {
    const panel = await armed();
    await happens(panel);
    await panel.press('p');
    await nothingDecided(panel);
    // And what was taken back can be done again.
    panel.wait(1000);
    await panel.readOn();
    await panel.press('a');
    await panel.shows('APPROVES');
    panel.wait(1000);
    await panel.press('p');
    await panel.shows('Approved.');
  });

  test('a sign-in in the browser takes the focus away, and its return takes nothing back', () => {
    const drive = driver()
      .open(aSignedRequest({}, { steps: ['fresh-sign-in'] }))
      .see(20)
      .wait(1000)
      .press('approve')
      .wait(5000);
    drive.send({ kind: 'signed-in', id: 'v-1' as never, words: null, at: drive.at });
    drive.send({ kind: 'refocused', at: drive.at }).press('confirm');
    expect(drive.decisions).toEqual([]);
    drive
      .wait(1000)
      .press('approve')
      .wait(5000)
      .send({ kind: 'signed-in', id: 'v-1' as never, words: null, at: drive.at });
    drive.send({ kind: 'refocused', at: drive.at }).wait(1000).press('confirm');
    expect(drive.decisions).toHaveLength(1);
  });
});

describe('a clock', () => {
  /** Wall and machine each on a clock that the test moves. */
  async function panelAt() {
    const server = approvalsServer([aSignedRequest()]);
    const time = { wall: NOW, machine: 0 };
    const approvals = createApprovals({
      api: () => server.api,
      known: {
        find: () => null,
        pin: async () => undefined,
        replace: async () => undefined,
        reload: async () => undefined,
      } as never,
      me: () => null,
      reviewerKey: async () => null,
      agents: () => [],
      changed: () => undefined,
      now: () => time.wall,
      steady: () => time.machine,
      newKey: () => 'key',
    });
    const pass = (milliseconds: number) => {
      time.wall += milliseconds;
      time.machine += milliseconds;
    };
    const press = (key: 'approve' | 'confirm') =>
      approvals.dispatch({ kind: 'pressed', key, at: time.wall, lone: true, repeat: false });
    await approvals.open('v-1' as never);
    approvals.dispatch({ kind: 'laid-out', width: 80, height: 19, total: 5, top: 0, bottom: 5, at: time.wall });
    return { server, approvals, time, pass, press, step: () => approvals.get().panel?.step.kind };
  }

  test('that is set forward arms no key that was typed ahead', async () => {
    const { approvals, time, press, step } = await panelAt();
    time.wall += 3_600_000;
    press('approve');
    expect(step()).toBe('reading');
    approvals.stop();
  });

  test.each<[title: string, by: number]>([
    ['forward', 3_600_000],
    ['back', -3_600_000],
    ['forward, as after the sleep of a laptop', 8 * 3_600_000],
  ])('that is set %s between the two steps takes the first one back', async (_, by) => {
    const { server, approvals, time, pass, press, step } = await panelAt();
    pass(1000);
    press('approve');
    expect(step()).toBe('confirming');
    pass(1000);
    time.wall += by;
    press('confirm');
    expect(step()).toBe('reading');
    expect(server.decisions).toEqual([]);
    expect(approvals.get().panel?.notice?.words).toMatch(/It has just changed|clock was set|First a/);
    pass(1000);
    press('approve');
    pass(1000);
    press('confirm');
    expect(approvals.get().inFlight.size).toBe(1);
    approvals.stop();
  });

  test('beside a program that stood still: the key was typed at a picture of before', async () => {
    const { approvals, pass, press, step } = await panelAt();
    pass(1000);
    press('approve');
    expect(step()).toBe('confirming');
    pass(30_000);
    press('confirm');
    expect(step()).toBe('reading');
    approvals.stop();
  });
});

test('an older state of a request, told again after a reconnection, is not taken for the newer', async () => {
  const panel = await ready();
  panel.server.arrive(aSignedRequest({}, { version: 5, status: 'denied', deniedBy: 'ana@example.test', denialReason: 'no' }));
  await panel.shows('It no longer waits: it is denied.');
  const held = panel.server.find('v-1');
  panel.server.arrive(aSignedRequest({}, { version: 3 }));
  // The server itself still has the newer one.
  panel.server.arrive(held);
  await panel.settled();
  expect(panel.text()).toContain('It no longer waits: it is denied.');
  panel.wait(1000);
  await panel.press('a', 'p');
  await nothingDecided(panel);
});

test('a mute outlives the dashboard on this machine, ends by itself, and stands in nobody’s way where it cannot be kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aim-mutes-'));
  const path = join(folder, 'state', 'mutes.json');
  const agent = 'a-1' as AgentId;
  const kept = keptMutes(path);
  expect(await kept.read('s', NOW)).toEqual(new Map());
  await Promise.all([kept.keep('s', agent, NOW + MUTE_FOR, NOW), kept.keep('other', agent, NOW + 60_000, NOW)]);
  const again = keptMutes(path);
  expect(await again.read('s', NOW)).toEqual(new Map([[agent, NOW + MUTE_FOR]]));
  expect(await again.read('s', NOW + MUTE_FOR)).toEqual(new Map());
  // A clock that is set back makes none longer.
  expect(await again.read('s', NOW - 60_000)).toEqual(new Map());
  await again.keep('s', agent, null, NOW);
  expect(await again.read('s', NOW)).toEqual(new Map());
  expect(await again.read('other', NOW)).toEqual(new Map([[agent, NOW + 60_000]]));
  await writeFile(path, '["not", "mutes"');
  expect(await again.read('other', NOW)).toEqual(new Map());
  await rm(folder, { recursive: true });
});
