// Other spellings of a verb that people reach for: rewritten before anything looks at the words.

import { wordsOf } from './global-options.ts';

export function spelled(argv: readonly string[]): readonly string[] {
  return watched(measured(argv));
}

/** `--profile` with no name behind it asks the dashboard what it costs, as it does elsewhere; other verbs say that the name is missing. */
function measured(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex((word, index) => word === '--profile' && /^(--.*)?$/.test(argv[index + 1] ?? ''));
  const verb = wordsOf(argv.filter((_, index) => index !== at));
  if (at === -1 || verb.some((word) => word !== 'dashboard')) return argv;
  return argv.with(at, '--measure');
}

/** `aim mcp detect --watch` is `aim mcp watch`: the same places, looked at as they change. Reporting has such a twin, too. */
function watched(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const at = argv.indexOf('mcp') + 1;
  const option = argv.indexOf('--watch');
  const twin = at === 0 ? undefined : TWINS.get(argv[at] ?? '');
  if (twin === undefined || option <= at || (end !== -1 && option > end)) return argv;
  return argv.flatMap((word, index) => (index === option ? [] : index === at ? [twin] : [word]));
}

const TWINS = new Map([
  ['detect', 'watch'],
  ['report', 'keep-reporting'],
]);
