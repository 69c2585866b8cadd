// `y`: what of the selected thing to copy. Each entry shows what would be copied before it is.

import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { commandLine } from '../actions/twin.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { Chooser } from './chooser.tsx';
import { fuzzySort } from './fuzzy.ts';
import type { Selection } from './shell.ts';

export type Copyable = { name: Printable; text: string };

export function CopyMenu({
  selection,
  width,
  height,
  close,
}: {
  selection: Selection;
  width: number;
  height: number;
  close(): void;
}) {
  const dashboard = useDashboard();
  const entries = copyables(dashboard, selection);
  return (
    <Chooser
      name="copy"
      prompt={ours('copy: ')}
      entriesFor={(typed) => fuzzySort(entries, typed, ({ name }) => name)}
      rowOf={({ name, text }) => ({ left: [{ text: fit(name, 14), tone: 'key' }, visible(text, { max: 300 })] })}
      onChoose={(_, entry) => {
        close();
        if (entry) dashboard.copy(entry.text, entry.name);
      }}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}

/** The exact texts, as they are: what is shown is made visible, what is copied is not. */
export function copyables(
  { registry, state, api }: Pick<Dashboard, 'registry' | 'state' | 'api'>,
  { subject, value, label }: Selection,
): Copyable[] {
  const item = known({ state }, subject, value);
  const show = registry.find(
    ({ id, args }) => id.endsWith('.show') && Object.values(args).some((argument) => argument.subject === subject),
  );
  const name = item && 'name' in item && typeof item.name === 'string' ? item.name : label;
  return [
    { name: ours('id'), text: value },
    { name: ours('name'), text: name },
    ...(show ? [{ name: ours('command'), text: commandLine(show, [value]) }] : []),
    ...(item ? [{ name: ours('JSON'), text: JSON.stringify(item, null, 2) }] : []),
    { name: ours('server'), text: api.server },
  ];
}

function known({ state }: Pick<Dashboard, 'state'>, subject: Selection['subject'], value: string): object | undefined {
  if (subject === 'agent') return state.agents.getState().items.find(({ id }) => id === value);
  if (subject === 'alert') return state.alerts.getState().items.find(({ id }) => id === value);
  if (subject === 'event') {
    const row = state.events.at(state.events.sequenceOf(value));
    return row?.kind === 'event' ? row.event : undefined;
  }
  return undefined;
}
