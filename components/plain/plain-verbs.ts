// The verbs of the registry in lines: read, asked for a yes where they are dangerous, run, and their result printed.

import type { Action, ActionContext } from '../../commands/action.ts';
import { parseWords } from '../../commands/parse-words.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import type { Account, Feature } from '../../src/wire/session.ts';
import { disabledBecause } from '../actions/availability.ts';
import { execute, stream } from '../actions/execute.ts';
import { resultLines } from '../actions/result-lines.ts';
import { shellWords } from '../shell/palette-line.ts';
import { verbOf } from '../shell/verb-of.ts';
import type { Printer } from './printer.ts';

export type VerbRun = {
  /** What has to be typed before it runs; null where it runs at once. */
  confirm: { word: string; question: Printable } | null;
  /** Prints what came of it. @throws what the action throws. */
  run(signal: AbortSignal): Promise<void>;
};

export type VerbSurroundings = {
  registry: readonly Action[];
  context: ActionContext;
  account: Account;
  features: readonly Feature[] | null;
  printer: Printer;
  width: number;
};

/** Null where the line is no verb; words where it may not run now. @throws UsageError for an option that does not exist. */
export function verbRun(line: string, surroundings: VerbSurroundings): VerbRun | Printable | null {
  const { registry, context, account, features, printer, width } = surroundings;
  const action = verbOf(line, registry)?.action;
  if (!action) return null;
  if (/^approvals\.(approve|deny)$/.test(action.id)) return ours('Open it first, with open N; then approve or deny REASON.');
  const because = disabledBecause(action, {
    role: account.role,
    features,
    isReadOnly: context.settings.get('readOnly'),
    lacksSelection: false,
  });
  if (because) return say`${because}.`;
  const { args: words, options } = parseWords(shellWords(line), action.id.split('.'), action);
  const args: Record<string, string> = {};
  const rest = [...words];
  for (const [name, argument] of Object.entries(action.args)) {
    const word = argument.variadic ? rest.splice(0).join(' ') : rest.shift();
    if (word !== undefined && word !== '') args[name] = word;
    else if (!argument.optional)
      return say`${action.id.replaceAll('.', ' ')} needs ${name.toUpperCase()}: ${argument.summary}.`;
  }
  const target = Object.values(args)[0] ?? '';
  const confirm =
    action.risk === 'named'
      ? { word: target, question: say`${action.summary}? Type ${target} to do it; anything else leaves it.` }
      : action.risk === 'dangerous'
        ? { word: 'yes', question: say`${action.summary}: ${target}? Type yes to do it; anything else leaves it.` }
        : null;

  return {
    confirm,
    async run(signal) {
      if ('stream' in action) {
        for await (const item of stream({ action, args, options }, { ...context, api: context.api, signal })) {
          printer.say(...(await resultLines(item, action.line, { width, headers: false })));
        }
        return;
      }
      const result = await execute({ action, args, options }, context);
      const lines = await resultLines(result, action.view, { width });
      printer.say(...(lines.length === 0 ? [ours('Done.')] : lines));
    },
  };
}
