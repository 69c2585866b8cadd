// Words that people reach for, and the verb that they mean.

import { expect, test } from 'vitest';
import { spelled } from '../../commands/spellings.ts';

test.each<[typed: string, meant: string]>([
  ['mcp detect --watch --json', 'mcp watch --json'],
  ['--no-input mcp detect --home /x --watch', '--no-input mcp watch --home /x'],
  ['mcp detect --json', 'mcp detect --json'],
  ['mcp report --watch --agent x', 'mcp keep-reporting --agent x'],
  ['mcp report --agent x', 'mcp report --agent x'],
  ['mcp inspect -- detect --watch', 'mcp inspect -- detect --watch'],
  ['agents ls --watch', 'agents ls --watch'],
  ['--profile', '--measure'],
  ['dashboard --profile', 'dashboard --measure'],
  ['--profile --read-only', '--measure --read-only'],
  ['--profile staging', '--profile staging'],
  ['agents ls --profile', 'agents ls --profile'],
])('%s', (typed, meant) => {
  expect(spelled(typed.split(' ')).join(' ')).toBe(meant);
});
