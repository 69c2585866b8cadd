// What an approval gives, and how a reviewer gives less.

import { describe, expect, test } from 'vitest';
import {
  givenBy,
  givenWords,
  isNarrowingProblem,
  type NarrowingFields,
  readNarrowing,
  suggested,
} from '../../src/state/approvals/narrowing.ts';
import { aSignedRequest, NOW } from './signed-request.ts';

const allowed = { durationSeconds: 3600, uses: 10, suggestedDurationSeconds: 900, suggestedUses: 1 };
const request = (members: Record<string, unknown> = {}) => aSignedRequest({}, { allowed, ...members });
const read = (fields: Partial<NarrowingFields>, members = {}, resource: string | null = '/srv/*') =>
  readNarrowing({ duration: '', uses: '', resource: '', start: '', ...fields }, request(members), resource, NOW);

describe('what an approval gives', () => {
  test.each([
    ['this one action where nothing was asked', null, 'this one action'],
    ['the suggestion where more was asked', { durationSeconds: 7200, uses: 5 }, '15m from the approval, 1 use'],
    ['what was asked where that is less', { durationSeconds: 60, uses: 1 }, '1m from the approval, 1 use'],
    ['only the uses where only uses were asked', { uses: 3 }, '1 use'],
  ])('is %s', (_, asked, words) => {
    expect(givenWords(suggested(request({ asked })))).toBe(words);
  });
});

describe('a reviewer', () => {
  test.each<[title: string, fields: Partial<NarrowingFields>, expected: object]>([
    ['gives a shorter time', { duration: '5m' }, { durationSeconds: 300 }],
    ['gives fewer uses', { uses: '2' }, { uses: 2 }],
    ['gives a part of the resource', { resource: '/srv/a' }, { resource: '/srv/a' }],
    ['gives a later start', { start: '10m' }, { startsAt: new Date(NOW + 600_000).toISOString() }],
    ['leaves the suggestion with empty fields', {}, {}],
    [
      'cannot give more time than policy allows',
      { duration: '2h' },
      { field: 'duration', words: 'At most 1h: a reviewer gives less, never more.' },
    ],
    ['cannot give more uses than policy allows', { uses: '11' }, { field: 'uses' }],
    ['cannot give another resource', { resource: '/etc/shadow' }, { field: 'resource' }],
    ['cannot climb out of the resource', { resource: '/srv/../etc' }, { field: 'resource' }],
    ['cannot give no time', { duration: '0' }, { field: 'duration' }],
    ['cannot give words for a time', { duration: 'long' }, { field: 'duration' }],
    ['cannot give half a use', { uses: '1.5' }, { field: 'uses' }],
  ])('%s', (_, fields, expected) => {
    expect(read(fields)).toMatchObject(expected);
  });

  test('cannot give more than was asked', () => {
    expect(read({ uses: '3' }, { asked: { uses: 2 } })).toMatchObject({
      field: 'uses',
      words: 'At most 2 uses: a reviewer gives less, never more.',
    });
  });
});

describe('a reviewer who types', () => {
  const noPolicy = { allowed: null };
  test.each<[title: string, fields: Partial<NarrowingFields>, members: object, resource: string | null, expected: object]>([
    ['spaces, gives what was suggested', { duration: ' ', uses: ' ', resource: ' ', start: ' ' }, {}, '/srv/*', {}],
    ['spaces around it all, gives it', { duration: ' 5m ', uses: ' 2 ', resource: ' /srv/a ', start: ' 1m ' }, {}, '/srv/*', { durationSeconds: 300, uses: 2, resource: '/srv/a', startsAt: new Date(NOW + 60_000).toISOString() }],
    ['exactly the most, gives it', { duration: '1h', uses: '10' }, {}, null, { durationSeconds: 3600, uses: 10 }],
    ['one second, gives it', { duration: '1s' }, {}, null, { durationSeconds: 1 }],
    ['half a second, is refused', { duration: '500ms' }, {}, null, { field: 'duration', words: 'It is no length of time, as 90s, 15m or 2h.' }],
    ['no time at all, is refused', { duration: 'soon' }, {}, null, { field: 'duration', words: 'It is no length of time, as 90s, 15m or 2h.' }],
    ['the whole resource, narrows nothing', { resource: '/srv/*' }, {}, '/srv/*', {}],
    ['a resource where none was named, is refused', { resource: '/srv' }, {}, null, { field: 'resource', words: 'It is not within what the agent asked for.' }],
    ['a part of what has no parts, is refused', { resource: '/srv/a/b' }, {}, '/srv/a', { field: 'resource', words: 'It is not within what the agent asked for.' }],
    ['a start that is none, is refused', { start: 'soon' }, {}, null, { field: 'start', words: 'It is no length of time from now, as 10m.' }],
    ['no number, is refused', { uses: 'ten' }, {}, null, { field: 'uses', words: 'It is no number of uses.' }],
    ['a number and a letter, is refused', { uses: '1x' }, {}, null, { field: 'uses', words: 'It is no number of uses.' }],
    ['a million, is refused', { uses: '1000000' }, noPolicy, null, { field: 'uses', words: 'It is no number of uses.' }],
    ['anything, where no policy limits it', { duration: '30d', uses: '999999' }, noPolicy, null, { durationSeconds: 2_592_000, uses: 999_999 }],
  ])('%s', (_, fields, members, resource, expected) => {
    const found = read(fields, members, resource);
    expect(found).toEqual(expected);
    expect(isNarrowingProblem(found)).toBe('field' in expected);
  }); // biome-ignore format: one table
});

describe('a permission that stays has an end', () => {
  test.each<[title: string, narrow: object, members: Record<string, unknown>, expected: object]>([
    ['none where it is this one action', {}, {}, {}],
    ['none for one use', { uses: 1 }, {}, { uses: 1 }],
    ['that is suggested for two', { uses: 2 }, {}, { uses: 2, durationSeconds: 900 }],
    ['for a part of the resource', { resource: '/srv/a' }, {}, { resource: '/srv/a', durationSeconds: 900 }],
    ['for a later start', { startsAt: 'later' }, {}, { startsAt: 'later', durationSeconds: 900 }],
    ['that the reviewer has chosen', { uses: 2, durationSeconds: 60 }, {}, { uses: 2, durationSeconds: 60 }],
    ['that policy allows where it suggests none', { uses: 2 }, { allowed: { durationSeconds: 3600 } }, { uses: 2, durationSeconds: 3600 }],
    ['none where policy knows none', { uses: 2 }, { allowed: null }, { uses: 2 }],
    ['beside what was asked', { resource: '/srv/a' }, { asked: { uses: 5 } }, { uses: 1, resource: '/srv/a', durationSeconds: 900 }],
  ])('%s', (_, narrow, members, expected) => {
    expect(givenBy(request(members), narrow)).toEqual(expected);
  }); // biome-ignore format: one table

  test('and is said with all its limits', () => {
    const given = { durationSeconds: 60, uses: 2, resource: '/srv/a' };
    expect(givenWords(given)).toBe('1m from the approval, 2 uses, only /srv/a');
  });
});
