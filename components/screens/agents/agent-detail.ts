// What there is to say about an agent, in the order an operator asks for it.

import type { LogRow } from '../../../src/state/event-log.ts';
import { ours, type Printable } from '../../../src/text/brand.ts';
import { localDateTime, localTime } from '../../../src/text/time.ts';
import { visible } from '../../../src/text/visible.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import { outcomeOf } from '../../../src/wire/event.ts';
import { outcomeTone, percent, statusTone, trustTone } from '../../look.ts';
import type { Tone } from '../../theme.ts';
import type { DetailItem } from '../../widgets/detail.tsx';
import { joined, own, words } from '../../words.ts';

/** `recent` null leaves out what it did. */
export function agentDetail(agent: Agent, recent: readonly Extract<LogRow, { kind: 'event' }>[] | null): readonly DetailItem[] {
  const time = (at: string | null): Printable => (at === null ? ours('never') : localDateTime(at));
  return [
    heading('Identity'),
    field('name', visible(agent.name)),
    ...(agent.displayName && agent.displayName !== agent.name ? [field('shown as', visible(agent.displayName))] : []),
    field('status', own(agent.status), statusTone[agent.status]),
    ...(agent.isCompromised ? [field('compromised', ours('yes: its key is not to be trusted'), 'bad')] : []),
    field('type', visible(agent.agentType ?? 'not said')),
    field('trust', percent(agent.trustScore), trustTone(agent.trustScore)),
    field('violations', words`${agent.capabilityViolationCount}`, agent.capabilityViolationCount > 0 ? 'warning' : 'normal'),
    field('id', visible(agent.id)),
    ...(agent.createdByEmail ? [field('owner', visible(agent.createdByEmail))] : []),
    ...(agent.version ? [field('version', visible(agent.version))] : []),
    GAP,
    ...(agent.description
      ? [quote('what it says of itself, unverified', visible(agent.description, { lines: 'many', max: 4000 })), GAP]
      : []),
    heading('May do without asking'),
    ...(agent.capabilities.length === 0
      ? [note('Nothing. Each capability is granted by an operator.')]
      : agent.capabilities.map((name): DetailItem => ({ kind: 'line', runs: [ours('  '), visible(name)] }))),
    GAP,
    ...(recent === null ? [] : [heading('Lately'), ...eventItems(recent), GAP]),
    heading('Life'),
    field('registered', time(agent.createdAt)),
    field('verified', time(agent.verifiedAt)),
    field('last active', time(agent.lastActive)),
    field('changed', time(agent.updatedAt)),
    ...listOf(
      'Talks to',
      agent.talksTo.map((name) => visible(name)),
    ),
    ...listOf(
      'Tags',
      agent.tags.map(({ key, value }) => (value === null ? visible(key) : words`${visible(key)} = ${visible(value)}`)),
    ),
    ...links(agent),
  ];
}

/** What it did since this dashboard was opened, the newest first. */
export function eventItems(recent: readonly Extract<LogRow, { kind: 'event' }>[]): readonly DetailItem[] {
  if (recent.length === 0) return [note('Nothing since this dashboard was opened. v shows it live.')];
  return recent.map(eventLine);
}

function links(agent: Agent): DetailItem[] {
  const given = [
    ['certificate', agent.certificateUrl],
    ['source', agent.repositoryUrl],
    ['documentation', agent.documentationUrl],
  ] as const;
  const fields = given.flatMap(([label, url]) => (url ? [field(label, visible(url))] : []));
  return fields.length === 0 ? [] : [GAP, heading('Links, as the agent gave them'), ...fields];
}

function eventLine({ at, event }: Extract<LogRow, { kind: 'event' }>): DetailItem {
  const outcome = outcomeOf(event);
  const resource = event.resource ? words` ${visible(event.resource, { max: 120 })}` : ours('');
  return {
    kind: 'line',
    runs: [
      { text: words`  ${localTime(at)} `, tone: 'muted' },
      { text: own(outcome.padEnd(8)), tone: outcomeTone[outcome] },
      joined([visible(event.action ?? '', { max: 120 }), resource]),
    ],
  };
}

const listOf = (title: string, values: readonly Printable[]): DetailItem[] =>
  values.length === 0
    ? []
    : [GAP, heading(title), ...values.map((value): DetailItem => ({ kind: 'line', runs: [ours('  '), value] }))];

const GAP: DetailItem = { kind: 'gap' };
const heading = (text: string): DetailItem => ({ kind: 'heading', text: ours(text) });
const field = (label: string, value: Printable, tone?: Tone): DetailItem => ({
  kind: 'field',
  label: words`  ${ours(label)}`,
  value,
  tone,
});
const quote = (label: string, text: Printable): DetailItem => ({ kind: 'quote', label: words`  ${ours(label)}`, text });
const note = (text: string): DetailItem => ({ kind: 'line', runs: [{ text: words`  ${ours(text)}`, tone: 'muted' }] });
