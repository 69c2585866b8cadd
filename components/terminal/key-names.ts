// The names of keys, from what terminals send for them: legacy, xterm with modifiers, and the kitty protocol.

type Named = { name: string; text: string | null; repeat?: boolean };

/** One character or grapheme as it was typed. Null for what is no key at all. */
export function keyOfText(character: string): Named | null {
  const known = controls[character];
  if (known) return { name: known, text: known === 'space' ? ' ' : null };
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return { name: `ctrl-${String.fromCharCode(code + 0x60).toLowerCase()}`, text: null };
  if (code >= 0x80 && code < 0xa0) return null;
  return { name: character, text: character };
}

const controls: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\r\n': 'enter',
  '\t': 'tab',
  ' ': 'space',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0000': 'ctrl-space',
  '\u001c': 'ctrl-\\',
  '\u001d': 'ctrl-]',
  '\u001e': 'ctrl-^',
  '\u001f': 'ctrl-_',
};

/** A key sent as CSI; `none` for one that means nothing here (a release); undefined for what is a reply and no key. */
export function keyOfCsi(sequence: string): Named | 'none' | undefined {
  const linux = /^\u001b\[\[([A-E])$/.exec(sequence);
  if (linux) return { name: `f${'ABCDE'.indexOf(linux[1] ?? 'A') + 1}`, text: null };
  const kitty = /^\u001b\[(\d+)(?::[\d:]*)?(?:;(\d*)(?::(\d+))?(?:;[\d:]*)?)?u$/.exec(sequence);
  if (kitty) return kittyKey(Number(kitty[1]), Number(kitty[2] || 1), kitty[3]);
  const match = /^\u001b\[(\d*)(?:;(\d*)(?::(\d+))?)?([A-Za-z~^$@])$/.exec(sequence);
  if (!match) return undefined;
  const [, number = '', modifiers, kind, letter = ''] = match;
  const base = letter === '~' || letter === '^' || letter === '$' || letter === '@' ? numbered[number] : lettered[letter];
  if (!base) return undefined;
  // `CSI row ; column R` is the answer to a cursor query, not a key; so is `CSI 0 n`.
  if (kind === '3') return 'none';
  const held = letter === '^' ? 5 : letter === '$' ? 2 : Number(modifiers || 1);
  return { name: withModifiers(base, held), text: null, repeat: kind === '2' };
}

/** A key sent as SS3 (application mode). */
export function keyOfSs3(sequence: string): Named | null {
  const letter = sequence[2] ?? '';
  const base = lettered[letter] ?? (letter === 'R' ? 'f3' : letter === 'M' ? 'enter' : undefined);
  return base ? { name: base, text: null } : null;
}

const lettered: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  S: 'f4',
  Z: 'shift-tab',
};

const numbered: Record<string, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pgup',
  6: 'pgdn',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

function kittyKey(code: number, modifiers: number, kind: string | undefined): Named | 'none' {
  if (kind === '3' || (code >= 57358 && code !== 57414 && code <= 57454)) return 'none';
  const held = modifiers - 1;
  const special: Record<number, string> = { 9: 'tab', 13: 'enter', 27: 'esc', 32: 'space', 127: 'backspace', 57414: 'enter' };
  const repeat = kind === '2';
  const base = special[code];
  if (base === 'tab' && (held & SHIFT) !== 0) return { name: 'shift-tab', text: null, repeat };
  if (base) return { name: withModifiers(base, modifiers), text: base === 'space' && held === 0 ? ' ' : null, repeat };
  const character = String.fromCodePoint(code);
  if ((held & (ALT | CTRL)) !== 0) return { name: withModifiers(character, (held & ~SHIFT) + 1), text: null, repeat };
  const text = (held & SHIFT) !== 0 ? character.toUpperCase() : character;
  return { name: text, text, repeat };
}

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;

function withModifiers(base: string, modifiers: number): string {
  const held = modifiers - 1;
  const ctrl = (held & CTRL) !== 0 ? 'ctrl-' : '';
  const alt = (held & ALT) !== 0 ? 'alt-' : '';
  const shift = (held & SHIFT) !== 0 && base !== 'shift-tab' ? 'shift-' : '';
  return `${ctrl}${alt}${shift}${base}`;
}
