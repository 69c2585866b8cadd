// Names that look like other names: a skeleton in the spirit of Unicode TR 39, mixed scripts, and the badge that says so.

import type { Printable } from './brand.ts';
import { glyphs } from './glyphs.ts';
import { visible } from './visible.ts';

/** What a name looks like: equal skeletons are easily taken for each other (`bіlling-b0t`, `Billing_bot`, `billing-bot`). */
export function skeleton(name: string): string {
  let out = '';
  for (const character of name.normalize('NFKD').toLowerCase()) {
    if (IGNORED.test(character)) continue;
    out += LOOKS_LIKE.get(character) ?? character;
  }
  return out
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll(/[-_.\s]+/g, '-');
}

/** The scripts that a name's letters come from, as ISO names. `Common` and `Inherited` do not count. */
export function scriptsOf(name: string): string[] {
  const found = new Set<string>();
  for (const character of name) if (/\p{L}/u.test(character)) found.add(scriptOf(character));
  return [...found];
}

/** Letters of scripts that nobody mixes in one word. Japanese (Han with kana) and Korean (Han with Hangul) are no mixture. */
export function isMixedScript(name: string): boolean {
  return name.split(/[^\p{L}\p{M}]+/u).some((word) => {
    const scripts = scriptsOf(word).map((script) => (EAST_ASIAN.has(script) ? 'East Asian' : script));
    return new Set(scripts).size > 1;
  });
}

/** Whether a word of other letters, each of which looks like a Latin one, reads like a Latin word. */
export function readsAsLatin(word: string): boolean {
  const letters = [...word.normalize('NFC').toLowerCase()].filter((character) => /\p{L}/u.test(character));
  const others = letters.filter((letter) => !/\p{Script_Extensions=Latin}/u.test(letter));
  return others.length > 0 && letters.every((letter) => /[a-z]/.test(LOOKS_LIKE.get(letter) ?? letter));
}

/** Letters that are written from right to left: some terminals reorder the rest of the row around them. */
export const hasRightToLeft = (name: string): boolean => RIGHT_TO_LEFT.test(name);

export type Lookalike =
  | { kind: 'looks-like'; other: Printable }
  | { kind: 'mixed-script'; scripts: string[] }
  | { kind: 'right-to-left' };

/** Why a name deserves a second look, or nothing. `known` are the names it could be taken for. */
export function lookalikeOf(name: string, known: Iterable<string>): Lookalike | undefined {
  const own = skeleton(name);
  for (const other of known)
    if (other !== name && skeleton(other) === own) return { kind: 'looks-like', other: visible(other, { max: 40 }) };
  if (isMixedScript(name)) return { kind: 'mixed-script', scripts: scriptsOf(name) };
  return hasRightToLeft(name) ? { kind: 'right-to-left' } : undefined;
}

/** The badge beside a name. */
export function badgeOf(lookalike: Lookalike): Printable {
  if (lookalike.kind === 'looks-like') return `${glyphs().like} ${lookalike.other}` as Printable;
  if (lookalike.kind === 'mixed-script') return `mixes ${lookalike.scripts.join(' and ')}` as Printable;
  return 'right-to-left letters' as Printable;
}

const IGNORED = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/u;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}]/u;
const EAST_ASIAN = new Set(['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo']);
const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Cherokee',
  'Coptic',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
  'Devanagari',
  'Thai',
  'Lisu',
  'Deseret',
];
const patterns = SCRIPTS.map((script) => [script, new RegExp(`\\p{Script_Extensions=${script}}`, 'u')] as const);
const scriptOf = (letter: string): string => patterns.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'another script';

/** Look-alikes of Latin letters and digits, from the confusables that matter in names (lower case; NFKD has done width, style and accents). */
const LOOKS_LIKE = new Map<string, string>(
  Object.entries({
    a: 'аαɑꭺ',
    b: 'ьƅЬвβᏏ',
    c: 'сϲⅽᴄ',
    d: 'ԁⅾᏧ',
    e: 'еєҽεᥱ',
    f: 'ſƒϝք',
    g: 'ցɡ',
    h: 'һհᏂн',
    i: 'іιıӏɪ1l|!ⅰןІ',
    j: 'јϳյ',
    k: 'кκᴋ',
    m: 'мⅿ',
    n: 'пոηռ',
    o: 'оοօ0ᴏⲟס०๐',
    p: 'рρⲣ',
    q: 'ԛգզ',
    r: 'гᴦⲅ',
    s: 'ѕꜱս5ʂ',
    t: 'тτᴛ',
    u: 'υսцʋᴜ',
    v: 'ѵνⅴᴠ',
    w: 'ѡωաᴡԝ',
    x: 'хχⅹ',
    y: 'уүγყу',
    z: 'ᴢ2ʐ',
    '-': '‐‑‒–—−_·',
    '/': '∕⁄⧸',
    '.': '․。',
    ':': 'ː։∶',
  }).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
);
