// Every export says what it is, and the page that is made of it is current.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exportsOf, sdkReference } from '../../scripts/sdk-reference.ts';
import * as sdk from '../../src/index.ts';
import * as testing from '../../src/testing/index.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

describe.each([
  ['aim-terminal', at('src/index.ts'), sdk],
  ['aim-terminal/testing', at('src/testing/index.ts'), testing],
] as const)('%s', (_, index, loaded) => {
  const all = exportsOf(index);

  test('says of every export what it is', () => {
    expect(all.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
  });

  test('has every value that is loaded on its page', () => {
    const values = all.filter(({ isType }) => !isType).map(({ name }) => name);
    expect(Object.keys(loaded).filter((name) => !values.includes(name))).toEqual([]);
  });
});

test('docs/sdk-reference.md is current (node scripts/sdk-reference.ts)', () => {
  expect(readFileSync(at('docs/sdk-reference.md'), 'utf8') === sdkReference()).toBe(true);
});
