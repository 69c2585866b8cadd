// Writes whole lines, and the prompt again behind what was said while somebody was typing. No sequence, no colour, no movement.

import type { Printable } from '../../src/text/brand.ts';

export type Printer = {
  say(...lines: readonly Printable[]): void;
  /** Something that nobody asked for: on a line of its own, with the prompt behind it. */
  announce(line: Printable): void;
  prompt(words: Printable): void;
};

export function createPrinter(stdout: NodeJS.WritableStream): Printer {
  let prompting: Printable | null = null;
  return {
    say(...lines) {
      prompting = null;
      stdout.write(lines.map((line) => `${line}\n`).join(''));
    },
    announce(line) {
      stdout.write(prompting === null ? `${line}\n` : `\n${line}\n${prompting}`);
    },
    prompt(words) {
      prompting = words;
      stdout.write(words);
    },
  };
}
