// A real MCP server over stdio, for the librarian to drive and for the MCP screen to find: notes in a folder.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const folder = process.env['NOTES_FOLDER'] ?? process.cwd();
// A name, not a path: an agent must not reach out of the folder.
const name = z
  .string()
  .regex(/^[\w-]{1,60}$/, 'letters, digits, - and _')
  .describe('The name of the note');
const fileOf = (note: string): string => join(folder, `${note}.md`);
const said = (text: string) => ({ content: [{ type: 'text' as const, text }] });

const server = new McpServer(
  { name: 'notes', version: '1.0.0' },
  { instructions: 'Notes in Markdown. Ask before you delete one.' },
);

server.registerTool(
  'list_notes',
  { title: 'List notes', description: 'Names of all notes.', inputSchema: z.object({}), annotations: { readOnlyHint: true } },
  () =>
    said(
      readdirSync(folder)
        .filter((file) => file.endsWith('.md'))
        .map((file) => file.slice(0, -3))
        .join('\n'),
    ),
);

server.registerTool(
  'read_note',
  {
    title: 'Read a note',
    description: 'The text of one note.',
    inputSchema: z.object({ name }),
    annotations: { readOnlyHint: true },
  },
  ({ name: note }) => said(readFileSync(fileOf(note), 'utf8')),
);

server.registerTool(
  'write_note',
  {
    title: 'Write a note',
    description: 'Writes or replaces one note.',
    inputSchema: z.object({ name, text: z.string().max(10_000) }),
    annotations: { destructiveHint: false, idempotentHint: true },
  },
  ({ name: note, text }) => {
    writeFileSync(fileOf(note), `${text}\n`);
    return said(`Wrote ${note}.`);
  },
);

server.registerTool(
  'delete_note',
  {
    title: 'Delete a note',
    description: 'Deletes one note for good.',
    inputSchema: z.object({ name }),
    annotations: { destructiveHint: true },
  },
  ({ name: note }) => {
    rmSync(fileOf(note), { force: true });
    return said(`Deleted ${note}.`);
  },
);

await server.connect(new StdioServerTransport());
