// The columns of the list of MCP servers: the risk first, because it is what the list is sorted by.

import { clientTitle } from '../../src/mcp/clients.ts';
import { stateOf } from '../../src/mcp/describe.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type RiskLevel, riskLevels } from '../../src/wire/scalars.ts';
import type { Tone } from '../theme.ts';
import type { ListColumn } from '../widgets/columns.ts';
import { own, words } from '../words.ts';
import { middleCut } from './shown.ts';

/** `waiting` are drifts without a decision, by registry id. */
export const mcpColumns = (waiting: ReadonlyMap<string, number>): readonly ListColumn<McpRow>[] => [
  {
    key: 'risk',
    title: ours('RISK'),
    width: 8,
    cell: ({ risk }) => own(risk),
    tone: ({ risk }) => riskTone(risk),
    value: ({ risk }) => riskLevels.indexOf(risk as never),
  },
  {
    key: 'name',
    title: ours('NAME'),
    width: 26,
    grow: true,
    cell: ({ name }, width) => middleCut(visible(name, { max: 200 }), width),
    value: ({ name }) => name,
  },
  {
    key: 'clients',
    title: ours('CLIENTS'),
    width: 16,
    giveUp: 2,
    cell: (row) => badges(row),
    value: ({ clients, home }) => [...clients, ...(home === null ? [] : [home])],
  },
  {
    key: 'transport',
    title: ours('BY'),
    width: 7,
    giveUp: 3,
    cell: ({ transport }) => own(transport),
    value: ({ transport }) => transport,
  },
  {
    key: 'state',
    title: ours('STATE'),
    width: 17,
    giveUp: 1,
    cell: (row) => own(stateOf(row)),
    tone: ({ state, status }) =>
      status === 'suspended' || status === 'revoked' ? 'bad' : state === 'disabled' ? 'muted' : undefined,
    value: stateOf,
  },
  {
    key: 'drift',
    title: ours('CHANGED'),
    width: 7,
    align: 'right',
    giveUp: 3,
    cell: ({ id }) => own(waiting.has(id ?? '') ? 'changed' : ''),
    tone: () => 'bad',
    value: ({ id }) => waiting.get(id ?? '') ?? 0,
  },
  {
    key: 'attested',
    title: ours('ATTESTED'),
    width: 8,
    align: 'right',
    giveUp: 6,
    cell: ({ attestationCount }) => own(attestationCount ? String(attestationCount) : ''),
    value: ({ attestationCount }) => attestationCount,
  },
  {
    key: 'findings',
    title: ours('FOUND'),
    width: 5,
    align: 'right',
    giveUp: 4,
    cell: ({ findings }) => own(findings.length === 0 ? '' : String(findings.length)),
    value: ({ findings }) => findings.length,
  },
  {
    key: 'tools',
    title: ours('TOOLS'),
    width: 5,
    align: 'right',
    giveUp: 5,
    cell: ({ tools }) => own(tools === null ? '' : String(tools)),
    value: ({ tools }) => tools,
  },
  {
    key: 'launch',
    title: ours('STARTS'),
    width: 20,
    hidden: true,
    cell: ({ launch }) => visible(launch, { max: 200 }),
    value: ({ launch }) => launch,
  },
];

export const riskTone = (risk: RiskLevel): Tone | undefined =>
  risk === 'critical' || risk === 'high' ? 'bad' : risk === 'medium' ? 'warning' : undefined;

/** `Cursor +2 demo`: the first client, how many more, and which home it is where it is not the own one. */
function badges({ clients, home, state }: McpRow): Printable {
  const [first, ...others] = clients;
  if (first === undefined) return state === 'seen' ? ours('no client') : ours('registry only');
  const more = others.length === 0 ? ours('') : words` +${others.length}`;
  return words`${own(clientTitle(first))}${more}${home === null ? ours('') : words` (${visible(home, { max: 20 })})`}`;
}
