// The timeline of an incident: chosen lines in the order of their times, with notes, as Markdown for people or JSON for programs.

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolderSync } from '../settings/make-folder.ts';
import { visible } from '../text/visible.ts';
import type { LogEntry } from './entry.ts';

export type TimelineItem = { entry: LogEntry; note: string | null };
export type Timeline = { title: string; from: string | null; to: string | null; items: TimelineItem[] };

export function timelineOf(title: string, items: readonly TimelineItem[]): Timeline {
  // Lines without a time keep their place behind the line before them.
  let last = '';
  const timed = items.map((item) => {
    last = item.entry.time ?? last;
    return { item, time: last };
  });
  timed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const times = timed.map(({ time }) => time).filter(Boolean);
  return { title, from: times[0] ?? null, to: times.at(-1) ?? null, items: timed.map(({ item }) => item) };
}

/** What others wrote is made visible and put between backticks: no heading, link, table cell or HTML of theirs comes out as one. */
export function timelineMarkdown({ title, from, to, items }: Timeline): string {
  const head = [
    `# ${inline(title)}`,
    '',
    `${items.length} ${items.length === 1 ? 'line' : 'lines'}, ${from ?? 'without times'}${to === null ? '' : ` to ${to}`} (UTC).`,
    '',
  ];
  const rows = items.map(({ entry, note }) => {
    const { time, severity, type, agentName, agentId, message, source } = entry;
    const cells = [
      time ?? '',
      severity ?? '',
      code(type),
      code(agentName ?? agentId),
      code(message),
      note === null ? '' : inline(note),
      code(`${source.file}:${source.line || `byte ${source.offset}`}`),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  if (rows.length === 0) return `${head.join('\n')}`;
  const table = [
    '| Time | Severity | Event | Agent | Message | Note | Where |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
  return `${[...head, ...table].join('\n')}\n`;
}

export function timelineJson({ title, from, to, items }: Timeline): object {
  return { title, from, to, items: items.map(({ entry, note }) => ({ ...entry, note })) };
}

/** Writes both forms into a folder below `folder`. Answers the path of the Markdown. Throws what the file system throws. */
export function writeTimeline(timeline: Timeline, folder: string, now: number): string {
  const name = join(folder, 'timelines', `timeline-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  makeFolderSync(dirname(name));
  writeFileSync(`${name}.md`, timelineMarkdown(timeline), { mode: 0o600 });
  writeFileSync(`${name}.json`, `${JSON.stringify(timelineJson(timeline), null, 2)}\n`, { mode: 0o600 });
  return `${name}.md`;
}

/** A code span: longer fences than any run of backticks in it, and no pipe that would end the cell. */
function code(text: string | null): string {
  if (text === null || text === '') return '';
  const shown = visible(text, { max: LONGEST }).replaceAll('|', '\u00a6');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
}

/** Our operator's own words: plain text, in which Markdown's signs are escaped. */
const inline = (text: string): string => visible(text, { max: LONGEST }).replaceAll(/[\\`*_{}[\]<>#|!&]/g, '\\$&');

const LONGEST = 500;
