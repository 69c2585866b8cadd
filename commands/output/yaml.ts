// YAML that is safe on a terminal, as JSON is: what a terminal might act on or hide is escaped.

import { stringify } from 'yaml';
import { terminalJson } from '../../src/text/json.ts';

export function terminalYaml(value: unknown): string {
  // JSON first: it drops what has no place in a document (undefined, functions) as `--json` does.
  const plainValue: unknown = JSON.parse(JSON.stringify(value ?? null));
  const text = stringify(plainValue, { lineWidth: 0, aliasDuplicateObjects: false });
  // Only double-quoted scalars know escapes; JSON is YAML (1.2, §1.3), so the rare hostile document is written as JSON.
  return UNSAFE.test(text) ? `${terminalJson(plainValue, 2)}\n` : text;
}

const UNSAFE = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
