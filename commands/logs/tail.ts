// `aim logs tail`: security logs as they grow.

import { z } from 'zod';
import type { LogItem } from '../../src/security-log/entry.ts';
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
    source: sourceOption,
    ...queryOptions,
  },
  needs: 'none',
  async *stream(context, { file }, { follow, backlog, source, ...wanted }): AsyncGenerator<LogItem> {
    const { files, areNamed } = filesOf(context, file, { mayComeLater: follow, mayBeNone: source.length > 0 });
    const sources = sourcesOf(context, source);
    const { fits } = compiledQuery(wanted);
    const isMissing = (item: LogItem) => item.kind === 'notice' && item.notice === 'missing';
    const count = backlog ?? (wanted.since === undefined ? 10 : Number.POSITIVE_INFINITY);
    for await (const item of tailFiles(files, { follow, backlog: count, sources, signal: context.signal })) {
      if (item.kind === 'notice' ? areNamed || !isMissing(item) : fits(item.entry)) yield item;
    }
  },
  line: logLine,
});
