// The parts of the page of one agent, each with what it needs from the server and how it reads.

import type { Row } from '../../../commands/rows.ts';
import { ours, type Printable } from '../../../src/text/brand.ts';
import { localDateTime } from '../../../src/text/time.ts';
import { visible } from '../../../src/text/visible.ts';
import { fit } from '../../../src/text/width.ts';
import type { Agent } from '../../../src/wire/agent.ts';
import type { Timestamp } from '../../../src/wire/scalars.ts';
import { percent, sparkline, trustTone } from '../../look.ts';
import type { Runs } from '../../paint.ts';
import type { Theme, Tone } from '../../theme.ts';
import type { DetailItem } from '../../widgets/detail.tsx';
import { own, words } from '../../words.ts';
import type { AgentRecords, Answered, RecordName } from './agent-records.ts';

export type SectionId = 'identity' | 'trust' | 'rights' | 'servers' | 'events' | 'alerts' | 'audit' | 'keys';

export type Section = {
  id: SectionId;
  title: Printable;
  needs: readonly RecordName[];
  /** Identity and events are made elsewhere, from what is known anyway. */
  items?(agent: Agent, records: AgentRecords, theme: Theme): readonly DetailItem[];
};

export const sections: readonly Section[] = [
  { id: 'identity', title: ours('Identity'), needs: [] },
  { id: 'trust', title: ours('Trust'), needs: ['trust', 'trustHistory'], items: trustItems },
  { id: 'rights', title: ours('Rights'), needs: ['capabilities'], items: rightItems },
  { id: 'servers', title: ours('MCP'), needs: ['servers'], items: (_, { servers }) => listItems(servers, SERVERS) },
  { id: 'events', title: ours('Events'), needs: [] },
  { id: 'alerts', title: ours('Alerts'), needs: ['alerts', 'violations'], items: alertItems },
  { id: 'audit', title: ours('Audit'), needs: ['audit'], items: (_, { audit }) => listItems(audit, AUDIT) },
  { id: 'keys', title: ours('Keys'), needs: ['keys'], items: keyItems },
];

type Lines = { empty: string; cells(row: Row): readonly [text: Printable, tone?: Tone][] };

const SERVERS: Lines = {
  empty: 'It is linked to no MCP server. It is linked when it attests one, or by detection.',
  cells: (row) => [[fit(text(row['name']), 28), 'strong'], [fit(text(row['status']), 12)], [text(row['url']), 'muted']],
};
const AUDIT: Lines = {
  empty: 'Nobody has changed anything about it.',
  cells: (row) => [
    [fit(timeText(row['timestamp']), 20), 'muted'],
    [fit(text(row['userName'] ?? row['agentName']), 24)],
    [text(row['action']), 'strong'],
    [changesText(row['metadata']), 'muted'],
  ],
};
const ALERTS: Lines = {
  empty: 'No alerts.',
  cells: (row) => [
    [fit(timeText(row['createdAt']), 20), 'muted'],
    [fit(text(row['severity']), 10), severityTone(row['severity'])],
    [text(row['title'])],
    [row['isAcknowledged'] === true ? ours('  seen') : ours(''), 'muted'],
  ],
};
const VIOLATIONS: Lines = {
  empty: 'It tried nothing that it may not.',
  cells: (row) => [
    [fit(timeText(row['createdAt']), 20), 'muted'],
    [fit(row['isBlocked'] === false ? ours('allowed') : ours('blocked'), 10), row['isBlocked'] === false ? 'warning' : 'good'],
    [words`${text(row['attemptedCapability'])} `, 'strong'],
    [text(row['resource']), 'muted'],
  ],
};
const CAPABILITIES: Lines = {
  empty: 'Nothing without asking. c gives it a capability; so does e.',
  cells: (row) => [
    [fit(text(row['capabilityType']), 28), 'strong'],
    [fit(row['executionMode'] ? words`mode ${text(row['executionMode'])}` : ours(''), 14), 'muted'],
    [scopeText(row['capabilityScope'])],
    [words`since ${timeText(row['grantedAt'])}`, 'muted'],
    [row['isHoneytoken'] === true ? ours('  trap: using it raises an alert') : ours(''), 'warning'],
  ],
};

function rightItems(_: Agent, { capabilities }: AgentRecords): readonly DetailItem[] {
  return [heading('May do without asking'), ...listItems(capabilities, CAPABILITIES)];
}

function alertItems(_: Agent, { alerts, violations }: AgentRecords): readonly DetailItem[] {
  return [
    heading('Alerts'),
    ...listItems(alerts, ALERTS),
    GAP,
    heading('Tried beyond what it may'),
    ...listItems(violations, VIOLATIONS),
  ];
}

function trustItems(agent: Agent, { trust, trustHistory }: AgentRecords, theme: Theme): readonly DetailItem[] {
  const head: DetailItem[] = [
    { kind: 'field', label: ours('  trust now'), value: percent(agent.trustScore), tone: trustTone(agent.trustScore) },
    GAP,
    heading('Made of'),
  ];
  return [...head, ...factorItems(trust, theme), GAP, heading('Over time'), ...historyItems(trustHistory, theme)];
}

function factorItems(trust: Answered<Row>, theme: Theme): readonly DetailItem[] {
  if (trust === null || typeof trust === 'string') return notYet(trust);
  const factors = numbersOf(trust['factors']);
  const weights = numbersOf(trust['weights']);
  if (Object.keys(factors).length === 0) return [note('The server does not say what it is made of.')];
  return Object.entries(factors)
    .sort(([a], [b]) => (weights[b] ?? 0) - (weights[a] ?? 0))
    .map(([name, value]): DetailItem => {
      const share = value > 1 ? value / 100 : value;
      const filled = Math.round(Math.max(0, Math.min(1, share)) * 20);
      const bar = `${(theme.ascii ? '#' : '█').repeat(filled)}${(theme.ascii ? '.' : '░').repeat(20 - filled)}` as Printable;
      return {
        kind: 'line',
        runs: [
          fit(words`  ${visible(spaced(name), { max: 40 })}`, 26),
          { text: fit(percent(share), 6, 'right'), tone: trustTone(share) },
          ours('  '),
          { text: bar, tone: trustTone(share) },
          { text: weights[name] === undefined ? ours('') : words`  weighs ${percent(weights[name])}`, tone: 'muted' },
        ],
      };
    });
}

function historyItems(history: Answered<readonly Row[]>, theme: Theme): readonly DetailItem[] {
  if (history === null || typeof history === 'string') return notYet(history);
  if (history.length === 0) return [note('It has not changed yet.')];
  const scores = history.flatMap((row) => (typeof row['trustScore'] === 'number' ? [share(row['trustScore'])] : [])).reverse();
  const line: DetailItem = {
    kind: 'line',
    runs: [
      ours('  '),
      sparkline(
        scores.slice(-60).map((score) => score * 100),
        100,
        theme,
      ),
    ],
  };
  return [
    line,
    ...history.slice(0, 30).map((row): DetailItem => {
      const score = typeof row['trustScore'] === 'number' ? share(row['trustScore']) : null;
      return {
        kind: 'line',
        runs: [
          { text: words`  ${fit(timeText(row['timestamp'] ?? row['createdAt']), 20)}`, tone: 'muted' },
          { text: fit(percent(score), 6, 'right'), tone: trustTone(score) },
          ours('  '),
          text(row['reason'] ?? row['changeReason']),
        ],
      };
    }),
  ];
}

function keyItems(agent: Agent, { keys }: AgentRecords): readonly DetailItem[] {
  const shown: DetailItem[] = [
    field('algorithm', visible(agent.keyAlgorithm ?? 'not said')),
    field('public key', visible(agent.publicKey ?? 'not shown by this server')),
    field('made', agent.keyCreatedAt === null ? ours('not said') : localDateTime(agent.keyCreatedAt)),
    field('ends', agent.keyExpiresAt === null ? ours('not said') : localDateTime(agent.keyExpiresAt)),
    field('rotations', words`${agent.rotationCount}`),
  ];
  if (keys === null || typeof keys === 'string') return [heading('Key'), ...shown, GAP, ...notYet(keys)];
  const known = new Set([
    'publicKey',
    'keyAlgorithm',
    'keyCreatedAt',
    'keyExpiresAt',
    'rotationCount',
    'agentId',
    'agentName',
    'id',
  ]);
  const more = Object.entries(keys).filter(
    ([name, value]) => !known.has(name) && value !== null && value !== '' && typeof value !== 'object',
  );
  return [
    heading('Key'),
    ...shown,
    ...more.map(([name, value]) => field(spaced(name), /At$|Until$/.test(name) ? timeText(value) : text(value))),
  ];
}

function listItems(rows: Answered<readonly Row[]>, { empty, cells }: Lines): readonly DetailItem[] {
  if (rows === null || typeof rows === 'string') return notYet(rows);
  if (rows.length === 0) return [note(empty)];
  return rows.map((row): DetailItem => {
    const runs: Runs = cells(row).flatMap(([cell, tone]) => [ours('  '), { text: cell, tone }]);
    return { kind: 'line', runs };
  });
}

const notYet = (because: string | null): readonly DetailItem[] => [
  because === null
    ? note('Asking the server…')
    : {
        kind: 'line',
        runs: [{ text: words`  The server does not give it: ${visible(because, { max: 200 })}`, tone: 'warning' }],
      },
];

const GAP: DetailItem = { kind: 'gap' };
const heading = (title: string): DetailItem => ({ kind: 'heading', text: ours(title) });
const note = (words_: string): DetailItem => ({ kind: 'line', runs: [{ text: words`  ${ours(words_)}`, tone: 'muted' }] });
const field = (label: string, value: Printable): DetailItem => ({
  kind: 'field',
  label: words`  ${visible(label, { max: 40 })}`,
  value,
});
const text = (value: unknown): Printable => visible(value === null || value === undefined ? '' : String(value), { max: 200 });
const share = (score: number): number => (score > 1 ? score / 100 : score);
const timeText = (value: unknown): Printable =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? localDateTime(value as Timestamp) : text(value);
const severityTone = (severity: unknown): Tone =>
  severity === 'critical' || severity === 'high' ? 'bad' : severity === 'warning' ? 'warning' : 'normal';
const spaced = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const numbersOf = (value: unknown): Record<string, number> =>
  typeof value === 'object' && value !== null
    ? (Object.fromEntries(Object.entries(value).filter(([, number]) => typeof number === 'number')) as Record<string, number>)
    : {};
const scopeText = (scope: unknown): Printable =>
  typeof scope === 'object' && scope !== null && Object.keys(scope).length > 0
    ? words`for ${text(JSON.stringify(scope))}`
    : ours('');
const changesText = (metadata: unknown): Printable =>
  typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length > 0
    ? words`  ${own('')}${text(JSON.stringify(metadata))}`
    : ours('');
