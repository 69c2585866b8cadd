// What an attacker would try on the person at the panel, one test for each try; each fails where its defence is taken away.

import { afterEach, describe, expect, test } from 'vitest';
import type { KnownAgent } from '../../src/credentials/known-agents.ts';
import { keyFingerprint } from '../../src/credentials/known-agents.ts';
import { whyNotBulk } from '../../src/state/approvals/bulk.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import { letterNotes } from '../../src/state/approvals/letter-notes.ts';
import type { UserId } from '../../src/wire/scalars.ts';
import { shownOf } from './machine-driver.ts';
import { type OpenPanel, openApprovalsScreen } from './open-panel.ts';
import { agentKey, aSignedRequest, bindingOf, NOW } from './signed-request.ts';

let open: OpenPanel | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const known = (members: Partial<KnownAgent> = {}): KnownAgent => ({
  server: 's',
  agentId: 'a-1',
  name: 'billing-bot',
  fingerprint: keyFingerprint(agentKey.publicKey),
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  ...members,
});
const notesOf = (request = aSignedRequest(), around: object = {}, kept: KnownAgent | null = known()): string[] => {
  const { verdict } = shownOf(request, kept);
  const { facts } = dossierOf(request, verdict, { agent: null, otherNames: [], now: NOW, ...around });
  return facts.filter(({ label }) => label === 'note').map(({ value }) => value);
};

describe('letters that are others', () => {
  test.each<[title: string, text: string, isName: boolean, said: RegExp | null]>([
    ['a Cyrillic letter in a Latin word', '/srv/pаyroll', true, /"pаyroll" has letters of Latin and Cyrillic/],
    ['the same in a parameter', 'rm /srv/pаyroll', false, /"pаyroll" has letters of Latin and Cyrillic/],
    ['a word that is wholly Cyrillic and reads as Latin', '/srv/сор', true, /"сор" has letters of Cyrillic/],
    ['right-to-left letters in a name', '/srv/אב', true, /right-to-left letters/],
    ['plain words', '/srv/payroll', true, null],
    ['words of another language in prose', 'пожалуйста сор', false, null],
    ['a word of another language that reads as nothing', '/srv/файлы', true, null],
  ])('%s', (_, text, isName, said) => {
    const notes = letterNotes(text, isName).join('\n');
    if (said === null) expect(notes).toBe('');
    else expect(notes).toMatch(said);
  });

  test('are said in the panel, beside action and resource', () => {
    expect(notesOf(aSignedRequest({ capability: 'pаy:send', resource: '/srv/сор' }))).toEqual([
      '"pаy" has letters of Latin and Cyrillic: it is not what it looks like',
      '"сор" has letters of Cyrillic: it is not what it looks like',
    ]);
  });
});

describe('names that pass for others', () => {
  test('an agent that was renamed after its key was kept', () => {
    expect(notesOf(aSignedRequest(), {}, known({ name: 'scratch-bot' }))).toContain(
      'The agent that you know by this key was called scratch-bot.',
    );
    expect(notesOf()).toEqual([]);
  });

  test('an agent with the very name of another one', () => {
    expect(notesOf(aSignedRequest(), { otherNames: ['billing-bot'] })).toContain('Another agent has the same name.');
  });

  test('the own request is marked as my own before it is decided', () => {
    const request = aSignedRequest({}, { ownerId: 'me' });
    expect(notesOf(request, { me: 'me' as UserId })).toEqual(['It is your own request: you answer for the agent that asks.']);
    expect(notesOf(request, { me: 'somebody-else' as UserId })).toEqual([]);
  });
});

test.each([40, 60, 80])(
  'at %i columns long names push nothing of ours out of the two rows that are confirmed',
  async (width) => {
    const resource = `/srv/${'a'.repeat(300)} this one action. Any other key goes back.`;
    open = await openApprovalsScreen([aSignedRequest({ resource, context: { duration_seconds: 600 } })], { size: [width, 24] });
    await open.read();
    await open.press('a');
    await open.shows(/p APPROVES.*, any\s+other\s+key\s+goes\s+back:\s+this\s+one\s+action:/);
    await open.shows(width === 40 ? /this one action:\s+what stands above/ : /\+\d+ more/);
  },
);

test('together with others, one that the server lists as something else is not approved', () => {
  const lied = aSignedRequest({ id: 'v-2' }, { resource: '/etc/shadow', binding: bindingOf() });
  const items = [aSignedRequest({ id: 'v-1' }), lied].map((request) => shownOf(request));
  expect(whyNotBulk('approve', items, new Map())).toMatch(/lists one of them as something else than was signed/);
});
