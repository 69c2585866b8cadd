// `aim logs watch`: says only what deserves attention, while the logs grow.

import { z } from 'zod';
import { AlertWatch, type LogAlert } from '../../src/security-log/alert-rules.ts';
import { tail } from '../../src/security-log/tail.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import { type Column, tableView } from '../output/view.ts';
import { fileArgument, filesOf } from './options.ts';

const columns: readonly Column<LogAlert>[] = [
  { key: 'at', title: 'Time', value: ({ at }) => asUntrusted(new Date(at).toISOString()), format: 'time' },
  { key: 'severity', title: 'Severity', value: ({ severity }) => ours(severity.toUpperCase()) },
  { key: 'rule', title: 'Rule', value: ({ rule }) => ours(rule) },
  { key: 'text', title: 'What', value: ({ text }) => asUntrusted(text), grow: true },
];

export const watch = defineAction({
  id: 'logs.watch',
  summary: 'Watch security logs, and say only what deserves attention',
  description:
    'Alerts on a burst of denials, an MCP server that was never used before, drift of its tools, stale credentials, security events, a broken chain, and silence. The same alert about the same subject is given once within ten minutes. What is in the log already only teaches which MCP servers are known.',
  examples: [
    { command: 'logs watch --json', summary: 'One object per alert, for a program that notifies' },
    { command: 'logs watch --denials 5 --window 30', summary: 'Five denials of an agent within 30 seconds' },
  ],
  args: { file: fileArgument },
  options: {
    denials: {
      summary: 'So many denials of one agent (default 10)',
      value: 'N',
      schema: z.coerce.number().int().min(1).default(10),
    },
    window: {
      summary: 'Within so many seconds (default 60)',
      value: 'SECONDS',
      schema: z.coerce.number().int().min(1).default(60),
    },
    silence: {
      summary: 'Say when a log is quiet for so many seconds (default 900, 0 never)',
      value: 'SECONDS',
      schema: z.coerce.number().int().min(0).default(900),
    },
  },
  needs: 'none',
  async *stream(context, { file }, { denials, window, silence }): AsyncGenerator<LogAlert> {
    const { files } = filesOf(context, file, { mayComeLater: true });
    const { signal } = context;
    const rules = new AlertWatch({ denials, windowSeconds: window, silenceSeconds: silence });
    for await (const item of tail(files, { backlog: LEARNED, signal })) rules.learn(item);
    rules.begin();
    const lines = tail(files, { follow: true, backlog: 0, signal });
    let next = lines.next();
    next.catch(() => {}); // looked at below
    let quiet = pause(signal);
    while (!signal.aborted) {
      const result = await Promise.race([next, quiet]);
      if (result === null) {
        quiet = pause(signal);
        yield* rules.tick(Date.now());
      } else if (result.done) return;
      else {
        yield* rules.take(result.value, Date.now());
        next = lines.next();
        next.catch(() => {});
      }
    }
  },
  line: tableView({ rows: (alert: LogAlert) => [alert], columns, empty: '' }),
});

function pause(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve(null);
    };
    const timer = setTimeout(done, 5000).unref();
    signal.addEventListener('abort', done);
  });
}

const LEARNED = 10_000;
