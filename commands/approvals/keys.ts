// `aim approvals keys|revoke-key`: the keys that sign my decisions, one for each machine, and an end for each of them.

import { type Action, type Argument, defineAction } from '../action.ts';
import { list, listOptions } from '../lists.ts';
import { callForRow, column, idArgument, rowPages, rowRecord, rowTable } from '../rows.ts';

const path = '/api/v1/users/me/review-keys';
const subject = 'keys';
const key: Argument<string> = idArgument('The key, by its id in `approvals keys`', 'approvals.keys');
const columns = [
  column('id', 'Id', { format: 'id' }),
  column('publicKey', 'Public key', { grow: true }),
  column('registeredAt', 'Since', { format: 'time' }),
  column('revokedAt', 'Revoked', { format: 'time' }),
  column('revokedBy', 'By', { giveUp: 1 }),
];

const keys = defineAction({
  id: 'approvals.keys',
  summary: 'List the keys that sign your decisions, one for each machine',
  description:
    'A machine is added by signing in on it. The public key is what an agent pins that runs nothing without a receipt.',
  args: {},
  options: listOptions,
  needs: 'viewer',
  commandLineOnly: true,
  feature: 'approvals.receipt',
  run: (context, _, options) => list(rowPages(context, { path, subject }), options),
  view: rowTable('No key of yours signs anything yet.', columns),
});

const revokeKey = defineAction({
  id: 'approvals.revoke-key',
  summary: 'End a key that signs your decisions, such as that of a lost machine',
  description:
    'For good: what it signs from now on is refused, and what it has signed is handed to no agent any more. The machine makes another at its next aim login.',
  examples: [{ command: 'approvals revoke-key 3b1f9c0d2a4e6f81 --yes', summary: 'At once' }],
  args: { key },
  options: {},
  needs: 'viewer',
  risk: 'dangerous',
  commandLineOnly: true,
  feature: 'approvals.receipt',
  becomes: { revoked: true },
  run: async (context, args) => {
    const { keys: held } = await callForRow(context, { method: 'POST', path: `${path}/${args.key}/revoke`, subject });
    const wanted = decodeURIComponent(args.key);
    return (held as Record<string, unknown>[]).find(({ id }) => id === wanted) ?? {};
  },
  view: rowRecord(columns),
});

export const reviewKeyActions: readonly Action[] = [keys, revokeKey];
