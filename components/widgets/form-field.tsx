// One field of a form: label, what is typed, and what is wrong with it or what it is for.

import type { TextEdit } from '../../src/state/text-edit.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Blank, Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import { words } from '../words.ts';
import type { Field } from './form.tsx';
import { fieldText } from './text-field.ts';

export type FormFieldProps = {
  field: Field;
  edit: TextEdit;
  isCurrent: boolean;
  problem: string | null;
  width: number;
  rows: number;
};

export function FormField({ field, edit, isCurrent, problem, width, rows }: FormFieldProps) {
  const { theme } = useDashboard();
  const labelWidth = Math.min(18, Math.floor(width / 3));
  const room = width - labelWidth - 6;
  const pointer = (isCurrent ? theme.glyphs.cursor : ' ') as Printable;
  const label = {
    text: fit(words`${pointer} ${field.label}${(field.required ? ' *' : '') as Printable}`, labelWidth + 2),
    tone: isCurrent ? ('strong' as const) : ('muted' as const),
  };
  const sign = isCurrent ? (theme.ascii ? '_' : '▏') : '';
  const value = field.choices
    ? words`${(isCurrent ? (theme.ascii ? '< ' : '◂ ') : '') as Printable}${visible(edit.text)}${(isCurrent ? (theme.ascii ? ' >' : ' ▸') : '') as Printable}`
    : isCurrent
      ? fieldText(edit, room, sign, field.masked)
      : fit(fieldText({ text: edit.text, cursor: 0 }, Math.max(room, edit.text.length + 2), '', field.masked), room);
  const below: Runs =
    problem && edit.text !== ''
      ? [{ text: visible(problem), tone: 'bad' }]
      : field.theirs !== undefined
        ? [{ text: moved(field.theirs, edit.text), tone: 'warning' }]
        : isCurrent && field.help
          ? [{ text: field.help, tone: 'muted' }]
          : [];
  return (
    <>
      <Line runs={[label, ' ' as Printable, { text: value, tone: isCurrent ? 'strong' : 'normal' }]} width={width} />
      <Line runs={[fit('' as Printable, labelWidth + 3), ...below]} width={width} />
      <Blank rows={rows - 2} />
    </>
  );
}

const moved = (theirs: string, typed: string): Printable =>
  typed === theirs
    ? ours('somebody else’s is taken; ^T goes back to yours')
    : words`now ${visible(theirs, { max: 200 })} (^T takes it)`;
