// The filter language of every list: words, "phrases", /regex/, !not, ~fuzzy, field:value and comparisons, all of them together.

/** What a row offers to a filter: all its text, and named fields for `field:value`. */
export type Filterable = {
  text: string;
  field(name: string): FieldValue | undefined;
  /** What `since:` and `until:` look at. Where it is not said, the field `time`. */
  time?: number | null | undefined;
};
export type FieldValue = string | number | boolean | null | readonly string[];

export type Filter = {
  matches(row: Filterable): boolean;
  isEmpty: boolean;
  /**
   * For each term that looks for words: one of these must be in the text of a row or in one of its fields, in small letters. What has
   * none of them needs no closer look; a row that has them all may still be refused by `matches`.
   */
  needs: readonly (readonly string[])[];
};
export type ParsedFilter = { filter: Filter; error: null } | { filter: Filter; error: { message: string; term: string } };

/**
 * `denied agent:billing trust<0.5 !test since:10m /rm -rf/`: every term must hold, values after a colon are alternatives
 * (`risk:high,critical`). A filter that is not finished yet (`/ab`) filters by what it has and says what is missing.
 */
export function parseFilter(text: string, { now = Date.now() }: { now?: number } = {}): ParsedFilter {
  const terms: Test[] = [];
  let error: { message: string; term: string } | null = null;
  for (const term of termsOf(text)) {
    const test = testOf(term, now);
    if (typeof test === 'string') error ??= { message: test, term };
    else terms.push(test);
  }
  const needs = termsOf(text).flatMap((term) => neededBy(term) ?? []);
  const filter = { isEmpty: terms.length === 0, matches: (row: Filterable) => terms.every((test) => test(row)), needs };
  return { filter, error };
}

/** Null where a row may hold none of the words of the term and still pass: expressions, comparisons, what is inverted. */
function neededBy(term: string): [string[]] | null {
  if (/^[!/~]/.test(term)) return null;
  const [, name, operator, value] = /^([\w.]+)(:|=|<=|>=|<|>)(.*)$/.exec(term) ?? [];
  if (operator === undefined) return [[unquoted(term).toLowerCase()]];
  if ((operator !== ':' && operator !== '=') || name === 'since' || name === 'until') return null;
  const words = unquoted(value ?? '')
    .toLowerCase()
    .split(',')
    .filter(Boolean);
  // A field that has nothing is `none`.
  return words.length === 0 || words.some((word) => 'none'.includes(word)) ? null : [words];
}

/** The terms that ask for values of a field, as `risk:high,critical` and `!status=revoked`. */
export function fieldTerms(text: string): { name: string; values: string[] }[] {
  return termsOf(text).flatMap((term) => {
    const [, name, value] = /^!?([A-Za-z_]\w*)[:=](?![<>=])(.+)$/.exec(term) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name: name.toLowerCase(), values: unquoted(value).toLowerCase().split(',').filter(Boolean) }];
  });
}

/** The names before a colon or comparison that are no field of a list: probably misspelt, or a word with a colon in it. */
export function unknownFields(text: string, known: readonly string[]): string[] {
  const names = termsOf(text).flatMap((term) => /^!?([A-Za-z_]\w*)(?:[:=<>])/.exec(term)?.[1] ?? []);
  const fields = new Set([...known.map((name) => name.toLowerCase()), 'since', 'until']);
  return names.filter((name) => !fields.has(name.toLowerCase()));
}

type Test = (row: Filterable) => boolean;

/** Terms are divided by spaces, but not inside quotes or a regular expression. */
function termsOf(text: string): string[] {
  return text.match(/!?(?:[\w.]+[:=<>]+)?(?:"[^"]*"?|\/(?:\\.|[^/\\])*\/?[a-z]*|\S+)/g) ?? [];
}

function testOf(term: string, now: number): Test | string {
  if (term.startsWith('!') && term.length > 1) {
    const inner = testOf(term.slice(1), now);
    return typeof inner === 'string' ? inner : (row) => !inner(row);
  }
  if (term.startsWith('/')) return regexTest(term);
  if (term.startsWith('~')) return fuzzyTest(term.slice(1));
  const field = /^([\w.]+)(:|=|<=|>=|<|>)(.*)$/.exec(term);
  if (field) return fieldTest(field[1] ?? '', field[2] ?? ':', unquoted(field[3] ?? ''), now);
  const wanted = unquoted(term).toLowerCase();
  return (row) => row.text.toLowerCase().includes(wanted);
}

function regexTest(term: string): Test | string {
  const match = /^\/((?:\\.|[^/\\])*)(?:\/([a-z]*))?$/.exec(term);
  if (!match?.[1]) return () => true;
  try {
    const expression = new RegExp(match[1], (match[2] ?? '').includes('s') ? 'is' : 'i');
    return (row) => expression.test(row.text.slice(0, LONGEST));
  } catch {
    return 'is not a regular expression';
  }
}

const LONGEST = 2000; // a regular expression that backtracks must not meet ten thousand characters of someone else's text

function fuzzyTest(letters: string): Test {
  const wanted = [...letters.toLowerCase()];
  return (row) => {
    let at = 0;
    for (const letter of row.text.toLowerCase()) if (letter === wanted[at]) at++;
    return at >= wanted.length;
  };
}

function fieldTest(name: string, operator: string, value: string, now: number): Test | string {
  const key = name.toLowerCase();
  if (value === '') return () => true;
  if (key === 'since' || key === 'until') return timeTest(key, value, now);
  if (operator === ':' || operator === '=') return equalTest(key, operator, value);
  const limit = numberOf(value);
  if (limit !== null) return (row) => isComparable(row.field(key)) && compare(Number(row.field(key)), operator, limit);
  const moment = timeOf(value, now);
  if (moment === null) return `${operator} compares numbers and times, and ${value} is neither`;
  // `active<10m` is an age: younger than that is a later time. `created>2026-01-31` is a time as it stands.
  const direction = AGO.test(value) ? (mirrored[operator] ?? operator) : operator;
  return (row) => isComparable(row.field(key)) && compare(Number(row.field(key)), direction, moment);
}

const isComparable = (held: FieldValue | undefined): boolean =>
  held !== undefined && held !== null && !Number.isNaN(Number(held));
const mirrored: Record<string, string> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function equalTest(key: string, operator: string, value: string): Test {
  const wanted = value.toLowerCase().split(',').filter(Boolean);
  return (row) => {
    const held = row.field(key);
    // An unknown field is an ordinary word with a colon in it: `db:read` is a capability.
    if (held === undefined) return row.text.toLowerCase().includes(`${key}${operator}${value}`.toLowerCase());
    if (Array.isArray(held)) return held.some((item) => wanted.some((word) => item.toLowerCase().includes(word)));
    const text = String(held ?? 'none').toLowerCase();
    return wanted.some((word) => (operator === '=' ? text === word : text.includes(word)));
  };
}

function timeTest(key: 'since' | 'until', value: string, now: number): Test | string {
  const limit = timeOf(value, now);
  if (limit === null) return `${value} is no time: 10m, 2h, 3d, 14:30 or 2026-01-31`;
  return (row) => {
    const at = row.time === undefined ? row.field('time') : row.time;
    const time = typeof at === 'number' ? at : Date.parse(String(at));
    return key === 'since' ? time >= limit : time <= limit;
  };
}

/** `10m` ago, `14:30` today (or yesterday, if that is still to come), or a date. */
export function timeOf(value: string, now: number): number | null {
  const ago = AGO.exec(value);
  if (ago) return now - Number(ago[1]) * (UNITS[ago[2] ?? 's'] ?? 0);
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(value);
  if (clock) {
    const time = new Date(now).setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    return time > now ? time - (UNITS['d'] ?? 0) : time;
  }
  // Date.parse alone would take almost any word with a digit in it for a day in 2001.
  const date = /^\d{4}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : date;
}

const AGO = /^(\d+)(s|m|h|d|w)$/;
const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `50%` is 0.5. */
function numberOf(value: string): number | null {
  const number = value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value);
  return Number.isNaN(number) ? null : number;
}

function compare(held: number, operator: string, limit: number): boolean {
  if (operator === '<') return held < limit;
  if (operator === '<=') return held <= limit;
  if (operator === '>') return held > limit;
  return held >= limit;
}

const unquoted = (text: string): string => text.replace(/^"|"$/g, '');
