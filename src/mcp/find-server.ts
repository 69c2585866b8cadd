// Which server a person means: by name, by key or by id, or the beginning of either, or the end of an id, where only one has it.

import { ExitCode, UsageError } from '../errors.ts';
import { visible } from '../text/visible.ts';
import { idsWith } from '../wire/short-id.ts';
import type { McpRow } from './overview.ts';

/** @throws UsageError `mcp.not-found` or `mcp.ambiguous`, naming the candidates; both exit 6, as for every other name. */
export function findServer(rows: readonly McpRow[], reference: string): McpRow {
  const named = rows.filter(({ name }) => name === reference);
  const exact = named.length > 0 ? named : rows.filter(({ key, id }) => key === reference || id === reference);
  // A server that is called as another's id ends is not taken for it.
  const meant = [...new Set([...exact, ...idsWith(reference, rows, ({ id }) => id)])];
  const found =
    meant.length > 0 ? meant : rows.filter(({ key, id }) => beginsWith(key, reference) || beginsWith(id, reference));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    const keys = found.map(
      ({ key, clients, launch }) => `${key} (${clients.join(', ') || 'registry'}: ${visible(launch, { max: 60 })})`,
    );
    throw new UsageError('mcp.ambiguous', {
      message: `${found.length} servers are called ${visible(reference, { max: 80 })}: ${keys.join('; ')}.`,
      next: `Name one by its key: aim mcp show ${first.key}`,
      exitCode: ExitCode.NotFound,
    });
  }
  throw new UsageError('mcp.not-found', {
    message: `No MCP server is called ${visible(reference, { max: 80 })}.`,
    next: 'See which there are: aim mcp ls',
    exitCode: ExitCode.NotFound,
  });
}

const beginsWith = (id: string | null, reference: string): boolean =>
  reference.length >= 4 && (id?.startsWith(reference) ?? false);
