// `aim logs tail`: security logs as they grow.

import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import type { LogItem, LogPosition } from '../../src/security-log/entry.ts';
import { tail as tailFiles } from '../../src/security-log/tail.ts';
import { defineAction } from '../action.ts';
import { logLine } from './log-view.ts';
import { fileArgument, filesOf, queryOptions, sourceOption, sourcesOf } from './options.ts';
import { compiledQuery } from './query.ts';

export const tail = defineAction({
  id: 'logs.tail',
  summary: 'Print the last lines of security logs, and new ones as they come',
  description:
    'Reads lines of AIM SDKs, journald, syslog, other JSON and prose. Follows a log over rotation, truncation and deletion, reads rotated and compressed parts, and says in place where lines are missing or were changed. With --json each line is one object.',
  examples: [
    { command: 'logs tail', summary: 'Follow the logs that the program knows' },
    { command: 'logs tail --severity warning --since 1h', summary: 'What went wrong in the last hour, and from now on' },
    {
      command: 'logs tail security.log --source audit --source ssh://box/var/log/aim/security.log',
      summary: 'A file, the audit log and a file of another machine, in one view',
    },
    {
      command: 'logs tail /var/log/aim/security.log --no-follow --backlog 1000 --json',
      summary: 'The last 1000 lines, for a program',
    },
  ],
  args: { file: fileArgument },
  options: {
    follow: { summary: 'End after the lines that are there', schema: z.boolean().default(true) },
    backlog: {
      summary: 'Begin with so many of the last lines (default 10; all with --since)',
      value: 'N',
      schema: z.coerce.number().int().min(0).optional(),
    },
    cursor: {
      summary: 'After this line of an earlier run, of one log: the inode and end of its source, as 4711:8192',
      value: 'POSITION',
      schema: z
        .string()
        .regex(/^\d+:\d+$/, 'it is no position, as 4711:8192')
        .optional(),
    },
    limit: { summary: 'End after so many lines that fit', value: 'N', schema: z.coerce.number().int().min(1).optional() },
    exitOn: { summary: 'End after the first line that fits this filter', value: 'TEXT', schema: z.string().optional() },
    source: sourceOption,
    ...queryOptions,
  },
  needs: 'none',
  async *stream(context, { file }, options): AsyncGenerator<LogItem> {
    const { follow, backlog, cursor, limit = Number.POSITIVE_INFINITY, exitOn, source, ...wanted } = options;
    const { files, areNamed } = filesOf(context, file, { mayComeLater: follow, mayBeNone: source.length > 0 });
    const sources = sourcesOf(context, source);
    const { fits } = compiledQuery(wanted);
    const isLast = exitOn === undefined ? () => false : compiledQuery({ filter: exitOn }).fits;
    const resume = cursor === undefined ? undefined : resumeAt(cursor, files);
    const isMissing = (item: LogItem) => item.kind === 'notice' && item.notice === 'missing';
    const isWhole = wanted.since !== undefined || cursor !== undefined;
    const count = backlog ?? (isWhole ? Number.POSITIVE_INFINITY : 10);
    let left = limit;
    for await (const item of tailFiles(files, { follow, backlog: count, sources, resume, signal: context.signal })) {
      if (item.kind === 'notice') {
        if (areNamed || !isMissing(item)) yield item;
        continue;
      }
      if (!fits(item.entry)) continue;
      yield item;
      left -= 1;
      if (left <= 0 || isLast(item.entry)) return;
    }
  },
  line: logLine,
});

function resumeAt(cursor: string, files: readonly string[]): Record<string, LogPosition> {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) {
    throw new UsageError('logs.cursor', {
      message: 'A position belongs to one log.',
      next: 'Name the log that it is of: aim logs tail FILE --cursor POSITION',
      field: 'cursor',
    });
  }
  const [inode = 0, offset = 0] = cursor.split(':').map(Number);
  return { [file]: { inode, offset, seq: null } };
}
