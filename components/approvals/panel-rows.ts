// The panel's rows at a width: what changed, what now holds, the facts, and below them in a gutter what the agent says.

import type { Change } from '../../src/state/approvals/changes.ts';
import type { Claim, Fact } from '../../src/state/approvals/fact.ts';
import type { Dossier } from '../../src/state/approvals/facts.ts';
import type { Told } from '../../src/state/approvals/model.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import { fit, widthOf } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';
import type { Runs } from '../paint.ts';

export type PanelRowsOptions = {
  dossier: Dossier;
  changes: readonly Change[];
  told: Told | null;
  /** Nothing is left to decide: how the key stood before is no longer of interest. */
  isSettled: boolean;
  /** What this reviewer would give, where it was made less. */
  given: Printable | null;
  width: number;
  /** The bar before other people's words. */
  gutter: Printable;
  /** Claims are three rows at first: prose must not push the facts away. */
  isExpanded: boolean;
};

/** Every row, none of them cut: what is too wide goes on in the next row. */
export function panelRows({ dossier, changes, told, given, isSettled, width, gutter, isExpanded }: PanelRowsOptions): Runs[] {
  const { verdict, facts, claims, remarks } = dossier;
  const signed = facts.filter((fact) => fact.origin === 'signed');
  const others = facts.filter((fact) => fact.origin !== 'signed');
  return [
    ...(told === null ? [] : wrap(told.words, width).map((text): Runs => [{ text, tone: told.tone }])),
    ...(changes.length === 0 ? [] : changeRows(changes, width)),
    ...(given === null ? [] : wrap(say2(ours('You would give'), given), width).map((text): Runs => [{ text, tone: 'strong' }])),
    ...(isSettled && verdict.kind === 'signed' ? [] : wrap(verdict.because, width)).map(
      (text): Runs => [{ text, tone: verdict.kind === 'signed' ? 'muted' : 'bad' }],
    ),
    ...(signed.length === 0 ? [] : [heading(ours('What the agent signed'))]),
    ...signed.flatMap((fact) => factRows(fact, width)),
    heading(signed.length === 0 ? ours('What the server says, and nobody signed') : ours('What the server says about it')),
    ...others.flatMap((fact) => factRows(fact, width)),
    ...(claims.length === 0 ? [] : [heading(ours('What the agent says (unverified)'))]),
    ...claims.flatMap((claim) => claimRows(claim, width, gutter, isExpanded)),
    ...(remarks.length === 0 ? [] : [heading(ours('What reviewers say to each other'))]),
    ...remarks.flatMap((remark) => claimRows(remark, width, gutter, isExpanded)),
  ];
}

const heading = (text: Printable): Runs => [{ text, tone: 'accent' }];

function factRows(fact: Fact, width: number): Runs[] {
  const labelWidth = width < 60 ? 10 : 16;
  const isWide = widthOf(fact.label) > labelWidth;
  const label = isWide ? ours('parameter') : fact.label;
  const value = isWide ? (`${fact.label} = ${fact.value}` as Printable) : fact.value;
  return wrap(value, width - labelWidth - 2).map((row, index) => [
    { text: fit(index === 0 ? label : NOTHING, labelWidth), tone: 'muted' },
    TWO,
    { text: row, tone: fact.tone },
  ]);
}

function claimRows({ label, text }: Claim, width: number, gutter: Printable, isExpanded: boolean): Runs[] {
  const rows = wrap(say2(label, text), width - 3);
  const shown = isExpanded || rows.length <= COLLAPSED ? rows : rows.slice(0, COLLAPSED);
  const bar = { text: ` ${gutter} ` as Printable, tone: 'untrusted' as const };
  const lines: Runs[] = shown.map((row) => [bar, { text: row, tone: 'untrusted' }]);
  const left = rows.length - shown.length;
  return left === 0
    ? lines
    : [...lines, [bar, { text: say`and ${counted(left, 'more row')} of it (e shows them)`, tone: 'warning' }]];
}

const COLLAPSED = 3;

function changeRows(changes: readonly Change[], width: number): Runs[] {
  const side = (sign: string, label: Printable, text: Printable | null, tone: 'bad' | 'good'): Runs[] =>
    text === null ? [] : wrap(`${sign} ${label}: ${text}` as Printable, width).map((row): Runs => [{ text: row, tone }]);
  return [
    [{ text: ours('CHANGED since you opened it. Read it again:'), tone: 'warning' }],
    ...changes.flatMap(({ label, before, after }) => [...side('-', label, before, 'bad'), ...side('+', label, after, 'good')]),
  ];
}

const say2 = (label: Printable, text: Printable): Printable => `${label}: ${text}` as Printable;
const NOTHING = ours('');
const TWO = ours('  ');
