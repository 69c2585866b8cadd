// A form: fields that are checked while they are typed, and that keep what was typed when the server says no.

import { Box } from 'ink';
import { useRef, useState } from 'react';
import { editKey, insert, type TextEdit, textEdit } from '../../src/state/text-edit.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import { bind } from '../keys/bind.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useLatestState } from '../keys/use-latest-state.ts';
import { Blank, Line } from '../line.tsx';
import { words } from '../words.ts';
import { FormField } from './form-field.tsx';

export type Field = {
  name: string;
  label: Printable;
  /** One line below the field. */
  help?: Printable | undefined;
  initial?: string | undefined;
  /** What is typed already, where that is something else than `initial`. */
  begins?: string | undefined;
  /** What somebody else made of it meanwhile: `ctrl-t` takes it, and again goes back to one's own. */
  theirs?: string | undefined;
  required?: boolean | undefined;
  /** Choices are walked with left and right; typing finds the next that begins so. */
  choices?: readonly string[] | undefined;
  masked?: boolean | undefined;
  /** Null where it is fine, else what is wrong in a few words. */
  check?(text: string): string | null;
};

export type FormProps = {
  name: string;
  title: Printable;
  fields: readonly Field[];
  /** What `ctrl-s` does, as one word: `save`. */
  verb: Printable;
  /** Why it is shown once more. */
  notice?: Printable | undefined;
  width: number;
  height: number;
  /** Throws what went wrong; the form stays open with everything in it. */
  onSubmit(values: Record<string, string>): Promise<void>;
  onCancel(): void;
};

export function Form({ name, title, fields, verb, notice, width, height, onSubmit, onCancel }: FormProps) {
  const { theme } = useDashboard();
  const typed = useLatestState<Record<string, TextEdit>>(() =>
    Object.fromEntries(fields.map((field) => [field.name, textEdit(field.begins ?? field.initial)])),
  );
  const own = useRef<Record<string, TextEdit>>({});
  const place = useLatestState(() =>
    Math.max(
      0,
      fields.findIndex(({ theirs }) => theirs !== undefined),
    ),
  );
  const [failure, setFailure] = useState<string | null>(notice ?? null);
  const [isBusy, setBusy] = useState(false);
  const [isLeaving, setLeaving] = useState(false);

  const at = place.value;
  const field = fields[at];
  const latestField = () => fields[place.latest()];
  const editOf = (of: Field) => typed.latest()[of.name] ?? textEdit();
  const textOf = (of: Field) => editOf(of).text;
  const problemOf = (of: Field) => (of.required && textOf(of).trim() === '' ? 'is needed' : (of.check?.(textOf(of)) ?? null));
  const isChanged = fields.some((of) => textOf(of) !== (of.initial ?? ''));
  const change = (next: TextEdit) => {
    setFailure(null);
    setLeaving(false);
    const current = latestField();
    if (current) typed.set({ ...typed.latest(), [current.name]: next });
  };

  const submit = () => {
    const wrong = fields.findIndex((of) => problemOf(of) !== null);
    if (wrong !== -1) {
      place.set(wrong);
      setFailure(`${fields[wrong]?.label} ${problemOf(fields[wrong] as Field)}`);
      return;
    }
    if (isBusy) return;
    setBusy(true);
    onSubmit(Object.fromEntries(fields.map((of) => [of.name, textOf(of)]))).catch((error: unknown) => {
      setBusy(false);
      setFailure(error instanceof Error ? error.message : String(error));
    });
  };
  const cancel = () => {
    // What was typed is not thrown away by one key that also means "back".
    if (isChanged && !isLeaving) setLeaving(true);
    else onCancel();
  };
  const takeTheirs = () => {
    const current = latestField();
    if (current?.theirs === undefined) return;
    const edit = editOf(current);
    if (edit.text === current.theirs) return change(own.current[current.name] ?? textEdit(current.begins));
    own.current[current.name] = edit;
    change(textEdit(current.theirs));
  };
  const isLast = () => place.latest() === fields.length - 1;
  const step = (by: number) => () => place.set((place.latest() + by + fields.length) % fields.length);

  const bindings: Binding[] = [
    bind('form.next', ['tab', 'down'], 'next', 'Go to the next field', step(1), 2),
    bind('form.previous', ['shift-tab', 'up'], 'previous', 'Go to the field before', step(-1)),
    bind(
      'form.enter',
      ['enter'],
      at === fields.length - 1 ? verb : 'next',
      'Next field; on the last one, send',
      () => (isLast() ? submit() : step(1)()),
      1,
    ),
    bind('form.submit', ['ctrl-s'], verb, 'Send', submit, 3),
    ...(fields.some(({ theirs }) => theirs !== undefined)
      ? [
          bind(
            'form.theirs',
            ['ctrl-t'],
            'theirs',
            'Take what somebody else made of this field, or go back to yours',
            takeTheirs,
            2,
          ),
        ]
      : []),
    bind('form.cancel', ['esc', 'ctrl-c'], 'cancel', 'Leave without sending', cancel, 4),
  ];
  useKeys(bindings, {
    id: `form:${name}`,
    level: 'overlay',
    modal: true,
    type: (key) => {
      const current = latestField();
      if (!current || isBusy) return false;
      const next = current.choices
        ? chosen(current.choices, textOf(current), key.name, key.text)
        : editKey(editOf(current), key);
      if (next) change(next);
      return next !== null;
    },
    paste: (text) => {
      const current = latestField();
      if (current && !current.choices) change(insert(editOf(current), text.replace(/\r?\n|\r/g, ' ')));
    },
  });

  const rowsPerField = height >= fields.length * 3 + 4 ? 3 : 2;
  const visibleCount = Math.max(1, Math.floor((height - 3) / rowsPerField));
  const first = Math.max(0, Math.min(at - visibleCount + 1, fields.length - visibleCount));
  const shown = fields.slice(first, first + visibleCount);
  const status = isBusy ? 'sending…' : isLeaving ? 'esc again leaves without saving what you typed' : failure;
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}`, tone: 'accent' }]} width={width} />
      {shown.map((of) => (
        <FormField
          key={of.name}
          field={of}
          edit={typed.value[of.name] ?? textEdit()}
          isCurrent={of === field}
          problem={problemOf(of)}
          width={width}
          rows={rowsPerField}
        />
      ))}
      <Blank rows={Math.max(0, height - 2 - shown.length * rowsPerField)} />
      <Line runs={status ? [{ text: visible(status), tone: isBusy ? 'info' : 'warning' }] : []} width={width} />
    </Box>
  );
}

/** Left and right walk the choices, a letter goes to the next that begins with it. */
function chosen(choices: readonly string[], current: string, name: string, text: string | null): TextEdit | null {
  const at = choices.indexOf(current);
  if (name === 'left') return textEdit(choices[(at - 1 + choices.length) % choices.length]);
  if (name === 'right' || name === 'space') return textEdit(choices[(at + 1) % choices.length]);
  if (text === null) return null;
  const rotated = [...choices.slice(at + 1), ...choices.slice(0, at + 1)];
  const found = rotated.find((choice) => choice.startsWith(text.toLowerCase()));
  return textEdit(found ?? current);
}
