// A command line from its words to its exit code. Whatever goes wrong on the way is said here, once, and nowhere else.

import { AIMError, ExitCode, UsageError } from '../src/errors.ts';
import type { SettingsSources } from '../src/settings/load-settings.ts';
import type { Settings } from '../src/settings/settings.ts';
import { visible } from '../src/text/visible.ts';
import { version } from '../src/version.ts';
import type { Action } from './action.ts';
import { type GlobalFlags, wordsOf } from './global-options.ts';
import { listenForInterruption } from './interruption.ts';
import { asAIMError, errorText } from './output/error.ts';
import { asksForJson } from './output/style.ts';
import { processIo } from './process-io.ts';
import { spelled } from './spellings.ts';
import { hideStartingFrame } from './starting-frame.ts';

/** Never throws. */
export async function runCommandLine(typed: readonly string[]): Promise<number> {
  const argv = spelled(typed);
  const interruption = listenForInterruption();
  let asJson = argv.some((word) => word === '--json' || word.startsWith('--json='));
  try {
    const help = await helpAskedFor(argv);
    if (help !== null) {
      process.stdout.write(help);
      return ExitCode.Ok;
    }
    const { findAction } = await import('./find-action.ts');
    const { action, path } = await findAction(argv);
    if (action === null) {
      if (asJson) throw verbMissing(path);
      process.stdout.write((await helpAskedFor([...path, '--help'])) ?? '');
      return ExitCode.Ok;
    }
    const { loadSettings, parseWords, runAction } = await import('./runtime.ts');
    if (action.ownsSignals) interruption.stop();
    const words = parseWords(argv, path, action);
    asJson = asksForJson(words.flags);
    const io = processIo(words.flags);
    const settings = settingsFor(action, { flags: settingFlags(words.flags), env: io.env, cwd: io.cwd }, loadSettings);
    for (const warning of settings.warnings ?? []) io.note(`aim: ${visible(warning)}`);
    const code = await runAction(action, words, { settings, io, signal: interruption.signal });
    // Only a person at a terminal hears of it, and only then is it loaded.
    if (io.stdout.isTTY && io.stderr.isTTY) (await import('./update-notice.ts')).tellOfUpdate(settings, io);
    return code;
  } catch (thrown) {
    const error = asAIMError(interruption.signal.aborted ? interruption.signal.reason : thrown);
    if (error.code !== 'interrupted')
      // On the screen that stays, not on the one that is about to go.
      hideStartingFrame();
    process.stderr.write(errorText(error, { json: asJson, debug: Boolean(process.env['AIM_DEBUG']) }));
    return error.exitCode;
  } finally {
    interruption.stop();
  }
}

const verbMissing = (path: readonly string[]) =>
  new UsageError('verb.missing', {
    message: `aim ${path.join(' ')} is several verbs, none of which was named.`,
    next: `See them with: aim ${path.join(' ')} --help`,
  });

async function helpAskedFor(argv: readonly string[]): Promise<string | null> {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  const words = wordsOf(options);
  if (options.includes('--version') && words.length === 0) return `aim ${version}\n`;
  if (!options.includes('--help') && !options.includes('-h')) return null;
  const { helpFor, programHelp } = await import('./help/help-text.ts');
  const width = Math.min(process.stdout.columns || 100, 100);
  if (words.length === 0) return programHelp(width);
  const { findAction } = await import('./find-action.ts');
  return helpFor(await findAction(words), width);
}

/** Where the files are broken, most verbs must not go on with defaults that nobody chose; what mends the files must go on. */
function settingsFor(action: Action, sources: SettingsSources, load: (sources: SettingsSources) => Settings): Settings {
  try {
    return load(sources);
  } catch (error) {
    if (!(error instanceof AIMError) || !action.mendsSettings) throw error;
    return { ...load({ ...sources, files: false }), warnings: [`${error.message} Nothing of it is used.`] };
  }
}

/** The options that are settings, by the names of the settings. */
export function settingFlags(flags: GlobalFlags): NonNullable<SettingsSources['flags']> {
  return {
    server: flags.server,
    profile: flags.profile,
    timeoutSeconds: flags.timeout,
    retries: flags.retries,
    proxy: flags.proxy,
    caFile: flags.cacert,
    readOnly: flags.readOnly,
    color: flags.color === false ? 'never' : flags.color,
  };
}
