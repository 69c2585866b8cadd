// What a terminal sends for a key, by the name that keymaps and scripts use for it: the inverse of key-names.ts.

/** Undefined for a name that no key has. */
export function bytesOf(name: string): string | undefined {
  const known = named[name];
  if (known !== undefined) return known;
  const ctrl = /^ctrl-([a-z])$/.exec(name);
  if (ctrl?.[1]) return String.fromCharCode(ctrl[1].charCodeAt(0) - 0x60);
  const alt = /^alt-(.+)$/.exec(name);
  const plain = alt?.[1] === undefined ? undefined : bytesOf(alt[1]);
  if (plain !== undefined) return `${ESC}${plain}`;
  return [...new Intl.Segmenter().segment(name)].length === 1 ? name : undefined;
}

const ESC = '\u001b';

const named: Record<string, string> = {
  enter: '\r',
  esc: ESC,
  escape: ESC,
  tab: '\t',
  'shift-tab': `${ESC}[Z`,
  space: ' ',
  backspace: '\u007f',
  'ctrl-space': '\u0000',
  'ctrl-\\': '\u001c',
  up: `${ESC}[A`,
  down: `${ESC}[B`,
  right: `${ESC}[C`,
  left: `${ESC}[D`,
  'shift-left': `${ESC}[1;2D`,
  'shift-right': `${ESC}[1;2C`,
  home: `${ESC}[H`,
  end: `${ESC}[F`,
  insert: `${ESC}[2~`,
  delete: `${ESC}[3~`,
  pgup: `${ESC}[5~`,
  pgdn: `${ESC}[6~`,
  ...Object.fromEntries(['OP', 'OQ', 'OR', 'OS'].map((code, index) => [`f${index + 1}`, `${ESC}${code}`])),
  ...Object.fromEntries([15, 17, 18, 19, 20, 21, 23, 24].map((code, index) => [`f${index + 5}`, `${ESC}[${code}~`])),
};
