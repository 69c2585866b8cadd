// The columns of the list of agents.

import { ours, type Printable } from '../../../src/text/brand.ts';
import { age } from '../../../src/text/time.ts';
import { visible } from '../../../src/text/visible.ts';
import { type Agent, agentStatuses, agentTypes } from '../../../src/wire/agent.ts';
import type { Dashboard } from '../../dashboard-context.ts';
import { percent, statusTone, trustTone } from '../../look.ts';
import type { ListColumn } from '../../widgets/columns.ts';
import { own, words } from '../../words.ts';

export function agentColumns({ now, state }: Pick<Dashboard, 'now' | 'state'>): readonly ListColumn<Agent>[] {
  const activeAt = (agent: Agent) => state.lastSeen.get(agent.id) ?? agent.lastActive;
  const ageOf = (time: string | null): Printable => (time === null ? ours('never') : age(time, now()));
  return [
    {
      key: 'name',
      title: ours('NAME'),
      width: 14,
      grow: true,
      cell: (agent) => visible(agent.name, { max: 200 }),
      value: (agent) => agent.name,
    },
    {
      key: 'status',
      title: ours('STATUS'),
      width: 11,
      cell: (agent) => (agent.isCompromised ? ours('COMPROMISED') : own(agent.status)),
      tone: (agent) => (agent.isCompromised ? 'bad' : statusTone[agent.status]),
      value: (agent) => (agent.isCompromised ? 'compromised' : agent.status),
      words: [...agentStatuses, 'compromised'],
    },
    {
      key: 'trust',
      title: ours('TRUST'),
      width: 6,
      align: 'right',
      giveUp: 2,
      cell: (agent) => percent(agent.trustScore),
      tone: (agent) => trustTone(agent.trustScore),
      value: (agent) => agent.trustScore,
    },
    {
      key: 'violations',
      title: ours('VIOL'),
      width: 5,
      align: 'right',
      giveUp: 5,
      cell: (agent) => words`${agent.capabilityViolationCount}`,
      tone: (agent) => (agent.capabilityViolationCount > 0 ? 'warning' : 'muted'),
      value: (agent) => agent.capabilityViolationCount,
    },
    {
      key: 'type',
      title: ours('TYPE'),
      width: 10,
      giveUp: 4,
      cell: (agent) => visible(agent.agentType ?? '', { max: 40 }),
      value: (agent) => agent.agentType,
      words: agentTypes,
    },
    {
      key: 'capabilities',
      title: ours('CAPABILITIES'),
      width: 16,
      grow: true,
      giveUp: 6,
      cell: (agent) => visible(agent.capabilities.join(', '), { max: 200 }),
      tone: () => 'muted',
      value: (agent) => agent.capabilities,
    },
    {
      key: 'active',
      title: ours('ACTIVE'),
      width: 6,
      align: 'right',
      giveUp: 3,
      cell: (agent) => ageOf(activeAt(agent)),
      value: (agent) => timeOf(activeAt(agent)),
      isTime: true,
    },
    {
      key: 'created',
      title: ours('AGE'),
      width: 5,
      align: 'right',
      giveUp: 7,
      cell: (agent) => ageOf(agent.createdAt),
      value: (agent) => timeOf(agent.createdAt),
    },
    {
      key: 'tag',
      title: ours('TAGS'),
      width: 0,
      hidden: true,
      cell: (agent) => visible(tagsOf(agent).join(', '), { max: 200 }),
      value: tagsOf,
    },
    {
      key: 'description',
      title: ours('DESCRIPTION'),
      width: 0,
      hidden: true,
      cell: (agent) => visible(agent.description ?? '', { max: 200 }),
      value: (agent) => agent.description,
    },
    {
      key: 'owner',
      title: ours('OWNER'),
      width: 0,
      hidden: true,
      cell: (agent) => visible(agent.createdByEmail ?? '', { max: 200 }),
      value: (agent) => agent.createdByEmail,
    },
    {
      key: 'version',
      title: ours('VERSION'),
      width: 0,
      hidden: true,
      cell: (agent) => visible(agent.version ?? '', { max: 60 }),
      value: (agent) => agent.version,
    },
    { key: 'id', title: ours('ID'), width: 0, hidden: true, cell: (agent) => visible(agent.id), value: (agent) => agent.id },
  ];
}

const tagsOf = ({ tags }: Agent): string[] => tags.map(({ key, value }) => (value ? `${key}=${value}` : key));

const timeOf = (time: string | null): number | null => (time === null ? null : Date.parse(time));
