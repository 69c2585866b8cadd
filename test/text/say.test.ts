// Sentences of our own with other people's words in them.

import { describe, expect, test } from 'vitest';
import { counted, say } from '../../src/text/say.ts';

describe('say', () => {
  test.each<[title: string, sentence: () => string, expected: string]>([
    ['puts words in', () => say`Approved by ${'ana'} and ${'bo'}.`, 'Approved by ana and bo.'],
    ['begins and ends with what was put in', () => say`${'ana'}${'bo'}`, 'anabo'],
    ['writes numbers', () => say`${0} of ${12}`, '0 of 12'],
    ['says that something is unknown', () => say`By ${null} at ${undefined}.`, 'By unknown at unknown.'],
    ['keeps an empty text', () => say`[${''}]`, '[]'],
    ['shows what would act on a terminal', () => say`By ${'a\u001b[2J'}.`, 'By a␛[2J.'],
    ['cuts what is long', () => say`${'x'.repeat(300)}`.slice(0, 200), 'x'.repeat(200)],
  ])('%s', (_, sentence, expected) => {
    expect(sentence()).toBe(expected);
  });

  test('says how much was cut', () => {
    expect(say`${'x'.repeat(300)}`).not.toContain('x'.repeat(201));
    expect(say`${'x'.repeat(200)}`).toBe('x'.repeat(200));
  });
});

test.each([
  [() => counted(0, 'request'), '0 requests'],
  [() => counted(1, 'request'), '1 request'],
  [() => counted(2, 'request'), '2 requests'],
  [() => counted(1, 'policy', 'policies'), '1 policy'],
  [() => counted(3, 'policy', 'policies'), '3 policies'],
])('%o says %s', (sentence, expected) => {
  expect(sentence()).toBe(expected);
});
