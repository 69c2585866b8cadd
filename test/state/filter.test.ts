// The filter language, as a table of what matches what.

import { describe, expect, test } from 'vitest';
import { type Filterable, parseFilter, timeOf } from '../../src/state/filter.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const fields: Record<string, string | number | null | readonly string[]> = {
  agent: 'billing-bot',
  trust: 0.4,
  risk: 'high',
  time: NOW - 5 * 60_000,
  tag: ['team=payments', 'prod'],
  error: null,
};
const row: Filterable = { text: 'billing-bot db:read invoices denied', field: (name) => fields[name] };

describe('a filter', () => {
  test.each<[title: string, text: string, matches: boolean]>([
    ['without text matches', '', true],
    ['of a word matches where it stands anywhere', 'invo', true],
    ['of a word does not care for case', 'BILLING', true],
    ['of two words wants both', 'billing refunds', false],
    ['in quotes is one phrase', '"db:read invoices"', true],
    ['of a regular expression matches by it', '/^billing.*denied$/', true],
    ['of a regular expression that is not finished matches by what there is', '/bill', true],
    ['with ! wants it not there', '!denied', false],
    ['with ! may be a field', '!risk:low', true],
    ['with ~ takes letters in order', '~blbt', true],
    ['of a field looks at that field alone', 'agent:invoices', false],
    ['of a field takes alternatives', 'risk:critical,high', true],
    ['of a field with = wants all of it', 'risk=hi', false],
    ['of a number compares', 'trust<0.5', true],
    ['of a number takes per cent', 'trust>=40%', true],
    ['of a number does not match what has none', 'error>0', false],
    ['of a list matches any of it', 'tag:payments', true],
    ['of a capability is a word with a colon', 'db:read', true],
    ['of a time takes how long ago', 'since:10m', true],
    ['of a time leaves out what is older', 'since:1m', false],
    ['of an end takes what was before', 'until:1m', true],
    ['of a time compares by age', 'time<10m', true],
    ['of a time compares by age the other way', 'time>10m', false],
    ['of a time compares with a date', 'time>2026-01-31', true],
    ['of an empty field finds what has none', 'error:none', true],
  ])('%s', (_, text, expected) => {
    expect(parseFilter(text, { now: NOW }).filter.matches(row)).toBe(expected);
  });

  test.each([
    ['/(/', 'is not a regular expression'],
    ['trust<high', '< compares numbers and times, and high is neither'],
    ['since:never', 'never is no time: 10m, 2h, 3d, 14:30 or 2026-01-31'],
  ])('%s says what is wrong with it, and filters by the rest', (text, message) => {
    const { error, filter } = parseFilter(`${text} billing`, { now: NOW });
    expect(error?.message).toBe(message);
    expect(filter.matches(row)).toBe(true);
  });
});

test('a time of the day that is still to come was yesterday', () => {
  const later = new Date(NOW + 3_600_000);
  const text = `${later.getHours()}:${String(later.getMinutes()).padStart(2, '0')}`;
  expect(timeOf(text, NOW)).toBe(NOW + 3_600_000 - 86_400_000);
});
