// The modes that a dashboard asks of a terminal, and how each is given back. Nothing here makes a terminal answer (see background.ts).

export const modes = {
  /** Cleared before it is left: where there is no other screen (mosh, GNU screen as it comes), the shell goes on in an empty one. */
  alternateScreen: { on: '\u001b[?1049h\u001b[2J\u001b[H', off: '\u001b[0m\u001b[2J\u001b[H\u001b[?1049l' },
  noCursor: { on: '\u001b[?25l', off: '\u001b[?25h' },
  /** Without wrapping, a row that a terminal measures wider than we did cannot push the frame down. */
  noWrap: { on: '\u001b[?7l', off: '\u001b[?7h' },
  bracketedPaste: { on: '\u001b[?2004h', off: '\u001b[?2004l' },
  focusEvents: { on: '\u001b[?1004h', off: '\u001b[?1004l' },
  mouse: { on: '\u001b[?1000h\u001b[?1006h', off: '\u001b[?1006l\u001b[?1000l' },
  /** Keys told apart, and repeats told as such; terminals that do not know it ignore it. */
  kittyKeys: { on: '\u001b[>3u', off: '\u001b[<u' },
} as const;

export type Mode = keyof typeof modes;

/** Terminals that are known to speak the kitty protocol; asking the others would need a reply. */
export function speaksKitty(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env['TMUX'] || env['STY']) return false;
  return /kitty|ghostty|foot|wezterm/i.test(`${env['TERM'] ?? ''} ${env['TERM_PROGRAM'] ?? ''}`);
}
