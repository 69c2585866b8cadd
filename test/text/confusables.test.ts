// Names that are easily taken for other names, and letters that do not belong together.

import { describe, expect, test } from 'vitest';
import {
  badgeOf,
  hasRightToLeft,
  isMixedScript,
  lookalikeOf,
  readsAsLatin,
  scriptsOf,
  skeleton,
} from '../../src/text/confusables.ts';

describe('the skeleton', () => {
  test.each([
    ['bіlling-bot', 'billing-bot'],
    ['bi11ing-b0t', 'billing-bot'],
    ['Billing_Bot', 'billing-bot'],
    ['billing.bot', 'billing-bot'],
    ['billing - bot', 'billing-bot'],
    ['ｂilling-bot', 'billing-bot'],
    ['billing\u200b-bot', 'billing-bot'],
    ['billi\u0301ng-bot', 'billing-bot'],
    ['adrnin', 'admin'],
    ['vveb', 'web'],
  ])('takes %s for %s', (one, other) => {
    expect(skeleton(one)).toBe(skeleton(other));
  });

  test.each([
    ['billing-bot', 'filing-bot'],
    ['billing-bot', 'billingbot'],
    ['ops', 'opz'],
  ])('keeps %s and %s apart', (one, other) => {
    expect(skeleton(one)).not.toBe(skeleton(other));
  });
});

test.each<[name: string, scripts: string[]]>([
  ['billing-bot 7', ['Latin']],
  ['bіlling', ['Latin', 'Cyrillic']],
  ['αβ', ['Greek']],
  ['東京アイ', ['Han', 'Katakana']],
  ['ꦲꦏ', ['another script']],
  ['42', []],
])('%s has letters of %j', (name, scripts) => {
  expect(scriptsOf(name)).toEqual(scripts);
});

test.each<[name: string, isMixed: boolean]>([
  ['pаypal', true],
  ['paypal', false],
  ['東京タワー', false],
  ['한국漢字', false],
  ['東京bot', true],
  ['deploy Москва', false],
  ['deploy-Москва', false],
  ['', false],
])('%s mixes scripts in a word: %s', (name, isMixed) => {
  expect(isMixedScript(name)).toBe(isMixed);
});

test.each<[word: string, reads: boolean]>([
  ['рауреr', true],
  ['ѕсоре', true],
  ['scope', false],
  ['Привет', false],
  ['0', false],
  ['42', false],
])('%s reads as Latin and is not: %s', (word, reads) => {
  expect(readsAsLatin(word)).toBe(reads);
});

test.each<[name: string, has: boolean]>([
  ['שלום', true],
  ['bot-سلام', true],
  ['billing-bot', false],
  ['Москва', false],
])('%s has letters from right to left: %s', (name, has) => {
  expect(hasRightToLeft(name)).toBe(has);
});

describe('the badge', () => {
  test.each<[name: string, known: string[], badge: string | undefined]>([
    ['bіlling-bot', ['ops', 'billing-bot'], '≈ billing-bot'],
    ['billing-bot', ['billing-bot', 'ops'], undefined],
    ['billing-bot', [], undefined],
    ['pаypal', ['ops'], 'mixes Latin and Cyrillic'],
    ['שלום', ['ops'], 'right-to-left letters'],
    ['aaаa\u001b', ['aaaa\u001b[2J'], 'mixes Latin and Cyrillic'],
    ['аdmin', ['admin\u200b'], '≈ admin⟨U+200B⟩'],
  ])('of %j among %j is %s', (name, known, badge) => {
    const found = lookalikeOf(name, known);
    expect(found && badgeOf(found)).toBe(badge);
  });
});
