// What an approval gives, and how a reviewer gives less.

import { describe, expect, test } from 'vitest';
import { givenWords, type NarrowingFields, readNarrowing, suggested } from '../../src/state/approvals/narrowing.ts';
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
