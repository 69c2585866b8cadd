// `aim` alone: the dashboard where there is a terminal for it, else what `aim status` prints.

import { ExitCode } from '../src/errors.ts';
import { globalOptions } from './global-options.ts';
import { spelled } from './spellings.ts';
import { hideStartingFrame, showStartingFrame } from './starting-frame.ts';
import { wantsLines } from './wants-lines.ts';

export async function openDashboard(typed: readonly string[]): Promise<number> {
  const argv = spelled(typed);
  // The line interface needs no screen, and reads from a pipe as well.
  if (argv.includes('--plain') || (isTerminal() && wantsLines(process.env) && !asksForText(argv))) {
    const { runCommandLine } = await import('./command-line.ts');
    return runCommandLine(['dashboard', ...argv]);
  }
  const opens = hasTerminal() && !asksForText(argv) && !argv.some(isForeign);
  if (opens) showStartingFrame();
  const { runCommandLine } = await import('./command-line.ts');
  if (argv.some(isForeign)) return runCommandLine(['status', ...argv]);
  if (!hasTerminal() || asksForText(argv)) {
    const code = await runCommandLine(['status', ...argv]);
    if (!asksForText(argv)) process.stderr.write('The dashboard needs a terminal; this is what aim status prints.\n');
    // A pipe is no failure, and neither is a machine that nobody has set up yet.
    return code === ExitCode.NotAuthenticated ? ExitCode.Ok : code;
  }
  return runCommandLine(['dashboard', ...argv]).finally(hideStartingFrame);
}

// CI= is no reason to refuse: a person on a real terminal may have it set.
const isTerminal = () => process.stdin.isTTY === true && process.stdout.isTTY === true;
const hasTerminal = () => isTerminal() && process.env['TERM'] !== 'dumb';
const asksForText = (argv: readonly string[]) => argv.some((word) => /^(--json|--output|-o)\b/.test(word));
const isForeign = (word: string) => word.startsWith('-') && word !== '--measure' && !isGlobal(word);
const isGlobal = (word: string) =>
  globalOptions.some(({ name }) => word === `--${name}` || word.startsWith(`--${name}=`)) || /^-[oqy]/.test(word);
