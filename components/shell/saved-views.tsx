// Saved views: the list as it is shown now, under a name and perhaps a key, and all of them to choose from.

import { createElement } from 'react';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { fit } from '../../src/text/width.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { isKeyName } from '../keys/key-overrides.ts';
import { Form } from '../widgets/form.tsx';
import { words } from '../words.ts';
import { Chooser } from './chooser.tsx';
import { lineOf } from './destination.ts';
import { fuzzySort } from './fuzzy.ts';
import type { OverlayProps } from './shell.ts';

export function openViews({ shell, lines }: Dashboard): void {
  lines.reload();
  shell.open({ kind: 'dialog', rows: 12, render: (props) => createElement(ChooseView, props) });
}

function ChooseView({ width, height, close }: OverlayProps) {
  const { lines, runLine } = useDashboard();
  const { views, keys } = lines.getState();
  const entries = Object.entries(views);
  return (
    <Chooser
      name="views"
      prompt={entries.length === 0 ? ours('No saved views: Ctrl-S on a list saves one. ') : ours('view: ')}
      entriesFor={(typed) => fuzzySort(entries, typed, ([name, line]) => `${name} ${line}`)}
      rowOf={([name, line]) => ({
        left: [
          { text: fit(visible(keys[`view.${name}`] ?? ''), 8), tone: 'key' },
          { text: fit(visible(name, { max: 50 }), 22), tone: 'strong' },
          { text: words` ${visible(line, { max: 200 })}`, tone: 'muted' },
        ],
      })}
      onChoose={(_, entry) => {
        close();
        if (entry) runLine(entry[1]);
      }}
      onCancel={close}
      width={width}
      height={height}
    />
  );
}

export function saveView(dashboard: Dashboard): void {
  const { shell } = dashboard;
  const list = shell.list(shell.place.screen);
  if (!list) return;
  const line = lineOf(shell.place.screen, list.getState());
  shell.open({ kind: 'dialog', rows: 9, render: (props) => createElement(SaveView, { ...props, line }) });
}

function SaveView({ width, height, close, line }: OverlayProps & { line: string }) {
  const { execute, lines, shell } = useDashboard();
  const save = async ({ name = '', key = '' }: Record<string, string>) => {
    await execute('views.save', { name, line }, key === '' ? {} : { key });
    close();
    lines.reload();
    shell.say(words`Saved. :${visible(name, { max: 50 })} shows it again, or * and its name.`, 'good');
  };
  const check = (text: string) => {
    if (text === '') return null;
    if (!isKeyName(text)) return 'is no key: f2, ctrl-t, or one character';
    const taken = Object.entries(lines.getState().keys).find(([id, keys]) => id.startsWith('view.') && keys === text);
    return taken ? `is the key of ${taken[0].slice(5)}` : null;
  };
  return (
    <Form
      name="save-view"
      title={words`Save this view: ${visible(line, { max: 160 })}`}
      fields={[
        { name: 'name', label: ours('Name'), required: true, help: ours('For the palette: :name shows the view') },
        { name: 'key', label: ours('Key'), help: ours('f2 to f12, ctrl-t, or none'), check },
      ]}
      verb={ours('save')}
      width={width}
      height={height}
      onSubmit={save}
      onCancel={close}
    />
  );
}
