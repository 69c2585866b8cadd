// What a source file calls and imports, as far as it can be read without running it: capabilities that are named, packages that are used.

import { type Token, tokens } from './tokens.ts';

export type NamedCapability = { capability: string; line: number; call: string };
export type SourceScan = { capabilities: NamedCapability[]; imports: { name: string; line: number }[] };

/** Calls whose first argument names a capability. `action` alone is a common word: it counts only with a name like `db:read`. */
export const CALLS: ReadonlySet<string> = new Set([
  'performAction',
  'verifyCapability',
  'requireApproval',
  'registerCapability',
  'requestCapability',
  'action',
]);

export function scanSource(source: string): SourceScan {
  const all = [...tokens(source)];
  const capabilities: NamedCapability[] = [];
  const imports: SourceScan['imports'] = [];
  for (const [index, token] of all.entries()) {
    if (token.kind !== 'word') continue;
    const next = all[index + 1];
    const after = all[index + 2];
    if (
      CALLS.has(token.value) &&
      all[index - 1]?.value === '.' &&
      next?.value === '(' &&
      after?.kind === 'text' &&
      isWholeArgument(all[index + 3])
    ) {
      if (isCapability(after.value, token.value))
        capabilities.push({ capability: after.value, line: token.line, call: token.value });
    }
    const imported = importedBy(token, index, all);
    if (imported !== null) imports.push({ name: imported, line: token.line });
  }
  return { capabilities, imports };
}

export const isCapability = (name: string, call: string): boolean =>
  call === 'action' ? /^[a-z][\w-]*:[\w*.-]+$/i.test(name) : /^[\w:*.-]{1,100}$/.test(name);

// A name that is put together at run time (`'db:' + verb`) is not known here.
const isWholeArgument = (next: Token | undefined): boolean => next?.value === ',' || next?.value === ')';

/** `from 'x'`, `import 'x'`, `import('x')`, `require('x')`. */
function importedBy(token: Token, index: number, all: readonly Token[]): string | null {
  const next = all[index + 1];
  if ((token.value === 'from' || token.value === 'import') && next?.kind === 'text') return packageOf(next.value);
  const after = all[index + 2];
  if ((token.value === 'import' || token.value === 'require') && next?.value === '(' && after?.kind === 'text')
    return packageOf(after.value);
  return null;
}

/** The package of a specifier: null for files, Node's own modules and aliases. */
function packageOf(specifier: string): string | null {
  const match = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*(?=\/|$)/.exec(specifier);
  return match === null || specifier.startsWith('node:') ? null : match[0];
}
