// The registry is one list told twice: once whole, once in groups that load alone. Both must say the same.

import { describe, expect, test } from 'vitest';
import type { Action } from '../../commands/action.ts';
import { globalOptions } from '../../commands/global-options.ts';
import { optionFlags, optionKind } from '../../commands/option-kind.ts';
import { registry } from '../../commands/registry.ts';
import { verbGroups } from '../../commands/verbs.ts';

describe('the registry', () => {
  test('has what the groups have, and nothing twice', async () => {
    const grouped = new Set<Action>();
    for (const group of Object.values(verbGroups)) for (const action of await group.load()) grouped.add(action);
    const ids = registry.map(({ id }) => id);
    expect([...grouped].map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(Object.keys(verbGroups))('%s leads to its verbs', async (verb) => {
    const actions = (await verbGroups[verb]?.load()) ?? [];
    expect(actions.some(({ id }) => id === verb || id.startsWith(`${verb}.`))).toBe(true);
    const single = actions.find(({ id }) => id === verb);
    if (single !== undefined) expect(verbGroups[verb]?.summary).toBe(single.summary);
  });
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
