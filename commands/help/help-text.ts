// `--help` of a verb, of a group and of the program: what it does in one line, examples, then arguments and options.

import { ours } from '../../src/text/brand.ts';
import { wrap } from '../../src/text/wrap.ts';
import type { Action } from '../action.ts';
import type { Found } from '../find-action.ts';
import { type GlobalOption, globalOptions } from '../global-options.ts';
import { optionFlags } from '../option-kind.ts';
import { headings, verbGroups } from '../verbs.ts';

export function helpFor(found: Found, width: number): string {
  return found.action === null
    ? groupHelp(found.path, found.actions, found.group.summary, width)
    : actionHelp(found.action, width);
}

export function actionHelp(action: Action, width: number): string {
  const args = Object.entries(action.args);
  const verb = action.id.replaceAll('.', ' ');
  return page([
    [`${action.summary}.`, ...(action.description === undefined ? [] : ['', ...wrap(ours(action.description), width)])],
    section(
      'Examples',
      (action.examples ?? []).flatMap(({ command, summary }) => [`  ${summary}:`, `    aim ${command}`]),
    ),
    section('Usage', [`  ${usageOf(action)}`]),
    section(
      'Arguments',
      entries(
        args.map(([name, { summary }]) => [name.toUpperCase(), summary]),
        width,
      ),
    ),
    section(
      'Options',
      entries(
        Object.entries(action.options).map(([name, option]) => [optionFlags(name, option), option.summary]),
        width,
      ),
    ),
    [
      `Every verb also takes the options of: aim help options`,
      ...(hasSiblings(action) ? [`More verbs: aim ${verb.split(' ')[0]} --help`] : []),
    ],
  ]);
}

export function usageOf(action: Action): string {
  const args = Object.entries(action.args).map(([name, { optional, variadic }]) => {
    const word = `${name.toUpperCase()}${variadic ? '...' : ''}`;
    return optional ? `[${word}]` : word;
  });
  return ['aim', ...action.id.split('.'), ...args, ...(Object.keys(action.options).length > 0 ? ['[OPTIONS]'] : [])].join(' ');
}

function groupHelp(path: readonly string[], actions: readonly Action[], summary: string, width: number): string {
  const prefix = `${path.join('.')}.`;
  const within = actions.filter(({ id }) => id.startsWith(prefix));
  const examples = within.flatMap((action) => action.examples?.slice(0, 1) ?? []).slice(0, 4);
  return page([
    [`${summary}.`],
    section(
      'Examples',
      examples.flatMap((example) => [`  ${example.summary}:`, `    aim ${example.command}`]),
    ),
    section(
      'Verbs',
      entries(
        within.map((action) => [usageOf(action).replace(/ \[OPTIONS\]$/, ''), action.summary]),
        width,
      ),
    ),
    [`About one of them: aim ${path.join(' ')} VERB --help`],
  ]);
}

export function programHelp(width: number): string {
  const groups = Object.entries(verbGroups);
  return page([
    ["The operator's terminal for AI agents: who they are, what they do, and which of them wait for a person to say yes."],
    section('Examples', [
      '  The dashboard:',
      '    aim',
      '  What waits for a decision:',
      '    aim approvals ls',
      '  Everything that agents ask for, as it happens, for a program:',
      '    aim events tail --json',
    ]),
    ...headings.map((heading) =>
      section(
        heading,
        entries(
          groups.filter(([, group]) => group.heading === heading).map(([verb, { summary }]) => [`aim ${verb}`, summary]),
          width,
        ),
      ),
    ),
    ['About a verb: aim VERB --help. About more: aim help'],
  ]);
}

/** The options of every verb, as a topic of `aim help`. */
export function optionsHelp(width: number): string {
  const groups = ['Connection', 'Output', 'Interaction'] as const;
  return page([
    ['Options of every verb, before or after it.'],
    ...groups.map((group) =>
      section(
        group,
        entries(
          (globalOptions as readonly GlobalOption[])
            .filter((option) => option.group === group)
            .map((option) => [
              `${option.short === undefined ? '' : `-${option.short}, `}--${option.name}${option.value === undefined ? '' : option.name === 'json' ? `[=${option.value}]` : ` ${option.value}`}`,
              option.summary,
            ]),
          width,
        ),
      ),
    ),
  ]);
}

const hasSiblings = (action: Action) => action.id.includes('.');
const page = (sections: readonly (readonly string[])[]) =>
  `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : [title, ...lines]);

export function entries(pairs: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(Math.max(0, ...pairs.map(([term]) => term.length)), 34);
  return pairs.flatMap(([term, summary]) => {
    const rows = wrap(ours(summary), Math.max(24, width - left - 4));
    const first =
      term.length > left ? [`  ${term}`, `${' '.repeat(left + 4)}${rows[0]}`] : [`  ${term.padEnd(left)}  ${rows[0]}`];
    return [...first, ...rows.slice(1).map((row) => `${' '.repeat(left + 4)}${row}`)];
  });
}
