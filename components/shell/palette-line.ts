// A line of the palette as the command line would read it: quotes, options, switches and all.

import type { Action } from '../../commands/action.ts';

export type PaletteLine = { args: readonly string[]; options: Readonly<Record<string, unknown>> };

/** Loads the reader of command lines while a line is still typed, so that what is typed behind Enter meets what Enter opened. */
export const prepareLine = (): Promise<unknown> => import('../../commands/parse-words.ts');

/** @throws UsageError in the words of the command line for an option that does not exist. */
export async function readLine(line: string, action: Action): Promise<PaletteLine> {
  const path = action.id.split('.');
  const words = shellWords(line);
  const { parseWords } = await import('../../commands/parse-words.ts');
  const { args, options } = parseWords(words, path, action);
  return { args, options };
}

/** Words as a shell divides them; a quote that is not closed goes to the end. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:"(?:\\.|[^"\\])*"?|'[^']*'?|\\.|[^\s"'\\])+/g)) {
    words.push(
      match[0].replace(/"((?:\\.|[^"\\])*)"?|'([^']*)'?|\\(.)/g, (_, double?: string, single?: string, escaped?: string) => {
        return double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? escaped ?? '');
      }),
    );
  }
  return words;
}
