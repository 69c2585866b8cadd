// The screens that are made of listing verbs.

import type { ScreenId, Subject } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { TableRow } from './table-columns.ts';
import type { TableSource } from './table-store.ts';

export type Table = TableSource & {
  id: ScreenId;
  title: Printable;
  subject?: Subject;
  labelOf(row: TableRow): string;
  /** The verb that Enter runs with the row's id. */
  show?: string;
  /** Verbs about the row under the cursor, by key. */
  rowVerbs: Readonly<Record<string, string>>;
  /** Verbs about none in particular: create, verify, set. */
  verbs?: Readonly<Record<string, string>>;
  empty: readonly string[];
};

const text = (key: string) => (row: TableRow) => String(row[key] ?? '');
const ALL = { limit: 2000 };

export const tables: readonly Table[] = [
  {
    id: 'requests',
    title: ours('Requests'),
    list: 'requests.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('capabilityType'),
    subject: 'request',
    show: 'requests.show',
    rowVerbs: { A: 'requests.approve', X: 'requests.reject' },
    changes: ['request'],
    empty: [
      'No agent asks for a capability to keep.',
      'Such requests come from agents that call requestCapability(); what is asked once is on tab 4.',
    ],
  },
  {
    id: 'alerts',
    title: ours('Alerts'),
    list: 'alerts.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('title'),
    subject: 'alert',
    rowVerbs: { A: 'alerts.ack', R: 'alerts.resolve' },
    changes: ['alert'],
    empty: ['No alerts.'],
  },
  {
    id: 'grants',
    title: ours('Grants'),
    list: 'approvals.grants',
    options: ALL,
    idOf: text('id'),
    labelOf: text('capability'),
    subject: 'grant',
    rowVerbs: { X: 'approvals.revoke' },
    changes: ['grant'],
    empty: ['No grant is in force.', 'A grant is what an approval gives: a capability for a while, or for so many uses.'],
  },
  {
    id: 'audit',
    title: ours('Audit'),
    list: 'audit.ls',
    options: { limit: 500 },
    idOf: text('id'),
    labelOf: text('action'),
    show: 'audit.show',
    subject: 'audit-entry',
    rowVerbs: {},
    verbs: { v: 'audit.verify' },
    changes: ['audit'],
    empty: ['Nothing has been recorded.'],
  },
  {
    id: 'rules',
    title: ours('Standing rules'),
    list: 'rules.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('name'),
    subject: 'rule',
    rowVerbs: { X: 'rules.end' },
    verbs: { N: 'rules.add' },
    changes: ['settings'],
    empty: [
      'No rule decides in a reviewer’s place.',
      'aim rules add makes one, says what it would have changed, and gives it an end.',
    ],
  },
  {
    id: 'policies',
    title: ours('Policies'),
    list: 'policies.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('name'),
    show: 'policies.show',
    subject: 'policy',
    rowVerbs: { e: 'policies.edit', A: 'policies.enable', D: 'policies.disable', X: 'policies.delete' },
    verbs: {
      N: 'policies.create',
      m: 'enforcement.show',
      M: 'enforcement.set',
      a: 'policies.approvals',
      R: 'policies.edit-approvals',
    },
    changes: ['settings'],
    empty: [
      'No policies.',
      'Without one, what an agent may do follows from its capabilities and the enforcement mode (m shows it).',
    ],
  },
  {
    id: 'tags',
    title: ours('Tags'),
    list: 'tags.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: (row) => (row['value'] ? `${String(row['key'])}=${String(row['value'])}` : String(row['key'])),
    subject: 'tag',
    rowVerbs: { e: 'tags.edit', X: 'tags.delete' },
    verbs: { N: 'tags.create' },
    changes: ['settings'],
    empty: ['No tags.', 'N makes one; e on an agent says which tags it carries, and tag:NAME filters by it.'],
  },
  ...(['threats', 'anomalies', 'violations'] as const).map(
    (id): Table => ({
      id,
      title: ours(id.charAt(0).toUpperCase() + id.slice(1)),
      list: `security.${id}`,
      options: { limit: 500 },
      idOf: text('id'),
      labelOf: text('title'),
      rowVerbs: {},
      verbs: { v: 'security.show' },
      changes: ['alert', 'verification'],
      empty: [id === 'violations' ? 'No agent tried what it may not.' : `No ${id}.`],
    }),
  ),
  {
    id: 'users',
    title: ours('Users'),
    list: 'users.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('email'),
    subject: 'user',
    rowVerbs: {
      R: 'users.role',
      A: 'users.activate',
      D: 'users.deactivate',
      G: 'users.groups',
      I: 'users.admit',
      O: 'users.refuse',
      X: 'users.delete',
    },
    verbs: { N: 'users.create' },
    changes: [],
    empty: ['Nobody but you.'],
  },
  {
    id: 'keys',
    title: ours('API keys'),
    list: 'keys.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('name'),
    subject: 'key',
    rowVerbs: { D: 'keys.disable', X: 'keys.delete' },
    verbs: { N: 'keys.create' },
    changes: [],
    empty: ['No API keys.', 'N makes one for an agent; it is shown once.'],
  },
  {
    id: 'webhooks',
    title: ours('Webhooks'),
    list: 'webhooks.ls',
    options: ALL,
    idOf: text('id'),
    labelOf: text('name'),
    subject: 'webhook',
    rowVerbs: { T: 'webhooks.test', E: 'webhooks.enable', D: 'webhooks.disable', X: 'webhooks.delete' },
    verbs: { N: 'webhooks.create' },
    changes: [],
    empty: ['No webhooks.', 'N makes one: an address of yours that is told, signed, what happens here.'],
  },
  {
    id: 'settings',
    title: ours('Settings'),
    list: 'config.ls',
    options: {},
    idOf: text('key'),
    labelOf: text('key'),
    show: 'config.explain',
    subject: 'setting',
    rowVerbs: { s: 'config.set' },
    changes: [],
    empty: ['No settings.'],
  },
];

/** @throws for a screen that is none of them. */
export function tableOf(id: ScreenId): Table {
  const found = tables.find((table) => table.id === id);
  if (!found) throw new RangeError(`There is no table for the screen ${id}.`);
  return found;
}
