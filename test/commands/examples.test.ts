// The examples of the help and of the documents are command lines that the program takes: verbs, options and values.

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkOptions } from '../../commands/check-options.ts';
import { findAction } from '../../commands/find-action.ts';
import { wordsOf } from '../../commands/global-options.ts';
import { parseWords } from '../../commands/parse-words.ts';
import { registry } from '../../commands/registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Refuses what the command line would refuse before it asks anybody. */
async function take(line: string): Promise<void> {
  const typed = shellWords(line);
  const words = wordsOf(typed).length === 0 ? ['dashboard', ...typed] : typed; // as `aim` alone does
  const { action, path } = await findAction(words);
  if (action === null) return; // a group: its help
  const { options } = parseWords(words, path, action);
  // Values of an example may stand for others, as 6f1c… and @FILE; what is spelt out has to be one that is taken.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => !/[…A-Z]{2,}|…|^-$|^@/.test(String(value))));
  try {
    checkOptions(
      { ...action, options: Object.fromEntries(Object.entries(action.options).filter(([name]) => name in given)) },
      given,
    );
  } catch (error) {
    throw new Error(`aim ${line}: ${(error as Error).message}`);
  }
}

/** The words of the first command of a line, as a shell would divide them. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [, single, double, bare] of line.matchAll(/'([^']*)'|"((?:\\.|[^"])*)"|((?:[^\s'"|<>&;]|\\.)+|[|<>&;]+)/g)) {
    if (bare !== undefined && /^([|<>;]|&&)/.test(bare)) break;
    words.push(single ?? double?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return words;
}

describe('the examples of the help', () => {
  test.each(registry.flatMap(({ examples = [] }) => examples.map(({ command }) => command)))('aim %s', async (command) => {
    await expect(take(command)).resolves.toBeUndefined();
  });
});

const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map(
  (page) => [page, readFileSync(`${root}/${page}`, 'utf8')] as const,
);
const blocks = (text: string, kinds: string) =>
  [...text.matchAll(new RegExp(`\`\`\`(?:${kinds})?\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

describe('the commands of the documents', () => {
  const lines = pages.flatMap(([page, text]) =>
    [...blocks(text, 'sh|bash|console|shell'), text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/^ {4}/gm, '')].flatMap(
      (block) =>
        [...block.replaceAll(/\\\n\s*/g, ' ').matchAll(/^(?:\$ )?(?:[A-Z_]+=\S+ )*aim ((?:[a-z]|--).*)$/gm)].map(
          ([, line = '']) => [page, line.replace(/\s+#.*$/, '')] as const,
        ),
    ),
  );
  test.each(lines)('%s: aim %s', async (_, line) => {
    await expect(take(line)).resolves.toBeUndefined();
  });
});

test('the JSON of the documents is JSON', () => {
  for (const [page, text] of pages)
    for (const block of blocks(text, 'json'))
      if (text.includes(`\`\`\`json\n${block}`)) expect(() => JSON.parse(block), page).not.toThrow();
});
