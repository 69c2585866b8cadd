// Other spellings of a verb that people reach for: rewritten before anything looks at the words.

/** `aim mcp detect --watch` is `aim mcp watch`: the same places, looked at as they change. Reporting has such a twin, too. */
export function spelled(argv: readonly string[]): readonly string[] {
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
