// Telling from its text that an event need not be taken apart: never another answer than taking it apart gives.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventColumns } from '../../components/screens/events/event-columns.ts';
import { quickLook } from '../../components/screens/events/quick-look.ts';
import { createTheme } from '../../components/theme.ts';
import { matches } from '../../components/widgets/use-list.ts';
import { parseFilter } from '../../src/state/filter.ts';
import { GlancedVerification, glanceAt } from '../../src/wire/verification-glance.ts';

const columns = eventColumns(createTheme({ colours: 'none' }));

function rowOf(subject: Record<string, unknown>): GlancedVerification | undefined {
  const text = JSON.stringify({ at: '2026-11-23T03:00:00.000Z', change: 'created', subject });
  const glance = glanceAt(text);
  return glance && new GlancedVerification('1', text, glance);
}

const word = fc.constantFrom(
  'billing-bot',
  'Scribe',
  'db:read',
  'a"b',
  'grün',
  'İstanbul',
  '\u212aelvin',
  'yes',
  'orders/12',
  '0.5',
  '',
);
const term = fc.constantFrom(
  'billing', 'scribe', 'db:read', 'agent:scribe,billing', 'agent=scribe', '!scribe', '~bb', '/b.t/', 'outcome:denied', 'denied',
  'allowed', 'yes', 'ran:yes', 'no', 'trust<0.6', '0.5', 'trust:0.5', '1795', 'reason:none', '"db:read orders"', 'i', 'k', 'grün', 'a"b', 'id:v-1', 'since:10m', 'agent:', 'xyz',
); // biome-ignore format: one table

test('what is refused at a glance is refused by the filter, too', () => {
  const subject = fc.record({
    id: fc.constantFrom('v-1', 'v-2'), agentId: fc.constantFrom('a-1', null), agentName: word, status: fc.constantFrom('success', 'failed', 'pending'),
    result: fc.constantFrom('verified', 'denied', null), action: word, resourceType: word, trustScore: fc.constantFrom(0.5, 0.87), executed: fc.constantFrom(true, false, null),
  }); // biome-ignore format: one table
  fc.assert(
    fc.property(subject, fc.array(term, { minLength: 1, maxLength: 3 }), (members, terms) => {
      const row = rowOf(members);
      if (row === undefined) return;
      const { filter } = parseFilter(terms.join(' '), { now: Date.parse('2026-11-23T03:05:00Z') });
      if (!quickLook(filter)(row)) expect(matches(filter, row, columns)).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test.each<[filter: string, isTold: boolean]>([
  ['scribe', true],
  ['agent:scribe', true],
  ['outcome:denied', true],
  ['db:write', true],
  ['trust<0.1', false],
  ['!billing', false],
])('%s is told without taking it apart: %s', (text, isTold) => {
  const row = rowOf({
    id: 'v',
    agentId: 'a',
    status: 'success',
    result: 'verified',
    agentName: 'billing-bot',
    action: 'db:read',
  });
  expect(row && quickLook(parseFilter(text).filter)(row)).toBe(!isTold);
});
