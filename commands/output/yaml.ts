// YAML that is safe on a terminal, as JSON is: what a terminal might act on or hide is escaped.

import { stringify } from 'yaml';
import { terminalJson } from '../../src/text/json.ts';

export const terminalYaml = (value: unknown): string => asYaml(value, (plain) => `${terminalJson(plain, 2)}\n`);

/** The items of a sequence, two columns in: below a key, they go on where the items before them ended. */
export const terminalYamlItems = (items: readonly unknown[]): string =>
  items
    .map((item) => asYaml([item], (plain) => `- ${terminalJson((plain as unknown[])[0])}\n`).replace(/^(?=.)/gm, '  '))
    .join('');

function asYaml(value: unknown, unsafe: (plain: unknown) => string): string {
  // JSON first: it drops what has no place in a document (undefined, functions) as `--json` does.
  const plainValue: unknown = JSON.parse(JSON.stringify(value ?? null));
  const text = stringify(plainValue, { lineWidth: 0, aliasDuplicateObjects: false });
  // Only double-quoted scalars know escapes; JSON is YAML (1.2, §1.3), so the rare hostile document is written as JSON.
  return UNSAFE.test(text) ? unsafe(plainValue) : text;
}

const UNSAFE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
