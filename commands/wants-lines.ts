// Who is served with lines instead of a screen without asking for it: a terminal that can only print, and a screen reader.

/** INK_SCREEN_READER is the variable by which programs built on Ink are told. */
export const wantsLines = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env['TERM'] === 'dumb' || /^(1|true)$/i.test(env['INK_SCREEN_READER'] ?? '');
