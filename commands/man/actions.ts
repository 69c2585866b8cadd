// `aim man`: manual pages, and the reference page of the documentation.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Action, defineAction } from '../action.ts';
import { findAction } from '../find-action.ts';
import { writeWholeFile } from '../whole-file.ts';

const man = defineAction({
  id: 'man',
  summary: 'Print or install manual pages',
  examples: [
    { command: 'man approvals approve | man -l -', summary: 'Read one' },
    { command: 'man --install ~/.local/share/man/man1', summary: 'Install all of them' },
  ],
  args: {
    verb: {
      summary: 'The words of a verb; without them, the program',
      optional: true,
      variadic: true,
      parse: (text: string) => text,
    },
  },
  options: {
    install: { summary: 'Write all pages into this folder', value: 'DIR', schema: z.string().min(1).optional() },
    format: { summary: 'As', schema: z.enum(['roff', 'markdown']).default('roff') },
  },
  needs: 'none',
  mendsSettings: true,
  commandLineOnly: true,
  run: async ({ io }, { verb }, { install, format }) => {
    const [{ registry }, { manPage, pageName }] = await Promise.all([import('../registry.ts'), import('./roff.ts')]);
    if (install !== undefined) {
      const folder = resolve(io.cwd, install);
      mkdirSync(folder, { recursive: true });
      const pages = [null, ...registry];
      for (const action of pages) await writeWholeFile(join(folder, `${pageName(action)}.1`), manPage(action));
      io.note(`aim: ${pages.length} pages in ${install}`);
      return;
    }
    if (format === 'markdown') io.stdout.write((await import('./markdown.ts')).markdownReference(registry));
    else io.stdout.write(manPage(verb.length === 0 ? null : (await findAction(verb)).action));
  },
  view: { kind: 'none' },
});

export const manActions: readonly Action[] = [man];
