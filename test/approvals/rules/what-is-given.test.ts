// What a reviewer may give of what was asked, and what was granted covers.

import { describe, expect, test } from 'vitest';
import { covers, type Granted, grantFor } from '../../../src/control-plane/rules/capability-match.ts';
import { checkNarrow, type Narrow, smallest, type Wanted } from '../../../src/control-plane/rules/given.ts';
import type { Requirement } from '../../../src/control-plane/rules/quorum.ts';
import { liesWithin } from '../../../src/wire/lies-within.ts';
import { NOW } from '../signed-request.ts';

const allowed = { durationSeconds: 3600, uses: 10 as number | null, suggestedDurationSeconds: 900, suggestedUses: 1 };
const iso = (at: number) => new Date(at).toISOString();

describe('what a reviewer may give', () => {
  const check = (
    narrow: Narrow,
    wanted: Partial<Wanted> = {},
    more: { capability?: string; allowed?: Requirement['allowed'] } = {},
  ) =>
    checkNarrow(
      narrow,
      { resource: '/srv/*', durationSeconds: null, uses: null, ...wanted },
      { allowed: more.allowed ?? allowed, capability: more.capability ?? 'file:read', now: NOW },
    );

  test.each<[title: string, narrow: Narrow, wanted: Partial<Wanted>]>([
    ['nothing less', {}, {}],
    ['nulls', { resource: null, durationSeconds: null, uses: null, startsAt: null }, {}],
    ['as long as policy allows', { durationSeconds: 3600 }, {}],
    ['as long as was asked', { durationSeconds: 60 }, { durationSeconds: 60 }],
    ['as often as policy allows', { uses: 10 }, {}],
    ['as often as was asked', { uses: 2 }, { uses: 2 }],
    ['the same resource', { resource: '/srv/*' }, {}],
    ['a part of it', { resource: '/srv/a' }, {}],
    ['a start within a month', { startsAt: iso(NOW + 29 * 86_400_000) }, {}],
    ['a start in just a month', { startsAt: iso(NOW + 30 * 86_400_000) }, {}],
  ])('%s', (_, narrow, wanted) => {
    expect(() => check(narrow, wanted)).not.toThrow();
  });

  test.each<[title: string, narrow: Narrow, wanted: Partial<Wanted>, field: string]>([
    ['more time than policy allows', { durationSeconds: 3601 }, {}, 'narrow.durationSeconds: at most 3600'],
    ['more time than was asked', { durationSeconds: 61 }, { durationSeconds: 60 }, 'narrow.durationSeconds: at most 60'],
    ['more uses than policy allows', { uses: 11 }, {}, 'narrow.uses: at most 10'],
    ['more uses than were asked', { uses: 3 }, { uses: 2 }, 'narrow.uses: at most 2'],
    ['another resource', { resource: '/etc' }, {}, 'narrow.resource'],
    ['what climbs out of it', { resource: '/srv/../etc' }, {}, 'narrow.resource'],
    ['a resource where none was asked', { resource: '/srv/a' }, { resource: null }, 'narrow.resource'],
    ['a start beyond a month', { startsAt: iso(NOW + 30 * 86_400_000 + 1) }, {}, 'narrow.startsAt: is too far away'],
  ])('not %s', (_, narrow, wanted, words) => {
    expect(() => check(narrow, wanted)).toThrow(words);
  });

  test('without a limit of uses any number of them', () => {
    expect(() => check({ uses: 1_000_000 }, {}, { allowed: { ...allowed, uses: null } })).not.toThrow();
  });

  test('a pattern as it is, or not', () => {
    const pattern = { capability: 'file:*' };
    expect(() => check({ durationSeconds: 60 }, {}, pattern)).not.toThrow();
    expect(() => check({ startsAt: iso(NOW) }, {}, pattern)).not.toThrow();
    expect(() => check({ resource: '/srv/a' }, {}, pattern)).toThrow('as it is, or not');
    expect(() => check({ startsAt: iso(NOW + 1) }, {}, pattern)).toThrow('as it is, or not');
  });

  test.each<[title: string, narrows: (Narrow | null)[], wanted: Partial<Wanted>, expected: object]>([
    [
      'this one action where nothing was asked',
      [null],
      {},
      { uses: 1, durationSeconds: null, startsAt: NOW, resource: '/srv/*' },
    ],
    ['any number within a time that was asked', [null], { durationSeconds: 60 }, { uses: null, durationSeconds: 60 }],
    ['what was asked', [null], { durationSeconds: 60, uses: 3 }, { uses: 3, durationSeconds: 60 }],
    [
      'what a reviewer left',
      [{ uses: 2, durationSeconds: 30, resource: '/srv/a' }],
      { uses: 3, durationSeconds: 60 },
      { uses: 2, durationSeconds: 30, resource: '/srv/a' },
    ],
    [
      'the least of several',
      [{ uses: 2 }, { uses: 5, durationSeconds: 10 }],
      { uses: 9, durationSeconds: 60 },
      { uses: 2, durationSeconds: 10 },
    ],
    ['the latest start', [{ startsAt: iso(NOW + 1000) }, { startsAt: iso(NOW + 5000) }, null], {}, { startsAt: NOW + 5000 }],
    ['no start in the past', [{ startsAt: iso(NOW - 1000) }], {}, { startsAt: NOW }],
    [
      'the smaller of two parts, whoever came first',
      [{ resource: '/srv/a/*' }, { resource: '/srv/a/b' }],
      {},
      { resource: '/srv/a/b' },
    ],
    [
      'the smaller of two parts in the other order',
      [{ resource: '/srv/a/b' }, { resource: '/srv/a/*' }],
      {},
      { resource: '/srv/a/b' },
    ],
    ['what names no resource', [null, null], { resource: null }, { resource: null }],
  ])('together gives %s', (_, narrows, wanted, expected) => {
    expect(smallest(narrows, { resource: '/srv/*', durationSeconds: null, uses: null, ...wanted }, NOW)).toMatchObject(
      expected,
    );
  });

  test('two parts with nothing in common are refused', () => {
    const both = [{ resource: '/srv/a' }, { resource: '/srv/b' }];
    expect(() => smallest(both, { resource: '/srv/*', durationSeconds: null, uses: null }, NOW)).toThrow(
      'nothing lies in both',
    );
    expect(() => smallest([{ resource: '/srv/a' }], { resource: null, durationSeconds: null, uses: null }, NOW)).toThrow(
      'nothing lies in both',
    );
  });
});

describe('what was granted', () => {
  test.each<[granted: string, asked: string, is: boolean]>([
    ['file:read', 'file:read', true],
    ['*', 'file:read', true],
    ['file:*', 'file:read', true],
    ['file:*', 'filet:read', false],
    ['file*', 'file:read', false],
    ['file:read', 'file:*', false],
    ['file:read', 'file:readx', false],
  ])('%s covers %s: %s', (granted, asked, is) => {
    expect(covers(granted, asked)).toBe(is);
  });

  const grant = (capabilityType: string, scope: Granted['scope'] = null): Granted => ({
    capabilityType,
    scope,
    executionMode: 'auto',
    isHoneytoken: false,
  });
  test.each<[title: string, granted: Granted[], resource: string | null, found: string | null]>([
    ['nothing is nothing', [], '/a', null],
    ['the exact one goes first', [grant('file:*'), grant('file:read')], '/a', 'file:read'],
    ['else the first', [grant('*'), grant('file:*')], '/a', '*'],
    ['a scope narrows it', [grant('file:read', { resources: ['/b', '/a/*'] })], '/a/x', 'file:read'],
    ['and leaves the rest out', [grant('file:read', { resources: ['/b'] })], '/a', null],
    ['and what names no resource', [grant('file:read', { resource: '/a' })], null, null],
    ['a scope of one word', [grant('file:read', { resource: '/a' })], '/a', 'file:read'],
    ['a scope of something else narrows nothing', [grant('file:read', { region: 'eu' })], null, 'file:read'],
    ['a scope of null narrows nothing', [grant('file:read', { resources: null })], null, 'file:read'],
    ['a scope of no words allows nothing', [grant('file:read', { resources: [7] })], '/a', null],
  ])('%s', (_, granted, resource, found) => {
    expect(grantFor(granted, 'file:read', resource)?.capabilityType ?? null).toBe(found);
  });

  test.each<[resource: string, within: string, is: boolean]>([
    ['/a', '/a', true],
    ['/a/b', '/a', false],
    ['/a/b', '/a/*', true],
    ['/ab', '/a*', true],
    ['/a/../b', '/a/*', false],
    ['/a/..', '/a/*', false],
    ['/a/..b', '/a/*', true],
    ['/a/b..', '/a/*', true],
    ['/a\\..\\b', '/a*', false],
    ['../x', '*', false],
    ['/a/%2e%2e/b', '/a/*', false],
    ['/a/%252e%252e/b', '/a/*', false],
    ['/a/%zz', '/a/*', true],
    ['/a/../b', '/a/../b', true],
  ])('%s lies within %s: %s', (resource, within, is) => {
    expect(liesWithin(resource, within)).toBe(is);
  });
});
