// `--jq`: a jq expression over the JSON, with jq itself compiled to WebAssembly.

import './jq-surroundings.ts';
import { raw } from 'jq-wasm';
import { UsageError } from '../../src/errors.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { visible } from '../../src/text/visible.ts';

/** One result a line: texts as they are but visible, everything else as JSON. @throws UsageError with jq's own words. */
export async function applyJq(value: unknown, expression: string): Promise<string> {
  const output = await raw(JSON.stringify(value ?? null), expression, ['-c']).catch((error: Error) => {
    throw new UsageError('output.jq', {
      message: `--jq: ${error.message
        .trim()
        .split('\n')[0]
        ?.replace(/^jq: (error: )?/, '')}.`,
      next: 'See what it works on with --json alone.',
      field: 'jq',
    });
  });
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => `${printed(JSON.parse(line))}\n`).join('');
}

const printed = (value: unknown) =>
  typeof value === 'string' ? visible(asUntrusted(value), { lines: 'many' }) : terminalJson(value);
