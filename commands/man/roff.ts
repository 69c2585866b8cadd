// Manual pages in man(7): one of the program, one of each verb. Every text is escaped: a leading dot would be a request.

import { version } from '../../src/version.ts';
import type { Action } from '../action.ts';
import { type GlobalOption, globalOptions } from '../global-options.ts';
import { usageOf } from '../help/help-text.ts';
import { exitCodes, otherVariables } from '../help/topics.ts';
import { optionFlags } from '../option-kind.ts';
import { verbGroups } from '../verbs.ts';

export const pageName = (action: Action | null) => (action === null ? 'aim' : `aim-${action.id.replaceAll('.', '-')}`);

export function manPage(action: Action | null): string {
  return action === null ? programPage() : verbPage(action);
}

function programPage(): string {
  return page('aim', "the operator's terminal for AI agents", [
    ['SYNOPSIS', ['.B aim', '.br', '.B aim', `${italic('VERB')} [${italic('ARGUMENTS')}] [${italic('OPTIONS')}]`]],
    [
      'DESCRIPTION',
      [text('Without a verb it opens the dashboard, on a control plane of its own where no server is configured.')],
    ],
    ['VERBS', Object.entries(verbGroups).flatMap(([verb, { summary }]) => entry(`aim ${verb}`, summary))],
    [
      'OPTIONS',
      (globalOptions as readonly GlobalOption[]).flatMap(({ name, short, value, summary }) =>
        entry(`${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`, summary),
      ),
    ],
    ['ENVIRONMENT', otherVariables.flatMap(([name, summary]) => entry(name, summary))],
    ['EXIT STATUS', exitCodes.flatMap(([code, , words]) => entry(String(code), words))],
  ]);
}

function verbPage(action: Action): string {
  const args = Object.entries(action.args).flatMap(([name, { summary }]) => entry(name.toUpperCase(), summary));
  const options = Object.entries(action.options).flatMap(([name, option]) => entry(optionFlags(name, option), option.summary));
  const examples = (action.examples ?? []).flatMap(({ command, summary }) => [
    '.PP',
    `${text(summary)}:`,
    '.PP',
    '.RS',
    '.nf',
    text(`aim ${command}`),
    '.fi',
    '.RE',
  ]);
  return page(pageName(action), action.summary, [
    ['SYNOPSIS', [text(usageOf(action))]],
    ['DESCRIPTION', [text(`${action.summary}.${action.description === undefined ? '' : ` ${action.description}`}`)]],
    ['ARGUMENTS', args],
    ['OPTIONS', options],
    ['EXAMPLES', examples],
    ['SEE ALSO', ['.BR aim (1)']],
  ]);
}

function page(name: string, summary: string, sections: readonly (readonly [string, readonly string[]])[]): string {
  const head = [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`aim ${version}`)} "aim"`,
    '.SH NAME',
    `${text(name)} \\- ${text(summary)}`,
  ];
  const body = sections.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [`.SH ${title}`, ...lines]);
  return `${[...head, ...body].join('\n')}\n`;
}

const entry = (term: string, summary: string) => ['.TP', `\\fB${text(term)}\\fR`, text(summary)];
const italic = (word: string) => `\\fI${text(word)}\\fR`;
const quoted = (word: string) => `"${text(word).replaceAll('"', '\\(dq')}"`;
const text = (words: string) =>
  words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('\n', ' ')
    .replace(/^([.'])/, '\\&$1');
