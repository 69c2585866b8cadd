// The librarian: drives a real MCP server over stdio, and asks before it deletes a note.

import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { programFile } from '../program.ts';
import { type Desk, runDemoAgent } from './agent.ts';

await runDemoAgent(
  'demo-librarian',
  {
    description: 'Looks after a library of notes through an MCP server.',
    agentType: 'custom',
    capabilities: ['mcp:resource_read', 'mcp:tool_use'],
  },
  (desk) => {
    const library = openLibrary(desk);
    return [read(desk, library), tidy(desk, library)];
  },
);

async function openLibrary({ workspace, signal }: Desk): Promise<Client> {
  const client = new Client({ name: 'demo-librarian', version: '1.0.0' });
  const env = { PATH: process.env['PATH'] ?? '', NOTES_FOLDER: join(workspace, 'library') };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [programFile('demo/mcp-server')], env, stderr: 'ignore' }),
  );
  signal.addEventListener('abort', () => void client.close(), { once: true });
  // Left while the server was starting: nobody is there any more to hear the abort.
  if (signal.aborted) await client.close();
  return client;
}

async function read({ act, rest }: Desk, library: Promise<Client>): Promise<void> {
  const client = await library;
  for (let round = 1; ; round += 1) {
    await act({
      capability: 'mcp:tool_use',
      resource: 'notes.list_notes',
      says: 'Lists the notes',
      does: () => client.callTool({ name: 'list_notes', arguments: {} }),
    });
    await act({
      capability: 'mcp:tool_use',
      resource: 'notes.write_note',
      context: { name: `round-${round}` },
      says: `Writes note round-${round}`,
      does: () => client.callTool({ name: 'write_note', arguments: { name: `round-${round}`, text: `Round ${round}.` } }),
    });
    await rest(6);
  }
}

async function tidy({ act, rest }: Desk, library: Promise<Client>): Promise<void> {
  const client = await library;
  await rest(5);
  for (const name of ['retention', 'welcome', 'round-1', 'round-2', 'round-3']) {
    await act({
      capability: 'notes:delete',
      resource: `notes/${name}`,
      context: { tool: 'delete_note', name },
      jitAccess: true,
      riskLevel: 'high',
      says: `Deletes note ${name}`,
      does: () => client.callTool({ name: 'delete_note', arguments: { name } }),
    });
    await rest(60);
  }
}
