// The parts that screens are made of, as far as they are plain functions.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paint, plainText } from '../../components/paint.ts';
import { environmentOf } from '../../components/shell/environment.ts';
import { fuzzySort } from '../../components/shell/fuzzy.ts';
import { clipboardSequence, pasteSafe } from '../../components/terminal/copy.ts';
import { coloursFrom, createTheme } from '../../components/theme.ts';
import { type ListColumn, placeColumns } from '../../components/widgets/columns.ts';
import { fieldText } from '../../components/widgets/text-field.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';

const bare = (text: string) => text.replace(/\u001b\[[0-9;]*m/g, '');
const theme = createTheme({ colours: 'truecolor' });

describe('painting a row', () => {
  test('takes no more cells than it was given, and all of them where it is selected or something stands at its end', () => {
    const run = fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 30 }),
      tone: fc.constantFrom('good', 'bad', undefined),
    });
    fc.assert(
      fc.property(
        fc.array(run, { maxLength: 6 }),
        fc.array(run, { maxLength: 2 }),
        fc.integer({ min: 1, max: 60 }),
        fc.boolean(),
        (left, right, width, selected) => {
          const runs = left.map(({ text, tone }) => ({ text: visible(text), tone: tone as 'good' | undefined }));
          const ends = right.map(({ text }) => ({ text: visible(text) }));
          const cells = widthOf(ours(bare(paint(runs, width, theme, { right: ends, selected }))));
          if (selected || right.some(({ text }) => text !== '')) expect(cells).toBe(width);
          else expect(cells).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  test('keeps what stands at the right, and cuts the left', () => {
    expect(bare(paint([ours('a long beginning')], 12, theme, { right: [ours('end')] }))).toBe('a long … end');
  });

  test('writes no colour where there is none, but keeps weight', () => {
    const none = createTheme({ colours: 'none' });
    expect(paint([{ text: ours('denied'), tone: 'bad' }], 6, none)).toBe('\u001b[1mdenied\u001b[0m');
    expect(paint([{ text: ours('fine'), tone: 'good' }], 10, none)).toBe('fine');
  });

  test('shows the same words with and without colour', () => {
    expect(plainText([{ text: ours('a'), tone: 'good' }, ours('b')])).toBe('ab');
  });
});

describe('how much colour there is', () => {
  test.each<[title: string, env: Record<string, string>, expected: string]>([
    ['none with NO_COLOR, whatever else is set', { NO_COLOR: '1', COLORTERM: 'truecolor' }, 'none'],
    ['all with COLORTERM', { COLORTERM: 'truecolor', TERM: 'xterm' }, 'truecolor'],
    ['256 by the name of the terminal', { TERM: 'screen-256color' }, '256'],
    ['16 where nothing is said', { TERM: 'xterm' }, '16'],
  ])('%s', (_, env, expected) => {
    expect(coloursFrom(env)).toBe(expected);
  });
});

describe('placing columns', () => {
  const column = (key: string, width: number, more: Partial<ListColumn<string>> = {}): ListColumn<string> => ({
    key, title: ours(key), width, cell: () => ours(''), value: () => null, ...more,
  }); // biome-ignore format: one line
  const columns = [
    column('name', 10, { grow: true }),
    column('status', 8),
    column('age', 4, { giveUp: 2 }),
    column('type', 6, { giveUp: 1 }),
  ];

  test('gives what is left to the column that grows', () => {
    expect(placeColumns(columns, 44).map(({ column: { key }, width }) => [key, width])).toEqual([
      ['name', 20],
      ['status', 8],
      ['age', 4],
      ['type', 6],
    ]);
  });

  test('gives up the highest number first', () => {
    expect(placeColumns(columns, 30).map(({ column: { key } }) => key)).toEqual(['name', 'status', 'type']);
    expect(placeColumns(columns, 20).map(({ column: { key } }) => key)).toEqual(['name', 'status']);
  });

  test('shows an id only where nothing else is cut for it', () => {
    const withId = [column('id', 36, { yields: true }), column('title', 12, { grow: true, wish: 40 }), column('status', 8)];
    const keys = (width: number) => placeColumns(withId, width).map(({ column: { key } }) => key);
    expect(keys(87)).toEqual(['title', 'status']);
    expect(keys(88)).toEqual(['id', 'title', 'status']);
  });
});

describe('finding by a few letters', () => {
  test.each([
    ['agsu', 'agents suspend'],
    ['events', 'events ls'],
    ['app ap', 'approvals approve'],
  ])('%s finds %s first', (typed, expected) => {
    const all = ['agents ls', 'agents suspend', 'approvals ls', 'approvals approve', 'events ls', 'events tail'];
    expect(fuzzySort(all, typed, (name) => name)[0]).toBe(expected);
  });

  test('finds nothing where a letter is missing', () => {
    expect(fuzzySort(['agents ls'], 'xyz', (name) => name)).toEqual([]);
  });
});

describe('the word for where we are', () => {
  test.each<[title: string, server: string, profile: string, embedded: boolean, expected: string]>([
    ['is production for a host that says so', 'https://aim.prod.example.com', 'default', false, 'PRODUCTION'],
    ['is production for a profile that says so', 'https://10.0.0.1', 'production', false, 'PRODUCTION'],
    ['is not production for what only begins so', 'https://products.example.com', 'default', false, 'products.example.com'],
    ['is staging', 'https://aim-staging.example.com', 'default', false, 'STAGING'],
    ['is local on loopback', 'http://127.0.0.1:8080', 'default', false, 'LOCAL'],
    ['is embedded where the control plane is ours', 'http://127.0.0.1:8080', 'default', true, 'EMBEDDED'],
    ['is the host where nothing is known', 'https://aim.example.com', 'default', false, 'aim.example.com'],
  ])('%s', (_, server, profile, embedded, expected) => {
    expect(environmentOf({ server, profile, embedded }).word).toBe(expected);
  });
});

describe('copying', () => {
  test('wraps the sequence for tmux', () => {
    expect(clipboardSequence('hi', { TMUX: '/tmp/x' })).toBe('\u001bPtmux;\u001b\u001b]52;c;aGk=\u0007\u001b\\');
  });

  test('says when the terminal cannot take it', () => {
    expect(clipboardSequence('hi', { TERM: 'linux' })).toBeNull();
    expect(clipboardSequence('x'.repeat(100_000), {})).toBeNull();
  });

  test('leaves out what would run or act when it is pasted', () => {
    expect(pasteSafe('id\u001b[2J\u0007\n')).toBe('id[2J');
  });
});

test('a text that is longer than its field shows the part around the cursor', () => {
  const text = 'a'.repeat(50);
  const shown = fieldText({ text, cursor: 50 }, 20, '▏');
  expect(widthOf(shown)).toBeLessThanOrEqual(20);
  expect(shown.endsWith('a▏')).toBe(true);
});
