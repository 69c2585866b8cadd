// A verification seen at a glance: the same as taking it apart, or not at all.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf, streamEnvelope, verificationEvent } from '../../src/wire/event.ts';
import { GlancedVerification, glanceAt } from '../../src/wire/verification-glance.ts';

const at = '2026-11-23T03:00:00.000Z';
const data = (subject: unknown, change = 'created') => JSON.stringify({ at, change, subject });
const subject = {
  id: 'v-1', organizationId: 'o', agentId: 'a-1', agentName: 'billing-bot', protocol: 'A2A', verificationType: 'capability',
  status: 'failed', result: 'denied', trustScore: 0.5, action: 'db:read', resourceType: 'users', metadata: {},
}; // biome-ignore format: one table

function seen(text: string): GlancedVerification | undefined {
  const glance = glanceAt(text);
  return glance && new GlancedVerification('1', text, glance);
}

describe('a glance', () => {
  test('finds what is counted and looked up by', () => {
    expect(seen(data(subject))).toMatchObject({ at, change: 'created', id: 'v-1', agentId: 'a-1', outcome: 'denied' });
    expect(seen(data({ ...subject, agentId: null }, 'decided'))).toMatchObject({ change: 'decided', id: 'v-1', agentId: null });
  });

  test.each<[title: string, text: string]>([
    ['another change', data(subject, 'vanished')],
    ['another time', data(subject).replace(at, '2026-11-23T03:00:00Z')],
    ['an id with an escape in it', data({ ...subject, id: 'v"1' })],
    ['a name with an escape before what is looked for', data({ ...subject, agentName: 'a\\' })],
    ['an object before what is looked for', data(Object.assign({ id: 'v-1', metadata: { status: 'success' } }, subject))],
    ['the other spelling', data({ id: 'v-1', agent_id: 'a-1', status: 'success', result: null })],
    ['a status of another version', data({ ...subject, status: 'paused' })],
    ['no id first', data({ status: 'success', id: 'v-1', agentId: 'a', result: null })],
    ['a text that is cut', data(subject).slice(0, -5)],
    ['what is no JSON', 'hello'],
    ['nothing', ''],
  ])('is refused for %s', (_, text) => {
    expect(glanceAt(text)).toBeUndefined();
  });

  test('agrees with taking it apart, whatever texts there are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const word = <Word>(...words: Word[]) => fc.constantFrom(...words);
    fc.assert(
      fc.property(
        fc.record({
          id: text.filter((id) => id !== ''), agentId: fc.option(text), agentName: fc.option(text), status: word('success', 'failed', 'pending', 'timeout', 'other'),
          result: word('verified', 'denied', 'expired', null, 'other'), action: text, metadata: fc.dictionary(text.filter((name) => name !== '__proto__'), text),
        }), // biome-ignore format: one table
        (one) => {
          const glance = seen(data(one));
          const whole = verificationEvent.safeParse(streamEnvelope.parse(JSON.parse(data(one))).subject).data;
          if (glance === undefined || whole === undefined) return;
          expect(glance).toMatchObject({ id: whole.id, agentId: whole.agentId, outcome: outcomeOf(whole) });
          expect(glance.subject).toEqual(whole);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('says of an event whose rest is broken that it cannot be read', () => {
    const text = `${data(subject).slice(0, -2)},oops}}`;
    expect(seen(text)?.subject).toMatchObject({ id: 'v-1', status: 'unknown', errorReason: 'The event cannot be read.' });
  });
});
