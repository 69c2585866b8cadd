// Which signs this terminal gets: Unicode's, or ASCII alone. Chosen once at start, because one process has one terminal.

export type GlyphSet = 'unicode' | 'ascii';

/** The signs that stand for what cannot be shown, and for what was left out. */
export type Glyphs = {
  set: GlyphSet;
  cut: string;
  newline: string;
  tab: string;
  more: string;
  like: string;
  open: string;
  close: string;
};

const sets: Record<GlyphSet, Glyphs> = {
  unicode: { set: 'unicode', cut: '…', newline: '⏎', tab: '→', more: '⁺', like: '≈', open: '⟨', close: '⟩' },
  ascii: { set: 'ascii', cut: '~', newline: '\\n', tab: '\\t', more: '+', like: '~', open: '<', close: '>' },
};

let chosen: GlyphSet = 'unicode';

/** Call at start, before anything is shown: what was shaped before keeps its signs. */
export function chooseGlyphs(set: GlyphSet): void {
  chosen = set;
}

export const glyphs = (set: GlyphSet = chosen): Glyphs => sets[set];
