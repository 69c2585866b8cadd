// `aim audit verify`: is the chain on the server whole, and is it still the one that was verified from here before?

import { resolve } from 'node:path';
import { z } from 'zod';
import { ExitCode, PolicyError } from '../../src/errors.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { callForRow, cellOf, column, type Row, rowRecord } from '../rows.ts';
import { keepLastHead, type LastHead, lastHeadPath, readLastHead } from './last-head.ts';

export const verify = defineAction({
  id: 'audit.verify',
  summary: 'Check the chain of the audit log on the server',
  description:
    'Exit 5 where an entry was changed, removed or put in, and where all of it was written anew since it was last verified from here: the end of the log is kept on this machine, one for each organisation.',
  examples: [
    { command: 'audit verify && echo whole', summary: 'In a script' },
    { command: 'audit verify --anchor /media/usb/aim.json', summary: 'With the end of the log on another medium' },
  ],
  args: {},
  options: {
    anchor: {
      summary: 'Keep the end of the log there, not in the state folder',
      value: 'FILE',
      schema: z.string().min(1).optional(),
    },
    anew: {
      summary: 'Take the log as it is from here on: a backup was restored, say',
      schema: z.boolean().default(false),
    },
  },
  needs: 'admin',
  feature: 'audit.chain',
  run: async (context, _, { anchor, anew }) => {
    const path = anchor === undefined ? await ownPath(context) : resolve(context.io.cwd, anchor);
    const known = anew || path === null ? null : readLastHead(path);
    const query = known === null ? {} : { sequence: known.sequence };
    const { entry, ...found } = await callForRow(context, { path: PATH, subject: 'audit', query });
    if (found['valid'] !== true) throw broken(found);
    // A server that does not say what stands there says nothing about the past either.
    const isSame = known !== null && entry !== undefined;
    if (isSame && hashOf(entry) !== known.hash) throw rewritten(known, hashOf(entry) === null, found);
    if (path !== null) keep(context, path, found);
    return { ...found, since: isSame ? { sequence: known.sequence, at: known.at } : null };
  },
  view: rowRecord([
    column('valid', 'Whole'),
    column('checked', 'Entries checked'),
    column('head', 'Last hash'),
    { ...column('since', 'Unchanged since'), value: ({ since }) => cellOf((since as LastHead | null)?.at) },
  ]),
});

const PATH = '/api/v1/admin/audit-logs/verify';

async function ownPath({ api, settings, signal }: ActionContext): Promise<string | null> {
  const { organizationId } = await api.me({ signal });
  return organizationId ? lastHeadPath(settings.paths.state, organizationId) : null;
}

const hashOf = (entry: unknown): unknown => (entry as { hash?: unknown } | null)?.hash ?? null;

function keep({ io }: ActionContext, path: string, { checked, head, at }: Row): void {
  const [sequence, hash] = [Number(checked), String(head)];
  if (!(sequence > 0)) return;
  try {
    keepLastHead(path, { sequence, hash, at: typeof at === 'string' ? at : new Date().toISOString() });
  } catch (error) {
    io.note(`aim: the end of the log could not be kept in ${path} (${(error as { code?: string }).code ?? 'unknown'}).`);
  }
}

const broken = (found: Row): PolicyError =>
  new PolicyError('audit.broken', {
    message: `The audit log is not what was written: ${String(found['fault'] ?? 'it does not check')} at entry ${String(found['sequence'] ?? 'unknown')}.`,
    next: 'Keep the server as it is, and compare with an export that is kept elsewhere: aim audit export',
    exitCode: ExitCode.Forbidden,
    current: found,
  });

const rewritten = ({ sequence, at }: LastHead, isGone: boolean, found: Row): PolicyError =>
  new PolicyError('audit.rewritten', {
    message: `The audit log is not the one that was verified from here at ${at}: entry ${sequence} ${isGone ? 'is gone' : 'is another one'}, and all of it fits together.`,
    next: 'Keep the server as it is, and compare with an export of that time. If a backup was restored since: aim audit verify --anew',
    exitCode: ExitCode.Forbidden,
    current: found,
  });
