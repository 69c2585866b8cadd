// What can be read: every tone of every theme on the backgrounds that terminals have, by the contrast that WCAG 2.2 (1.4.3) asks of text.

import { describe, expect, test } from 'vitest';
import { createTheme, type Tone } from '../../components/theme.ts';

const READABLE = 4.5;
const tones = [
  'normal', 'muted', 'strong', 'accent', 'good', 'bad', 'warning', 'info', 'untrusted', 'key', 'production',
] as const satisfies readonly Tone[]; // biome-ignore format: one table

/** The grounds of well-known terminals and their own text: xterm, our pictures, VS Code, One Dark, Solarized; and white, our pictures, Solarized. */
const grounds = {
  dark: [['#000000', '#e5e5e5'], ['#14171c', '#d7dae0'], ['#1e1e1e', '#cccccc'], ['#282c34', '#dcdfe4'], ['#002b36', '#eee8d5']],
  light: [['#ffffff', '#000000'], ['#fbfbfa', '#24292f'], ['#fdf6e3', '#073642']],
} as const; // biome-ignore format: one table

const cases = (['dark', 'light'] as const).flatMap((name) =>
  grounds[name].flatMap(([ground, text]) => tones.map((tone) => ({ name, ground, text, tone }))),
);

describe('a tone can be read', () => {
  test.each(cases)('$tone of the theme $name on $ground', ({ name, ground, text, tone }) => {
    for (const colours of ['truecolor', '256'] as const) {
      const { foreground = text, background = ground } = coloursOf(createTheme({ name, colours }).sgr(tone));
      expect(contrast(foreground, background), `${foreground} on ${background}`).toBeGreaterThanOrEqual(READABLE);
    }
  });

  // Which sixteen colours a terminal has is its own; yellow, green and cyan are too pale on white in nearly all of them.
  test.each(tones.filter((tone) => tone !== 'production'))(
    '%s of sixteen colours is none that fades on a light ground',
    (tone) => {
      expect(createTheme({ name: 'light', colours: '16' }).sgr(tone).split(';')).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(2|32|33|36|37|9[0-7])$/)]),
      );
    },
  );
});

/** The colours of an SGR sequence, where it sets any. */
function coloursOf(sgr: string): { foreground?: string; background?: string } {
  const [, foreground] = /38;5;(\d+)/.exec(sgr) ?? [];
  const [, background] = /48;5;(\d+)/.exec(sgr) ?? [];
  return {
    ...(foreground ? { foreground: indexed(Number(foreground)) } : {}),
    ...(background ? { background: indexed(Number(background)) } : {}),
  };
}

/** Colours 16 to 255 are the same in every terminal: a cube of six levels, then greys. */
function indexed(index: number): string {
  const grey = 8 + (index - 232) * 10;
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const parts =
    index >= 232
      ? [grey, grey, grey]
      : [Math.floor((index - 16) / 36), Math.floor((index - 16) / 6) % 6, (index - 16) % 6].map(level);
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
