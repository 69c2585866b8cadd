// What every verb about MCP servers begins with: the servers of this machine, and those that the control plane knows.

import { detectMcpServers } from '../../src/mcp/detect.ts';
import { findServer } from '../../src/mcp/find-server.ts';
import { type McpRow, overview } from '../../src/mcp/overview.ts';
import type { Detection, Platform } from '../../src/mcp/record.ts';
import { detectOptionsFor } from '../../src/mcp/surroundings.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { McpServer } from '../../src/wire/mcp.ts';
import type { ActionContext, Argument } from '../action.ts';

export type Place = { home?: string | undefined; platform?: Platform | undefined };

export function detect({ settings, io, signal }: ActionContext, place: Place = {}): Promise<Detection> {
  const options = detectOptionsFor({ paths: settings.paths, env: io.env, cwd: io.cwd, ...place });
  return detectMcpServers({ ...options, signal });
}

async function registered({ api, signal }: ActionContext): Promise<McpServer[]> {
  const servers: McpServer[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.mcp.list({ limit: 100, cursor, signal });
    servers.push(...page.items);
    if (page.nextCursor === null || page.nextCursor === cursor) return servers;
    cursor = page.nextCursor;
  }
}

export async function rows(context: ActionContext, place: Place = {}): Promise<{ rows: McpRow[]; detection: Detection }> {
  const [detection, known] = await Promise.all([detect(context, place), registered(context)]);
  return { rows: overview(detection.servers, known), detection };
}

/** Says on standard error which files could not be read, so that a short list is not taken for a whole one. */
export function noteProblems({ io }: ActionContext, { problems }: Detection): void {
  for (const { path, line, column, message } of problems.slice(0, MOST_PROBLEMS)) {
    const place = line === null ? '' : `:${line}${column === null ? '' : `:${column}`}`;
    io.note(`${visible(asUntrusted(path))}${place}: ${visible(message)}`);
  }
  if (problems.length > MOST_PROBLEMS) io.note(`and ${problems.length - MOST_PROBLEMS} more files with problems`);
}

/** By name, key or id: of this machine's servers, or of those that the control plane knows. */
export const serverArgument: Argument<McpRow> & { subject: 'mcp-server' } = {
  summary: 'The server: its name, its key, or its id in the registry',
  subject: 'mcp-server',
  parse: async (text, context) => findServer((await rows(context)).rows, text),
  complete: async (partial, context) =>
    (await rows(context)).rows
      .filter(({ name }) => name.startsWith(partial))
      .map(({ name, clients }) => ({ value: name, summary: clients.join(', ') })),
};

const MOST_PROBLEMS = 20;
