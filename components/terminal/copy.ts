// Text for the clipboard by OSC 52, through tmux where that is in between; only ever on a person's key.

/** The sequence, or null where the terminal cannot be expected to take it (or the text is longer than terminals take). */
export function clipboardSequence(text: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const encoded = Buffer.from(text, 'utf8').toString('base64');
  if (encoded.length > LONGEST || env['TERM'] === 'linux') return null;
  const sequence = `\u001b]52;c;${encoded}\u0007`;
  if (env['TMUX']) return `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`;
  if (env['STY']) return `\u001bP${sequence}\u001b\\`;
  return sequence;
}

const LONGEST = 74_994; // what xterm takes

/** What is pasted into a shell runs at the first line break: those and control characters are left out, unless the text is a block of ours. */
export function pasteSafe(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\r?\n$/g, '');
}
