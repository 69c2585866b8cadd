// Other spellings of a verb that people reach for: rewritten before anything looks at the words.

/** `aim mcp detect --watch` is `aim mcp watch`: the same places, looked at as they change. */
export function spelled(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const at = argv.indexOf('detect');
  const option = argv.indexOf('--watch');
  const isMeant = at > 0 && argv[at - 1] === 'mcp' && option > at && (end === -1 || option < end);
  if (!isMeant) return argv;
  return argv.flatMap((word, index) => (index === option ? [] : index === at ? ['watch'] : [word]));
}
