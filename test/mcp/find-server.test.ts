// Which server a name means: exactly one, or an error that exits 6 as for every other name, with what to say instead.

import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import type { McpRow } from '../../src/mcp/overview.ts';

const row = (key: string, name: string): McpRow => ({ key, name, id: null, clients: ['cursor'], launch: 'npx thing' }) as never;
const rows = [row('1111aaaa', 'files'), row('2222bbbb', 'files'), row('3333cccc', 'mail')];

function refusal(reference: string): UsageError {
  try {
    findServer(rows, reference);
  } catch (error) {
    if (error instanceof UsageError) return error;
  }
  throw new Error('was found');
}

describe('an MCP server', () => {
  test.each<[title: string, reference: string, code: string, says: RegExp]>([
    ['two of one name', 'files', 'mcp.ambiguous', /1111aaaa.*2222bbbb/],
    ['a name of none', 'fils', 'mcp.not-found', /fils/],
  ])('%s exits 6', (_, reference, code, says) => {
    const error = refusal(reference);
    expect(error).toMatchObject({ code, exitCode: 6 });
    expect(error.message).toMatch(says);
  });

  test.each(['mail', '3333cccc', '3333'])('%s is the one', (reference) => {
    expect(findServer(rows, reference).name).toBe('mail');
  });
});
