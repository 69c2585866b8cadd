// The action as the agent signed it: what is shown of it, under which labels, and where the server says something else.

import { describe, expect, test } from 'vitest';
import { actionFacts, actionOf, contradictions } from '../../../src/state/approvals/action-facts.ts';
import { verdictOf } from '../../../src/state/approvals/verdict.ts';
import { aSignedRequest, type Wanted } from '../signed-request.ts';

const facts = (wanted: Wanted, members: Record<string, unknown> = {}) => {
  const request = aSignedRequest(wanted, members);
  return actionFacts(request, verdictOf(request, null));
};
const told = (wanted: Wanted, members: Record<string, unknown> = {}) =>
  facts(wanted, members).map(({ id, label, value, tone, origin }) => [id, label, value, tone, origin]);

test('verb, resource, parameters and what the protocol means, each with whose word it is', () => {
  const context = { mode: '0644', timeout_seconds: 60, reason: 'because' };
  const rows = (origin: string) => [
    ['action', 'action', 'file:write', 'strong', origin],
    ['resource', 'on', '/etc/hosts', 'strong', origin],
    ['parameter:mode', 'mode', '"0644"', 'normal', origin],
    ['request:timeout_seconds', 'request', 'the agent gives up after 1m (timeout_seconds)', 'normal', origin],
  ];
  expect(told({ context })).toEqual(rows('signed'));
  expect(told({ context }, { binding: null })).toEqual(rows('server'));
});

test.each<[title: string, wanted: Wanted, members: Record<string, unknown>, row: unknown[]]>([
  ['no verb', {}, { binding: null, capability: null }, ['action', 'action', 'not said', 'strong', 'server']],
  ['no resource', { resource: null }, {}, ['resource', 'on', 'nothing named', 'strong', 'signed']],
  ['a verb of two lines', { capability: 'a\nb' }, {}, ['action', 'action', 'a\nb', 'strong', 'signed']],
  ['a resource of two lines', { resource: '/a\n/b' }, {}, ['resource', 'on', '/a\n/b', 'strong', 'signed']],
  ['a long name', { context: { abcdefghijklmnopq: 1 } }, {}, ['parameter:abcdefghijklmnopq', 'parameter', 'abcdefghijklmnopq = 1', 'normal', 'signed']],
  ['a name that just fits', { context: { abcdefghijklmnop: 1 } }, {}, ['parameter:abcdefghijklmnop', 'abcdefghijklmnop', '1', 'normal', 'signed']],
  ...['risk', 'Risk', 'this adds', 'this_adds', '-risk-', 'thisadds', 'on 2', 'agent-says so'].map((name): [string, Wanted, object, unknown[]] => [
    `a name like ours, ${name}`, { context: { [name]: 1 } }, {}, [`parameter:${name}`, 'parameter', `${name} = 1`, 'normal', 'signed'],
  ]),
  ...['risky', 'once', 'a risk', 'adds'].map((name): [string, Wanted, object, unknown[]] => [
    `a name of its own, ${name}`, { context: { [name]: 1 } }, {}, [`parameter:${name}`, name, '1', 'normal', 'signed'],
  ]),
  ['one hidden letter', { resource: '/a\u200b' }, {}, ['note:resource:0', 'note', '1 hidden or look-alike character stands in it, shown as what it is', 'warning', 'signed']],
  ['two in a parameter', { context: { to: 'a\u200b\u202e' } }, {}, ['note:to:0', 'note', '2 hidden or look-alike characters stand in it, shown as what they are', 'warning', 'signed']],
] as [string, Wanted, Record<string, unknown>, unknown[]][])('%s is told', (_, wanted, members, row) => {
  expect(told(wanted, members)).toContainEqual(row);
}); // biome-ignore format: one table

test('letters that a parameter of prose may have are not remarked on, and a name’s are', () => {
  expect(told({ context: { to: 'plain words' } }).filter(([, label]) => label === 'note')).toEqual([]);
  expect(told({ context: { text: 'пароль' } }).filter(([, label]) => label === 'note')).toEqual([]);
});

test('what the agent pleads is a claim and no fact', () => {
  const request = aSignedRequest({ context: { reason: 'urgent', purpose: { why: 'x', how: ['y'] }, mode: 1 } });
  const { claims, parameters } = actionOf(request, verdictOf(request, null));
  expect(claims).toEqual([
    { id: 'claim:purpose', label: 'purpose', text: 'how[0] = y\nwhy = x' },
    { id: 'claim:reason', label: 'reason', text: 'urgent' },
  ]);
  expect(Object.keys(parameters)).toEqual(['mode']);
});

describe('a server', () => {
  const said = (wanted: Wanted, members: Record<string, unknown>) => {
    const request = aSignedRequest(wanted, members);
    return contradictions(request, verdictOf(request, null));
  };

  test('that lists something else than was signed is contradicted aloud', () => {
    expect(said({ context: { a: 0 } }, { capability: 'db:read', resource: null, context: { a: 1 } })).toEqual([
      { id: 'contradiction:action', label: 'note', value: 'The server lists another action than was signed: db:read', tone: 'bad', origin: 'here' },
      { id: 'contradiction:resource', label: 'note', value: 'The server lists another resource than was signed: none', tone: 'bad', origin: 'here' },
      { id: 'contradiction:context', label: 'note', value: 'The server lists other parameters than were signed. Shown are the signed ones.', tone: 'bad', origin: 'here' },
    ]);
  }); // biome-ignore format: one list

  const context = { b: 1, a: [1.5, { d: null, c: 'x' }] };
  test.each<[title: string, members: Record<string, unknown>]>([
    ['has the members in another order', { context: { a: [1.5, { c: 'x', d: null }], b: 1 } }],
    ['wraps them into more', { context: { context, risk: 'low' } }],
    ['tells none of them', { context: {} }],
    ['has no signature to compare with', { context: { z: 1 }, binding: null }],
  ])('that %s is not', (_, members) => {
    expect(said({ context }, members)).toEqual([]);
  });

  test.each<[title: string, changed: Record<string, unknown>]>([
    ['value', { b: 2, a: context.a }],
    ['order of a list', { b: 1, a: [context.a[1], 1.5] }],
    ['null that is a text', { b: 1, a: [1.5, { d: 'null', c: 'x' }] }],
    ['member that is missing', { b: 1 }],
  ])('that lists another %s is', (_, changed) => {
    expect(said({ context }, { context: changed }).map(({ id }) => id)).toEqual(['contradiction:context']);
  });
});
