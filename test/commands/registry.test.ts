// The registry is one list told twice: once whole, once in groups that load alone. Both must say the same.

import { describe, expect, test } from 'vitest';
import { findAction } from '../../commands/find-action.ts';
import { globalOptions } from '../../commands/global-options.ts';
import { optionFlags, optionKind } from '../../commands/option-kind.ts';
import { registry } from '../../commands/registry.ts';
import { verbGroups } from '../../commands/verbs.ts';

describe('the registry', () => {
  test('has nothing twice', () => {
    const ids = registry.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('begins with the words that the help of the program lists', () => {
    expect([...new Set(registry.map(({ id }) => id.split('.')[0]))].sort()).toEqual(Object.keys(verbGroups).sort());
  });

  // A word with more verbs behind it is told as what all of them are about.
  const alone = registry.filter(({ id }) => !registry.some((other) => other.id.startsWith(`${id}.`)));
  test.each(alone.filter(({ id }) => !id.includes('.')).map(({ id, summary }) => [id, summary]))(
    '%s is told alike in both',
    (id, summary) => {
      expect(verbGroups[id]?.summary).toBe(summary);
    },
  );
});

describe.each(registry.map((action) => [action.id, action] as const))('%s', (_, action) => {
  test('is described in words for a list', () => {
    expect(action.summary).toMatch(/^[A-Z].*[^.]$/);
    for (const { summary } of [...Object.values(action.args), ...Object.values(action.options)])
      expect(summary).toMatch(/^[A-Z].*[^.]$/s);
  });

  test('has examples that are about it', () => {
    for (const { command, summary } of action.examples ?? []) {
      expect(command.startsWith(action.id.replaceAll('.', ' '))).toBe(true);
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
    }
  });

  test('gives an option of every verb another meaning only where both take a value', () => {
    for (const [name, option] of Object.entries(action.options)) {
      const hidden = globalOptions.find((global) => optionFlags(name, option).startsWith(`--${global.name} `));
      if (hidden !== undefined) expect('value' in hidden && optionKind(option)).toBe('value');
    }
  });

  test('asks before it does what is dangerous', () => {
    const changes = /suspend|revoke|delete|approve|rotate|reactivate/.test(action.id);
    if (changes && !action.id.startsWith('demo')) expect(['dangerous', 'named', 'change']).toContain(action.risk);
  });

  test('knows what each option takes', () => {
    for (const option of Object.values(action.options)) expect(['switch', 'off-switch', 'value']).toContain(optionKind(option));
  });
});

test('each verb is found by its words, by the part of the program that loads for it', async () => {
  for (const action of registry) expect((await findAction(action.id.split('.'))).action).toBe(action);
});
