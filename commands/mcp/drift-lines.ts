// How a change of a server's definitions reads in lines: what, why it matters, and both texts word by word.

import type { Change } from '../../src/mcp/drift.ts';
import { wordDiff } from '../../src/mcp/word-diff.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import type { McpChange, McpDrift } from '../../src/wire/mcp.ts';
import type { Cell } from '../output/view.ts';

export function driftLines(drift: McpDrift): Cell[][] {
  const { mcpServerName, status, severity, changes = [], changesTotal, decidedBy, reason } = drift;
  const decided: Cell[] = decidedBy === null ? [] : [ours(' by '), decidedBy, ...(reason === null ? [] : [ours(': '), reason])];
  const more = changesTotal - changes.length;
  return [
    [ours(`${severity.padEnd(9)}`), mcpServerName ?? asUntrusted(drift.mcpServerId), ours(` ${status}`), ...decided],
    ...changes.flatMap(changeLines),
    ...(more > 0 && changes.length > 0 ? [[ours(`  and ${more} more changes`)]] : []),
  ];
}

/** One change: what, why it matters, and both texts word by word. */
export function changeLines({ subject, kind, member, severity, why, before, after }: McpChange | Change): Cell[][] {
  const head: Cell[] = [
    ours(`  ${severity.padEnd(9)}${kind} `),
    asUntrusted(subject),
    asUntrusted(member === null ? '' : `.${member}`),
    ours('  '),
    asUntrusted(why),
  ];
  if (kind !== 'changed') return [head];
  if (before === null || after === null)
    return [
      head,
      [ours('           - '), asUntrusted(before ?? '(nothing)')],
      [ours('           + '), asUntrusted(after ?? '(nothing)')],
    ];
  const parts = wordDiff(before, after).map(
    ({ kind: part, text }): Cell =>
      asUntrusted(part === 'same' ? shortened(text) : part === 'added' ? `{+${text}+}` : `[-${text}-]`),
  );
  return [head, [ours('           '), ...parts]];
}

const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 50)} … ${text.slice(-50)}` : text);
