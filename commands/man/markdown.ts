// The reference of all verbs as one Markdown page: docs/commands.md is this text, and a test keeps it so.

import type { Action } from '../action.ts';
import { type GlobalOption, globalOptions } from '../global-options.ts';
import { usageOf } from '../help/help-text.ts';
import { exitCodes } from '../help/topics.ts';
import { optionFlags } from '../option-kind.ts';
import { headings, verbGroups } from '../verbs.ts';

export function markdownReference(registry: readonly Action[]): string {
  return [
    '# Commands',
    '<!-- Made from the registry: aim man --format markdown > docs/commands.md -->',
    'Every verb of `aim`. The same text, for one verb: `aim VERB --help`.',
    ...headings.flatMap((heading) => [
      `## ${heading}`,
      ...Object.entries(verbGroups)
        .filter(([, group]) => group.heading === heading)
        .flatMap(([word]) => registry.filter(({ id }) => id === word || id.startsWith(`${word}.`)).map(section)),
    ]),
    '## Options of every verb',
    table(
      ['Option', 'What it does'],
      (globalOptions as readonly GlobalOption[]).map((option) => [code(globalFlags(option)), option.summary]),
    ),
    '## Exit codes',
    table(
      ['Code', 'Meaning'],
      exitCodes.map(([value, , words]) => [String(value), words]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(action: Action): string {
  const args = Object.entries(action.args).map(([name, { summary }]) => [code(name.toUpperCase()), summary]);
  const options = Object.entries(action.options).map(([name, option]) => [code(optionFlags(name, option)), option.summary]);
  return [
    `### aim ${action.id.replaceAll('.', ' ')}`,
    `${action.summary}.${action.description === undefined ? '' : ` ${action.description}`}`,
    fenced([
      usageOf(action),
      ...(action.examples ?? []).flatMap(({ command, summary }) => ['', `# ${summary}`, `aim ${command}`]),
    ]),
    ...(args.length + options.length === 0 ? [] : [table(['Argument or option', 'What it does'], [...args, ...options])]),
    notes(action),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function notes({ needs, risk, feature }: Action): string {
  const parts = [
    needs === undefined || needs === 'viewer' ? '' : needs === 'none' ? 'Works without a sign-in.' : `Needs the role ${needs}.`,
    risk === 'dangerous'
      ? 'Asks first; `--yes` answers.'
      : risk === 'named'
        ? 'Wants the name typed; `--confirm NAME` gives it.'
        : '',
    feature === undefined ? '' : `Needs a server with \`${feature}\`.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const globalFlags = ({ name, short, value }: GlobalOption) =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : name === 'json' ? `[=${value}]` : ` ${value}`}`;

const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``;
const fenced = (lines: readonly string[]) => ['```sh', ...lines, '```'].join('\n');
const cell = (text: string) =>
  text
    .replaceAll('\n', ' ')
    .replace(/(?<!\\)\|/g, '\\|')
    .replaceAll('<', '&lt;');
const table = (titles: readonly string[], rows: readonly (readonly string[])[]) =>
  [titles, titles.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((text) => (text.startsWith('`') ? text : cell(text))).join(' | ')} |`)
    .join('\n');
