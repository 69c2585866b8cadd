// What is asked of a log, split by what it costs: what the head of a line decides, what must occur in its text, and what needs all of it.

import type { EventSeverity, LogEntry } from './entry.ts';
import { severities } from './entry.ts';
import type { LineHead } from './line-head.ts';
import { matchesEntry, parseLogFilter, rank } from './log-filter.ts';

export type LogQuery = {
  severity?: EventSeverity | undefined;
  agent?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  filter?: string | undefined;
};

export type CompiledQuery = {
  /** What was asked and when, for another thread to compile again. */
  asked: { query: LogQuery; now: number };
  /** Why the filter cannot be used, and its term. */
  error: { message: string; term: string } | null;
  /** The rule itself. The two below only save looking at lines that cannot fit. */
  fits(entry: LogEntry): boolean;
  /** Whether a line with this head can fit; null when every head can. */
  head: ((head: LineHead) => boolean) | null;
  /** Lower-case ASCII without escapes that a fitting line has in its text. */
  needles: readonly string[];
  /** The head decides alone. */
  isHeadEnough: boolean;
};

export function compileQuery(query: LogQuery, now = Date.now()): CompiledQuery {
  const { severity, agent, since, until, filter = '' } = query;
  const parsed = parseLogFilter(filter, { now });
  const least = severity === undefined ? 0 : severities.indexOf(severity);
  const tests: ((head: LineHead) => boolean)[] = [];
  if (severity !== undefined)
    tests.push((head) => rank(head.severity as EventSeverity) >= least || !severities.includes(head.severity as EventSeverity));
  // Text compares as time does: both are UTC, and 19 characters are the seconds, at which neither is exact enough to be told apart.
  const timed = (test: (second: string) => boolean) => (head: LineHead) => {
    head.readTime();
    return test(head.time.slice(0, 19));
  };
  if (since !== undefined) tests.push(timed((second) => second >= since.slice(0, 19)));
  if (until !== undefined) tests.push(timed((second) => second <= until.slice(0, 19)));
  const { heads, needles, isAll } = shortcuts(filter);
  return {
    asked: { query, now },
    error: parsed.error,
    fits(entry) {
      if (rank(entry.severity) < least) return false;
      if (since !== undefined && (entry.time === null || entry.time < since)) return false;
      if (until !== undefined && (entry.time === null || entry.time > until)) return false;
      if (agent !== undefined && entry.agentName !== agent && entry.agentId !== agent) return false;
      return matchesEntry(parsed.filter, entry);
    },
    head:
      tests.length + heads.length === 0
        ? null
        : (head) => tests.every((test) => test(head)) && heads.every((test) => test(head)),
    needles: agent === undefined || !isPlain(agent) ? needles : [...needles, agent.toLowerCase()],
    isHeadEnough: isAll && agent === undefined && since === undefined && until === undefined,
  };
}

/** What the terms of a filter say about a line before it is parsed. Terms that say nothing are left to the parsed line. */
function shortcuts(filter: string): { heads: ((head: LineHead) => boolean)[]; needles: string[]; isAll: boolean } {
  const heads: ((head: LineHead) => boolean)[] = [];
  const needles: string[] = [];
  const terms = filter.split(/\s+/).filter(Boolean);
  // Quotes and regular expressions may hold spaces: then a piece of the text is no term.
  if (/["/~]/.test(filter)) return { heads, needles, isAll: false };
  let isAll = true;
  for (const term of terms) {
    const found = /^(!?)(category|type|severity)([:=])([\w,]+)$/i.exec(term);
    const [, not = '', name = '', operator = ':', value = ''] = found ?? [];
    if (found) {
      const words = value.toLowerCase().split(',').filter(Boolean);
      const member = name.toLowerCase() as 'category' | 'type' | 'severity';
      const judge = (value: string): boolean => {
        const held = value.toLowerCase();
        return words.some((word) => (operator === '=' ? held === word : held.includes(word))) !== (not === '!');
      };
      let last = '';
      let verdict = false;
      heads.push((head) => {
        if (head[member] === last) return verdict;
        last = head[member];
        verdict = judge(last);
        return verdict;
      });
      continue;
    }
    isAll = false;
    const value2 = /^(?:[\w.]+[:=])?([^:=<>!,]+)$/.exec(term)?.[1];
    if (value2 !== undefined && !/^(?:since|until|file|source|format|level|time):/i.test(term) && isPlain(value2))
      needles.push(value2.toLowerCase());
  }
  return { heads, needles, isAll };
}

/** Occurs in the line as it is: nothing that JSON escapes, no number (1000 may be written 1e3), not the word for an absent member. */
const isPlain = (value: string): boolean =>
  /^[\w.@-]{2,}$/.test(value) && !/^[\d.e+-]+$/i.test(value) && !/^(?:none|nan|null)$/i.test(value);
