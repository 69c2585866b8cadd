// `aim logs watch`: says only what deserves attention, while the logs grow.

import { resolve } from 'node:path';
import { z } from 'zod';
import { AlertWatch, type LogAlert } from '../../src/security-log/alert-rules.ts';
import type { LogItem } from '../../src/security-log/entry.ts';
import { tail } from '../../src/security-log/tail.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { ending, endingOptions } from '../ending.ts';
import { type Column, tableView } from '../output/view.ts';
import { streamOptions } from '../stream-options.ts';
import { fileArgument, filesOf, sourceOption, sourcesOf } from './options.ts';

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
    'Alerts on a burst of denials, an MCP server that was never used before, drift of its tools, stale credentials, security events, a broken chain, and silence. The same alert about the same subject is given once within ten minutes. What is in the log already only teaches which MCP servers are known; with --since what was written since then alerts as if it came now, and with --no-follow nothing else does.',
  examples: [
    { command: 'logs watch --json', summary: 'One object per alert, for a program that notifies' },
    { command: 'logs watch --source events --notify channels.json', summary: 'Of the control plane, to chat, mail or a phone' },
    { command: 'logs watch --since 1d --no-follow', summary: 'What it would have said since yesterday' },
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
    pause: {
      summary: 'Say the same about the same subject again only after so many seconds (default 600)',
      value: 'SECONDS',
      schema: z.coerce.number().int().min(0).default(600),
    },
    notify: {
      summary: 'Also tell people, over the channels of this file (docs/approvals.md), in words of ours and without names',
      value: 'FILE',
      schema: z.string().min(1).optional(),
      env: 'AIM_NOTIFY',
    },
    source: sourceOption,
    since: { ...streamOptions.since, summary: 'Begin with what was written since then, as if it came now' },
    ...endingOptions,
    follow: { ...endingOptions.follow, summary: 'End after what is written already' },
    limit: { ...endingOptions.limit, summary: 'End after so many alerts' },
  },
  needs: 'none',
  stream: (context, { file }, { limit, exitOn, ...options }) => ending(told(context, file, options), { limit, exitOn }),
  without: {
    cursor: {
      because: 'an alert is made of many lines, and has no position of its own',
      instead: 'Go on from the moment of the last one: --since TIME',
    },
  },
  line: tableView({ rows: (alert: LogAlert) => [alert], columns, empty: '' }),
});

async function* told(
  context: ActionContext,
  file: readonly string[] | undefined,
  { notify, ...options }: Watched & { notify?: string | undefined },
): AsyncGenerator<LogAlert> {
  if (notify === undefined) return yield* alerts(context, file, options);
  const [{ readChannels }, { tellAlerts }] = await Promise.all([
    import('../../src/notify/channels.ts'),
    import('../../src/security-log/tell-alerts.ts'),
  ]);
  const { signal, io } = context;
  const channels = await readChannels(resolve(io.cwd, notify), { ...io.env });
  const teller = tellAlerts(channels, { signal, said: (text) => io.note(`aim: ${text}`) });
  try {
    for await (const alert of alerts(context, file, options)) {
      teller.tell(alert);
      yield alert;
    }
  } finally {
    await teller.settled();
  }
}

type Watched = {
  denials: number;
  window: number;
  silence: number;
  pause: number;
  source: readonly string[];
  since?: string | undefined;
  until?: string | undefined;
  follow: boolean;
};

async function* alerts(
  context: ActionContext,
  file: readonly string[] | undefined,
  { denials, window, silence, pause: pauseSeconds, source, since, until, follow }: Watched,
): AsyncGenerator<LogAlert> {
  const { files } = filesOf(context, file, { mayComeLater: true, mayBeNone: source.length > 0 });
  const sources = sourcesOf(context, source);
  const { signal } = context;
  const rules = new AlertWatch({ denials, windowSeconds: window, silenceSeconds: silence, pauseSeconds });
  const timeOf = (item: LogItem) =>
    item.kind === 'entry' && item.entry.time !== null ? Date.parse(item.entry.time) : Number.NaN;
  const isNews = (item: LogItem) => since !== undefined && timeOf(item) >= Date.parse(since);
  const backlog = since === undefined ? LEARNED : Number.POSITIVE_INFINITY;
  let isOld = true;
  for await (const item of tail(files, { backlog, sources, signal })) {
    if (until !== undefined && timeOf(item) > Date.parse(until)) continue;
    if (isOld && !isNews(item)) rules.learn(item);
    else {
      if (isOld) rules.begin();
      isOld = false;
      yield* rules.take(item, Date.now());
    }
  }
  if (!follow) return;
  rules.begin();
  const lines = tail(files, { follow: true, backlog: 0, sources, signal });
  let next = lines.next();
  next.catch(() => {}); // looked at below
  let quiet = quietFor(signal);
  while (!signal.aborted) {
    const result = await Promise.race([next, quiet]);
    if (result === null) {
      quiet = quietFor(signal);
      yield* rules.tick(Date.now());
    } else if (result.done) return;
    else {
      yield* rules.take(result.value, Date.now());
      next = lines.next();
      next.catch(() => {});
    }
  }
}

function quietFor(signal: AbortSignal): Promise<null> {
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
