// Editing as a text on a command's own terminal: the editor, then the difference, then the question whether to apply it.

import { join } from 'node:path';
import type { EditDocument, NewDocument } from '../../src/edit/document.ts';
import type { Edited, EditPorts } from '../../src/edit/edit-session.ts';
import { UsageError } from '../../src/errors.ts';
import { visible } from '../../src/text/visible.ts';
import type { ActionContext } from '../action.ts';
import { ask } from '../ask-line.ts';

/** @throws UsageError where nobody can edit: in a pipe, with --no-input, and in the dashboard, which has its own way. */
export async function editInTerminal(
  context: Pick<ActionContext, 'settings' | 'io' | 'signal'>,
  document: EditDocument | NewDocument,
): Promise<Edited> {
  const { settings, io, signal } = context;
  if (!io.mayAsk || !io.stdin.isTTY || !io.stdout.isTTY) {
    throw new UsageError('edit.nothing', {
      message: 'Nothing was given to change, and an editor needs a terminal.',
      next: 'Give what is to change as options, or with --from.',
    });
  }
  const [{ createDocument, editDocument }, { openEditor }] = await Promise.all([
    import('../../src/edit/edit-session.ts'),
    import('../../src/edit/open-editor.ts'),
  ]);
  const ports: EditPorts = {
    folder: join(settings.paths.state, 'edits'),
    signal,
    edit: (path) => openEditor(path, { settings, env: io.env, cwd: io.cwd }),
    async confirm({ title, lines, taken }) {
      io.stderr.write(`${visible(title)}\n`);
      for (const { kind, text } of lines) io.stderr.write(`  ${SIGNS[kind]}${visible(text)}\n`);
      if (taken.length > 0) io.stderr.write(`  Kept as somebody changed it meanwhile: ${taken.join(', ')}\n`);
      return io.agreed ? 'apply' : answer(io, signal);
    },
  };
  const edited = await ('read' in document ? editDocument(document, ports) : createDocument(document, ports));
  if (edited.outcome === 'unchanged') io.note('Nothing was changed.');
  if (edited.outcome === 'left') io.note(`Nothing was sent.${edited.kept === null ? '' : ` Your text is in ${edited.kept}`}`);
  return edited;
}

const SIGNS = { member: '', removed: '- ', added: '+ ' } as const;

async function answer(io: ActionContext['io'], signal: AbortSignal): Promise<'apply' | 'again' | 'leave'> {
  const word = (await ask('Apply this? yes, edit, or no: ', io, signal)).trim().toLowerCase();
  return word === 'yes' ? 'apply' : word === 'edit' || word === 'e' ? 'again' : 'leave';
}
