// How output is to look: decided once from options, settings, environment and the stream it goes to.

import { UsageError } from '../../src/errors.ts';
import { nearest } from '../../src/settings/nearest.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { Io } from '../action.ts';
import type { GlobalFlags } from '../global-options.ts';

export const formats = ['table', 'plain', 'json', 'ndjson', 'yaml', 'csv'] as const;
export type Format = (typeof formats)[number];

export type OutputStyle = {
  format: Format;
  /** Null: all fields. */
  fields: readonly string[] | null;
  jq: string | null;
  template: string | null;
  columns: readonly string[] | null;
  sort: { column: string; descending: boolean } | null;
  headers: boolean;
  truncate: boolean;
  quiet: boolean;
  width: number;
  isTerminal: boolean;
  bold(text: string): string;
  dim(text: string): string;
};

/** @throws UsageError for a format that does not exist. */
export function outputStyle(flags: GlobalFlags, settings: Settings | null, io: Pick<Io, 'stdout' | 'env'>): OutputStyle {
  const isTerminal = io.stdout.isTTY === true;
  checkTogether(flags);
  const sgr = (code: number) => (text: string) => (usesColor(settings, io) ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    format: formatOf(flags, isTerminal),
    fields: flags.json ? listOf(flags.json) : null,
    jq: flags.jq ?? null,
    template: flags.template ?? null,
    columns: flags.columns === undefined ? null : listOf(flags.columns),
    sort: flags.sort === undefined ? null : { column: flags.sort.replace(/^-/, ''), descending: flags.sort.startsWith('-') },
    headers: flags.headers !== false,
    truncate: flags.trunc !== false,
    quiet: flags.quiet === true,
    width: io.stdout.columns || 80,
    isTerminal,
    bold: sgr(1),
    dim: sgr(2),
  };
}

/** Whether `--json` or its equal was asked for: then errors are objects too. */
export const asksForJson = (flags: GlobalFlags) =>
  flags.json !== undefined || flags.jq !== undefined || flags.output === 'json' || flags.output === 'ndjson';

function formatOf(flags: GlobalFlags, isTerminal: boolean): Format {
  if (flags.output === undefined)
    return flags.json !== undefined || flags.jq !== undefined || flags.template !== undefined
      ? 'json'
      : isTerminal
        ? 'table'
        : 'plain';
  if ((formats as readonly string[]).includes(flags.output)) return flags.output as Format;
  const meant = nearest(flags.output, formats);
  throw new UsageError('output.unknown-format', {
    message: `There is no output format ${JSON.stringify(flags.output)}.${meant === null ? '' : ` Did you mean ${meant}?`}`,
    next: `The formats are: ${formats.join(', ')}`,
    field: 'output',
  });
}

// What would not be looked at is refused, so that a script does not go on with another answer than it asked for.
function checkTogether({ jq, template, output }: GlobalFlags): void {
  const one = jq !== undefined ? '--jq' : template !== undefined ? '--template' : null;
  if (one === null || output === undefined || output === 'json' || output === 'ndjson') {
    if (jq === undefined || template === undefined) return;
    throw new UsageError('output.two-ways', {
      message: '--jq and --template are two ways to write one answer.',
      field: 'template',
    });
  }
  throw new UsageError('output.two-ways', {
    message: `${one} writes the answer itself, so that -o ${output.slice(0, 20)} has nothing to write.`,
    next: `Leave one of them out.`,
    field: 'output',
  });
}

function usesColor(settings: Settings | null, io: Pick<Io, 'stdout' | 'env'>): boolean {
  const color = settings?.get('color') ?? 'never';
  return color === 'always' || (color === 'auto' && io.stdout.isTTY === true && io.env['TERM'] !== 'dumb');
}

const listOf = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
