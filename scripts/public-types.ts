// The types of the package, needing no other: those of zod that ours speak of come along, 0.3 MB instead of the 8 of the whole package.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Writes the declarations of the public surface below `folder`. */
export function writePublicTypes(folder: string): void {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json', '--outDir', folder], {
    stdio: 'inherit',
  });
  const zod = join(folder, 'zod');
  for (const name of declarations('node_modules/zod')) put(join('node_modules/zod', name), join(zod, name));
  // Its messages in 64 languages are of no use to whoever reads ours.
  mkdirSync(join(zod, 'v4/locales'), { recursive: true });
  writeFileSync(join(zod, 'v4/locales/index.d.ts'), "export { default as en } from './en.js';\n");
  put('node_modules/zod/v4/locales/en.d.ts', join(zod, 'v4/locales/en.d.ts'));
  put('node_modules/zod/LICENSE', join(zod, 'LICENSE'));
  for (const path of filesBelow(join(folder, 'src'))) pointHere(path, join(zod, 'index.js'));
}

/** Those that its first file reaches. */
function declarations(zod: string): string[] {
  const of = (part: string) =>
    readdirSync(join(zod, part))
      .filter((name) => name.endsWith('.d.ts'))
      .map((name) => join(part, name));
  return ['index.d.ts', ...of('v4/classic'), ...of('v4/core')];
}

function put(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function pointHere(path: string, zod: string): void {
  const text = readFileSync(path, 'utf8');
  const there = relative(dirname(path), zod).replaceAll('\\', '/');
  const pointed = text.replaceAll(
    /(from |import\()(['"])zod\2/g,
    (_, before: string, quote: string) => `${before}${quote}${there}${quote}`,
  );
  if (pointed !== text) writeFileSync(path, pointed);
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
