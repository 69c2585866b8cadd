// What a tone looks like, by how much colour the terminal has. Every tone also differs by a word or a glyph where it carries meaning.

/** What a piece of text is, never which colour it has. */
export type Tone =
  | 'normal'
  | 'muted'
  | 'strong'
  | 'accent'
  | 'good'
  | 'bad'
  | 'warning'
  | 'info'
  | 'untrusted'
  | 'key'
  | 'production';

export type Colours = 'truecolor' | '256' | '16' | 'none';

export type Theme = {
  name: 'dark' | 'light' | 'contrast';
  colours: Colours;
  ascii: boolean;
  /** The SGR parameters of a tone, `''` for none. */
  sgr(tone: Tone): string;
  glyphs: Glyphs;
};

export type Glyphs = {
  /** The gutter that is ours alone. */
  own: string;
  live: string;
  stale: string;
  down: string;
  cursor: string;
  mark: string;
  up: string;
  downward: string;
  more: string;
  line: string;
  bar: string;
  allowed: string;
  denied: string;
  waiting: string;
  expired: string;
  failed: string;
  crumb: string;
  spark: readonly string[];
};

export function createTheme({ name = 'dark', colours, ascii = false }: Partial<Theme> & { colours: Colours }): Theme {
  const table = colours === 'none' ? plain : colours === '16' ? sixteen[name] : palettes[name];
  return { name, colours, ascii, glyphs: ascii ? asciiGlyphs : unicodeGlyphs, sgr: (tone) => table[tone] };
}

/** How much colour there is, from the environment alone: nobody asks the terminal. */
export function coloursFrom(
  env: Readonly<Record<string, string | undefined>>,
  color: 'auto' | 'always' | 'never' = 'auto',
): Colours {
  if (color === 'never' || (color === 'auto' && env['NO_COLOR'])) return 'none';
  const term = env['TERM'] ?? '';
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 'truecolor';
  if (/kitty|ghostty|wezterm|alacritty|foot|direct/.test(term) || env['WT_SESSION']) return 'truecolor';
  if (/256/.test(term)) return '256';
  return '16';
}

// Without colour, weight and underline remain (they are no colours: no-color.org).
const plain: Record<Tone, string> = {
  normal: '',
  muted: '',
  strong: '1',
  accent: '1',
  good: '',
  bad: '1',
  warning: '1',
  info: '',
  untrusted: '4',
  key: '1',
  production: '1;7',
};

// Which colours these are is the terminal's own. On a light ground nearly all have a yellow, green and cyan that fade: weight says it instead.
const sixteenDark: Record<Tone, string> = {
  normal: '',
  muted: '2',
  strong: '1',
  accent: '1;36',
  good: '32',
  bad: '1;31',
  warning: '33',
  info: '36',
  untrusted: '35',
  key: '1',
  production: '1;37;41',
};
const sixteenLight: Record<Tone, string> = {
  ...sixteenDark,
  muted: '',
  accent: '1;34',
  good: '',
  warning: '1',
  info: '34',
};
const sixteen: Record<Theme['name'], Record<Tone, string>> = {
  dark: sixteenDark,
  light: sixteenLight,
  contrast: sixteenDark,
};

const palettes: Record<Theme['name'], Record<Tone, string>> = {
  dark: {
    normal: '',
    muted: '38;5;247',
    strong: '1',
    accent: '1;38;5;80',
    good: '38;5;114',
    bad: '1;38;5;210',
    warning: '38;5;221',
    info: '38;5;117',
    untrusted: '38;5;176',
    key: '1;38;5;252',
    production: '1;38;5;231;48;5;160',
  },
  light: {
    normal: '',
    muted: '38;5;242',
    strong: '1',
    accent: '1;38;5;24',
    good: '38;5;22',
    bad: '1;38;5;124',
    warning: '38;5;94',
    info: '38;5;25',
    untrusted: '38;5;90',
    key: '1',
    production: '1;38;5;231;48;5;124',
  },
  contrast: {
    normal: '',
    muted: '',
    strong: '1',
    accent: '1;96',
    good: '1;92',
    bad: '1;91',
    warning: '1;93',
    info: '1;96',
    untrusted: '1;95',
    key: '1;97',
    production: '1;97;41',
  },
};

const unicodeGlyphs: Glyphs = {
  own: '▌',
  live: '●',
  stale: '◐',
  down: '○',
  cursor: '▸',
  mark: '✓',
  up: '▲',
  downward: '▼',
  more: '…',
  line: '─',
  bar: '│',
  allowed: '✓',
  denied: '✗',
  waiting: '◷',
  expired: '∅',
  failed: '!',
  crumb: '›',
  spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

const asciiGlyphs: Glyphs = {
  own: '|',
  live: '*',
  stale: '~',
  down: 'o',
  cursor: '>',
  mark: '+',
  up: '^',
  downward: 'v',
  more: '~',
  line: '-',
  bar: '|',
  allowed: '+',
  denied: 'x',
  waiting: '?',
  expired: '0',
  failed: '!',
  crumb: '>',
  spark: ['_', '.', ':', '-', '=', '+', '*', '#'],
};
