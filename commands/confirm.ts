// Asking before something dangerous: a word is typed, Enter alone is always no, and nothing is asked where nobody can answer.

import { AIMError, ExitCode, UsageError } from '../src/errors.ts';
import { visible } from '../src/text/visible.ts';
import type { Action, Io } from './action.ts';
import { ask } from './ask-line.ts';
import type { GlobalFlags } from './global-options.ts';
import { hangingRows } from './output/hanging.ts';

export type Subject = {
  args: Record<string, never>;
  options: Record<string, unknown>;
  /** What the verb is about, as the server names it or as it was typed. */
  target: string | null;
};

type Terminal = { flags: GlobalFlags; io: Io; signal: AbortSignal };

/** @throws AIMError exit 3 when declined, UsageError when it must be asked and nobody can answer. */
export async function confirm(
  action: Action,
  { args, options, target }: Subject,
  { flags, io, signal }: Terminal,
): Promise<void> {
  if (action.risk === 'named') return confirmByName(action, target ?? action.id, flags, io, signal);
  if (action.risk !== 'dangerous') return;
  const { confirmation } = action;
  const width = io.stderr.isTTY === true ? io.stderr.columns || 80 : null;
  const lines = confirmation?.lines(args, options as never).flatMap((cells) => hangingRows(cells, width)) ?? [
    `${action.summary}${target === null ? '' : `: ${visible(target)}`}.`,
  ];
  if (flags.yes || (target !== null && flags.confirm === target) || confirmation?.given?.(options as never)) return;
  const verb = action.id.replaceAll('.', ' ');
  if (!io.mayAsk) throw cannotAsk(verb, '--yes', target);
  const nearest = confirmation?.nearest?.(args, width) ?? [];
  if (nearest.length > 0) lines.push('', ...nearest);
  io.stderr.write(`${lines.join('\n')}\n`);
  await expectWord(confirmation?.word ?? 'yes', io, signal);
}

async function confirmByName(
  action: Pick<Action, 'id' | 'summary'>,
  name: string,
  flags: GlobalFlags,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const verb = action.id.replaceAll('.', ' ');
  if (flags.confirm !== undefined) {
    if (flags.confirm === name) return;
    throw new UsageError('confirmation.other-name', {
      message: `--confirm names ${JSON.stringify(flags.confirm)}, but this is about ${JSON.stringify(name)}. Nothing was done.`,
      next: `aim ${verb} ${shellWord(name)} --confirm ${shellWord(name)}`,
      field: 'confirm',
    });
  }
  if (!io.mayAsk) throw cannotAsk(verb, `--confirm ${shellWord(name)}`, name);
  io.stderr.write(`${action.summary}: ${visible(name)}. This cannot be undone.\n`);
  await expectWord(name, io, signal);
}

const cannotAsk = (verb: string, option: string, target: string | null) =>
  new UsageError('confirmation.needed', {
    message: `aim ${verb} asks before it acts, and nobody can answer here. Nothing was done.`,
    next: `Add ${option}: aim ${verb}${target === null ? '' : ` ${shellWord(target)}`} ${option}`,
    field: option.split(' ')[0]?.slice(2),
  });

async function expectWord(word: string, io: Io, signal: AbortSignal): Promise<void> {
  const answer = await ask(`Type ${visible(word)} to go on: `, io, signal);
  if (answer.trim() === word) return;
  throw new AIMError('usage', 'declined', { message: 'Nothing was done.', exitCode: ExitCode.Cancelled });
}

/** As one word of a shell command. To zsh `=word` is the path of a program. */
export const shellWord = (text: string) => (/^(?!=)[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
