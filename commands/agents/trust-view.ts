// What the trust of an agent is made of, as lines for a person: the score, and below it each factor in words, the heaviest first.

import { asUntrusted, ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { widthOf } from '../../src/text/width.ts';
import { cellText } from '../output/cell.ts';
import type { Cell, View } from '../output/view.ts';
import { column, type Row } from '../rows.ts';

/** `--json` has it as the server sent it. */
export const trustView: View<Row> = { kind: 'text', lines: (answer) => [...headLines(answer), ...factorLines(answer)] };

const head = [
  column('agentName', 'Agent'),
  column('trustScore', 'Trust', { format: 'percent' }),
  column('overall', 'Trust', { format: 'percent' }),
  column('confidence', 'Confidence', { format: 'percent' }),
  column('calculatedAt', 'Worked out', { format: 'time' }),
];

function headLines(answer: Row): Cell[][] {
  const said = head.filter(({ key, value }) => value(answer) && !(key === 'overall' && 'trustScore' in answer));
  return said.map((field) => [ours(field.title.padEnd(12)), cellText(field, answer, { for: 'people', now: Date.now() })]);
}

function factorLines(answer: Row): Cell[][] {
  const [factors, weights, adds] = ['factors', 'weights', 'contributions'].map((key) => numbersOf(answer[key]));
  const names = Object.keys(factors ?? {}).sort((a, b) => (weights?.[b] ?? 0) - (weights?.[a] ?? 0));
  if (names.length === 0) return [[ours('The server does not say what it is made of.')]];
  const words = names.map((name) => visible(asUntrusted(FACTORS[name] ?? spaced(name)), { max: 40 }));
  const width = Math.max(...words.map(widthOf), 'Made of'.length) + 2;
  const title = `${'Made of'.padEnd(width)}${['Reached', 'Weighs', 'Adds'].map((text) => text.padStart(9)).join('')}`;
  return [
    [ours('')],
    [ours(title)],
    ...names.map((name, index): Cell[] => {
      const label = words[index] ?? ours('');
      const shares = [factors, weights, adds].map((numbers) => percent(numbers?.[name]).padStart(9)).join('');
      return [ours(`${label}${' '.repeat(width - widthOf(label))}`), ours(shares)];
    }),
  ];
}

// A factor that another server has beside these is named by its member.
const FACTORS: Readonly<Record<string, string>> = {
  verificationStatus: 'Verified by a person',
  uptime: 'Heard of regularly',
  successRate: 'Actions that succeed',
  securityAlerts: 'Free of security alerts',
  compliance: 'Described, key in order',
  executionIsolation: 'Runs isolated',
  age: 'Known for long',
  driftDetection: 'Free of drift',
  userFeedback: 'Rated by people',
};

const percent = (share: number | undefined): string => (share === undefined ? '-' : `${Math.round(share * 1000) / 10} %`);

const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');

function numbersOf(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, number]) => typeof number === 'number'));
}
