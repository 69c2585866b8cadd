// JSON with comments and trailing commas. A module of its own, so that only files that need it load the parser.

import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** What could be read, and the first thing that was wrong. */
export function parseJsonc(text: string): { value: unknown; error: { offset: number; code: string } | null } {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [first] = errors;
  return { value, error: first === undefined ? null : { offset: first.offset, code: printParseErrorCode(first.error) } };
}
