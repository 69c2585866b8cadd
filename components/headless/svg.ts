// Draws a terminal emulator's cells as an SVG picture: what a person would see, with colours, sharp at every size.

import type { IBufferCell, Terminal } from '@xterm/headless';

const CELL = { width: 8.4, height: 18 };
type Ink = { foreground: string; background: string };
const INKS: Record<'dark' | 'light', Ink> = {
  dark: { foreground: '#d7dae0', background: '#14171c' },
  light: { foreground: '#24292f', background: '#fbfbfa' },
};
const SIXTEEN = [
  '#14171c',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#abb2bf',
  '#5c6370',
  '#ff7b86',
  '#b5e890',
  '#ffd68a',
  '#82c4ff',
  '#e29bf5',
  '#7fd5e0',
  '#ffffff',
];

export function svgOf(terminal: Terminal, title: string, paper: 'dark' | 'light' = 'dark'): string {
  const ink = INKS[paper];
  const buffer = terminal.buffer.active;
  const width = terminal.cols * CELL.width + 24;
  const height = terminal.rows * CELL.height + 24;
  const rows = Array.from({ length: terminal.rows }, (_, row) => drawRow(terminal, buffer.viewportY + row, row, ink)).join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="100%" height="100%" rx="8" fill="${ink.background}"/>`,
    `<g transform="translate(12 12)" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    rows,
    '</g></svg>\n',
  ].join('\n');
}

type Run = { column: number; cells: number; words: Word[]; style: Style };
/** `at` and `cells` count cells, not letters: an accent takes none, a wide letter two. */
type Word = { text: string; at: number; cells: number };
type Style = {
  foreground: string;
  background: string | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
};

function drawRow(terminal: Terminal, line: number, row: number, ink: Ink): string {
  return runsOf(terminal, line, ink)
    .map((run) => drawRun(run, row))
    .join('');
}

function drawRun({ column, cells, words, style }: Run, row: number): string {
  const x = column * CELL.width;
  const y = row * CELL.height;
  const paper = style.background
    ? `<rect x="${x.toFixed(1)}" y="${y}" width="${(cells * CELL.width).toFixed(1)}" height="${CELL.height}" fill="${style.background}"/>`
    : '';
  const weight = style.bold ? ' font-weight="bold"' : '';
  const slant = style.italic ? ' font-style="italic"' : '';
  const line = style.underline ? ' text-decoration="underline"' : '';
  const opacity = style.dim ? ' opacity="0.6"' : '';
  const look = `fill="${style.foreground}"${weight}${slant}${line}${opacity}`;
  return paper + words.map((word) => drawWord(word, x + word.at * CELL.width, y + 14, look)).join('');
}

// Each word has a place of its own: viewers fold spaces, and their fonts differ in width.
function drawWord({ text, cells }: Word, x: number, y: number, look: string): string {
  const length = `textLength="${(cells * CELL.width).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${x.toFixed(1)}" y="${y}" ${length} ${look}>${escapeXml(text)}</text>`;
}

/** Cells of one style beside each other become one text, so that a picture stays small. */
function runsOf(terminal: Terminal, line: number, ink: Ink): Run[] {
  const cells = terminal.buffer.active.getLine(line);
  const runs: Run[] = [];
  for (let column = 0; cells && column < terminal.cols; column += 1) {
    const cell = cells.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const style = styleOf(cell, ink);
    const last = runs.at(-1);
    const fits = last && sameStyle(last.style, style) && last.column + last.cells === column;
    const run: Run = fits ? last : { column, cells: 0, words: [], style };
    if (!fits) runs.push(run);
    const text = cell.getChars().trim();
    const word = run.words.at(-1);
    if (text !== '' && word && word.at + word.cells === run.cells) {
      word.text += text;
      word.cells += cell.getWidth();
    } else if (text !== '') run.words.push({ text, at: run.cells, cells: cell.getWidth() });
    run.cells += cell.getWidth();
  }
  return runs;
}

function styleOf(cell: IBufferCell, ink: Ink): Style {
  const foreground = colorOf(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor()) ?? ink.foreground;
  const background = colorOf(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor());
  const inverse = cell.isInverse() !== 0;
  return {
    foreground: inverse ? (background ?? ink.background) : foreground,
    background: inverse ? foreground : background,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function colorOf(isDefault: boolean, isRgb: boolean, color: number): string | null {
  if (isDefault) return null;
  if (isRgb) return `#${color.toString(16).padStart(6, '0')}`;
  if (color < 16) return SIXTEEN[color] ?? null;
  if (color >= 232) return `#${(8 + (color - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40).toString(16).padStart(2, '0');
  const index = color - 16;
  return `#${level(Math.floor(index / 36))}${level(Math.floor(index / 6) % 6)}${level(index % 6)}`;
}

const sameStyle = (left: Style, right: Style): boolean => JSON.stringify(left) === JSON.stringify(right);
const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign);
