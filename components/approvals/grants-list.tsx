// The live grants: what approvals still allow, counting down, each revoked with one key.

import { useEffect, useMemo } from 'react';
import { endsWords, liveGrants, revokedWords, usesWords } from '../../src/state/approvals/grants.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import { visible } from '../../src/text/visible.ts';
import type { Grant } from '../../src/wire/verification.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import type { Runs } from '../paint.ts';
import { useFrame } from '../use-frame.ts';
import type { ListColumn } from '../widgets/columns.ts';
import { List } from '../widgets/list.tsx';
import { useListStore, useRows } from '../widgets/use-list.ts';
import { useGrants } from './approvals-store.ts';

export function GrantsList({ width, height }: { width: number; height: number }) {
  const dashboard = useDashboard();
  const { shell, now } = dashboard;
  const grants = useGrants();
  const { items, phase } = useFrame(() => grants.getState());
  const second = Math.floor(now() / 1000);
  const live = useMemo(() => liveGrants(items, second * 1000), [items, second]);
  const columns = useMemo(() => grantColumns(now), [now]);
  const list = useListStore('grants', { isFollowing: false });
  const rows = useRows(list, live, columns, idOf);
  useEffect(() => void grants.refresh(), [grants]);

  const revoke = async (grant: Grant) => {
    const { approvals } = dashboard.api;
    try {
      const held = await approvals.revokeGrant(grant.id);
      grants.put(held);
      const { words, isDone } = revokedWords(held, now());
      shell.say(words, isDone ? 'good' : 'bad');
    } catch (error) {
      shell.say(say`Not known whether it was revoked: ${error instanceof Error ? error.message : String(error)}`, 'bad');
    }
    void grants.refresh();
  };
  useKeys(
    [
      {
        id: 'grants.revoke',
        keys: ['R'],
        label: ours('revoke'),
        summary: ours('End this permission at once'),
        footer: 1,
        decides: true,
        disabled: live.length === 0 ? ours('There is no live grant.') : null,
        run: () => {
          const selected = shell.getState().selection?.value;
          const grant = live.find(({ id }) => id === selected);
          if (grant !== undefined) void revoke(grant);
        },
      },
    ],
    { id: 'grants', level: 'screen' },
  );
  return (
    <List
      list={list}
      rows={rows}
      columns={columns}
      width={width}
      height={height}
      select={(grant) => ({ subject: 'grant', value: grant.id, label: visible(grant.agentName ?? grant.agentId, { max: 60 }) })}
      empty={phase === 'loading' ? LOADING : EMPTY}
    />
  );
}

function grantColumns(now: () => number): readonly ListColumn<Grant>[] {
  const text = (
    key: string,
    title: string,
    width: number,
    value: (grant: Grant) => string | null,
    giveUp = 0,
  ): ListColumn<Grant> => ({
    key,
    title: ours(title),
    width,
    grow: true,
    ...(giveUp === 0 ? {} : { giveUp }),
    cell: (grant) => visible(value(grant) ?? '', { max: 200 }),
    value,
  });
  const plain = (key: string, title: string, width: number, cell: (grant: Grant) => Printable): ListColumn<Grant> => ({
    key,
    title: ours(title),
    width,
    cell,
    value: (grant) => grant[key as 'expiresAt'],
  });
  return [
    plain('expiresAt', 'ENDS IN', 9, (grant) => endsWords(grant, now())),
    plain('usesLeft', 'USES LEFT', 10, usesWords),
    text('agent', 'AGENT', 12, (grant) => grant.agentName ?? grant.agentId),
    text('capability', 'MAY', 12, (grant) => grant.capability),
    text('resource', 'ON', 10, (grant) => grant.resource, 2),
    text('by', 'FROM', 10, (grant) => grant.grantedBy, 3),
  ];
}

const idOf = (grant: Grant): string => grant.id;
const LOADING: readonly Runs[] = [[{ text: ours('  Asking the server.'), tone: 'muted' }]];
const EMPTY: readonly Runs[] = [
  [ours('  No grant is live.')],
  [{ text: ours('  An approval leaves one behind when it gives more than this one action.'), tone: 'muted' }],
];
