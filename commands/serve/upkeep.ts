// `aim serve status|stop|backup|restore`: looking after a control plane of this machine.

import { resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type Action, type ActionContext, type Argument, defineAction } from '../action.ts';
import type { Column } from '../output/view.ts';
import { databaseOption, dataOption, serverFolder } from './options.ts';
import { type Running, runningIn, stopIn, toStop } from './running.ts';

const data = { ...dataOption, summary: 'The data folder that it uses' };
const folderOf = ({ settings, io }: ActionContext, given: string | undefined): string =>
  given === undefined ? serverFolder(settings) : resolve(io.cwd, given);

const runningFields: Column<Running>[] = [
  { key: 'running', title: 'Runs', value: ({ running }) => running },
  { key: 'ready', title: 'Ready', value: ({ ready }) => ready },
  { key: 'url', title: 'Address', value: ({ url }) => text(url) },
  { key: 'pid', title: 'Process', value: ({ pid }) => pid },
  { key: 'version', title: 'Version', value: ({ version }) => text(version) },
  { key: 'data', title: 'Data', value: (row) => text(row.data) },
];
const text = (value: string | null) => (value === null ? null : asUntrusted(value));

const status = defineAction({
  id: 'serve.status',
  summary: 'Say whether a control plane runs here, and where it listens',
  description: 'Exit 0 when one runs and is ready, 1 when not.',
  args: {},
  options: { data },
  needs: 'none',
  commandLineOnly: true,
  run: (context, _, options) => runningIn(folderOf(context, options.data)),
  exitCode: ({ ready }) => (ready ? 0 : 1),
  view: { kind: 'record', fields: runningFields, next: ({ running }) => (running ? null : 'Start one: aim serve --detach') },
});

const stop = defineAction({
  id: 'serve.stop',
  summary: 'Stop the control plane of this machine',
  description:
    'It finishes what it is answering, tells those who follow the stream, and ends. Nothing that was acknowledged is lost.',
  args: {},
  options: { data },
  needs: 'none',
  risk: 'change',
  commandLineOnly: true,
  plan: async (context, _, options) => {
    const { pid, url } = await toStop(folderOf(context, options.data));
    return [`process ${pid}, which serves ${url}, would be told to end`];
  },
  run: (context, _, options) => stopIn(folderOf(context, options.data), context.signal),
  view: { kind: 'text', lines: ({ url, pid }) => [[ours('Stopped: '), text(url), ours(', process '), pid]] },
});

const backupFile: Argument<string> = { summary: 'The file of the backup', parse: (given) => z.string().min(1).parse(given) };
const replaceOption = (summary: string) => ({ summary, schema: z.boolean().default(false) });

const backup = defineAction({
  id: 'serve.backup',
  summary: 'Write everything that a control plane keeps into one file, while it runs',
  description:
    'The file is an SQLite database, of SQLite and PostgreSQL alike, and either can be restored from it. The audit chain in it is checked before it is called a backup. It holds hashes of passwords and secrets of webhooks: keep it as you keep a key.',
  examples: [
    { command: 'serve backup ~/aim-2026-11-23.db', summary: 'The control plane of this user' },
    { command: 'serve backup aim.db --database postgres://aim@db/aim', summary: 'One on PostgreSQL' },
  ],
  args: { file: backupFile },
  options: { data, database: databaseOption, replace: replaceOption('Put it in the place of a backup of this name') },
  needs: 'none',
  risk: 'change',
  commandLineOnly: true,
  run: async (context, { file }, options) => {
    mustBeOne(options);
    const { backUp } = await import('../../src/control-plane/operation/backup.ts');
    const { replace } = options;
    return backUp(options.database ?? folderOf(context, options.data), resolve(context.io.cwd, file), { replace });
  },
  plan: async (context, { file }, options) => {
    mustBeOne(options);
    const { planBackup } = await import('../../src/control-plane/operation/plan-upkeep.ts');
    return planBackup(options.database ?? folderOf(context, options.data), resolve(context.io.cwd, file), options);
  },
  view: {
    kind: 'text',
    lines: ({ file, contents }) => [[ours('Backed up to '), asUntrusted(file)], [ours(sentence(contents))]],
  },
});

const restore = defineAction({
  id: 'serve.restore',
  summary: 'Make a control plane from a backup',
  description:
    'Checks the backup and its audit chain, then puts it into an empty folder or database. What is there already is never overwritten: with --replace it is set aside first. People sign in again afterwards: what signs sessions is in no backup.',
  examples: [{ command: 'serve restore ~/aim-2026-11-23.db --data ./aim', summary: 'Into a folder of its own' }],
  args: { file: backupFile },
  options: {
    data,
    database: databaseOption,
    replace: replaceOption('Set aside what is there, and put the backup in its place'),
  },
  needs: 'none',
  risk: 'change',
  commandLineOnly: true,
  run: async (context, { file }, options) => {
    mustBeOne(options);
    const { restore: putBack } = await import('../../src/control-plane/operation/restore.ts');
    const { replace } = options;
    return putBack(resolve(context.io.cwd, file), options.database ?? folderOf(context, options.data), { replace });
  },
  plan: async (context, { file }, options) => {
    mustBeOne(options);
    const { planRestore } = await import('../../src/control-plane/operation/plan-upkeep.ts');
    const { says, contents } = await planRestore(
      resolve(context.io.cwd, file),
      options.database ?? folderOf(context, options.data),
      options,
    );
    return [...says, `the backup holds ${sentence(contents)}`];
  },
  view: {
    kind: 'text',
    lines: ({ contents, setAside }) => [
      [ours('Restored. '), ours(sentence(contents))],
      ...(setAside === null ? [] : [[ours('What was there before is in '), asUntrusted(setAside)]]),
    ],
  },
});

function sentence({ agents, users, verifications, auditEntries }: Record<string, number>): string {
  return `${agents} agents, ${users} people, ${verifications} verifications; the audit chain of ${auditEntries} entries is whole.`;
}

function mustBeOne(options: { data?: string | undefined; database?: string | undefined }): void {
  if (options.data === undefined || options.database === undefined) return;
  throw new UsageError('serve.which', {
    message: '--data and --database are two places.',
    next: 'Name the one that is meant (AIM_DATABASE counts too).',
    field: 'database',
  });
}

export const upkeepActions: readonly Action[] = [status, stop, backup, restore];
