// Editing from the dashboard: in the user's editor with the terminal handed over, or in a form that is made of the same members.

import { join } from 'node:path';
import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import type { DifferenceLine } from '../../src/edit/difference.ts';
import { changedMembers, type EditDocument, type Held, type NewDocument } from '../../src/edit/document.ts';
import type { EditPorts } from '../../src/edit/edit-session.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';
import type { Moved } from './document-form.tsx';
import { errorLine } from './error-line.ts';
import { parsed, refuseWhenReadOnly } from './execute.ts';
import { showResult } from './show-result.ts';

type Texts = Readonly<Record<string, string>>;

/** In the editor that the user chose; who has chosen none gets the form, not a program that they may not know how to leave. */
export async function editAsText(dashboard: Dashboard, action: Action, args: Texts): Promise<void> {
  const { shell, context } = dashboard;
  if (context.settings.get('editor') === null) {
    await editInForm(dashboard, action, args);
    return;
  }
  try {
    const document = await documentOf(dashboard, action, args);
    const { createDocument, editDocument } = await import('../../src/edit/edit-session.ts');
    const ports = portsOf(dashboard);
    const edited = await ('read' in document ? editDocument(document, ports) : createDocument(document, ports));
    if (edited.outcome === 'unchanged') shell.say(ours('Nothing was changed.'));
    else if (edited.outcome === 'left')
      shell.say(
        edited.kept === null
          ? ours('Nothing was sent.')
          : words`Nothing was sent. Your text is in ${visible(edited.kept, { max: 200 })}`,
      );
    else await told(dashboard, action, document, edited.value, edited.changed);
  } catch (error) {
    if (!context.signal.aborted) shell.say(errorLine(error), 'bad');
  }
}

export async function editInForm(dashboard: Dashboard, action: Action, args: Texts): Promise<void> {
  const { shell, context } = dashboard;
  try {
    const document = await documentOf(dashboard, action, args);
    const before = 'read' in document ? await document.read(context.signal) : document.template;
    const { DocumentForm } = await import('./document-form.tsx');
    const onSubmit = async (after: Held, base: Held): Promise<Moved | null> => {
      const changed = changedMembers(document.members, 'read' in document ? base : {}, after);
      const merged = 'read' in document && changed.length > 0 ? await sendForm(document, base, after, context.signal) : null;
      if (merged !== null && merged.conflicts.length > 0) return merged;
      if (changed.length === 0) {
        shell.close();
        return null;
      }
      const value = 'read' in document ? after : await document.create(after, context.signal);
      shell.close();
      await told(dashboard, action, document, value, changed, merged?.taken);
      return null;
    };
    shell.open({
      kind: 'dialog',
      render: ({ width, height, close }) =>
        createElement(DocumentForm, { document, before, width, height, onSubmit, onCancel: close }),
    });
  } catch (error) {
    shell.say(errorLine(error), 'bad');
  }
}

/** What others changed meanwhile is kept. Where it is the same, nothing is sent: the form shows theirs beside one's own. */
async function sendForm(document: EditDocument, before: Held, after: Held, signal: AbortSignal): Promise<Moved> {
  const [{ threeWay }, now] = await Promise.all([import('../../src/edit/three-way.ts'), document.read(signal)]);
  const merged = threeWay(document.members, before, after, now);
  if (merged.conflicts.length === 0) await document.write({ before: now, after: merged.value, guarded: true }, signal);
  return { ...merged, now };
}

async function documentOf(dashboard: Dashboard, action: Action, args: Texts): Promise<EditDocument | NewDocument> {
  refuseWhenReadOnly(action, dashboard.context);
  const { document } = action;
  if (!document) throw new TypeError(`${action.id} edits nothing`);
  return document(dashboard.context, await parsed(action, args, dashboard.context));
}

async function told(
  dashboard: Dashboard,
  action: Action,
  document: EditDocument | NewDocument,
  value: Held,
  changed: readonly string[],
  taken: readonly string[] = [],
): Promise<void> {
  const { shell, state } = dashboard;
  const title = visible(document.title, { max: 60 });
  const kept = taken.length === 0 ? ours('') : words` Kept of theirs: ${visible(taken.join(', '), { max: 80 })}.`;
  shell.say(
    'read' in document
      ? words`Saved ${title}: ${visible(changed.join(', '), { max: 120 })}.${kept}`
      : words`Made ${visible(typeof value['name'] === 'string' ? value['name'] : document.title, { max: 60 })}.`,
    'good',
  );
  state.refresh();
  // A key that is shown this once.
  if ('privateKey' in value || 'secret' in value) await showResult(dashboard, action, value, title);
}

function portsOf(dashboard: Dashboard): EditPorts {
  const { context, handOver, shell } = dashboard;
  const { settings, io, signal } = context;
  return {
    folder: join(settings.paths.state, 'edits'),
    signal,
    async edit(path) {
      const { openEditor } = await import('../../src/edit/open-editor.ts');
      return handOver(() => openEditor(path, { settings, env: io.env, cwd: io.cwd }));
    },
    confirm: ({ title, lines, taken }) =>
      new Promise((resolve, reject) => {
        const ask = ({ ConfirmChange }: typeof import('./confirm-change.tsx')) =>
          shell.open({
            kind: 'dialog',
            render: (props) =>
              createElement(ConfirmChange, {
                ...props,
                title: visible(title, { max: 100 }),
                lines: lines as readonly DifferenceLine[],
                taken,
                onAnswer: resolve,
              }),
          });
        import('./confirm-change.tsx').then(ask).catch(reject);
      }),
  };
}
