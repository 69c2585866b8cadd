// The demo's folders: a home with planted MCP client configurations, and a workspace that each run makes anew.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { programFile } from '../program.ts';

export type DemoFolders = { home: string; workspace: string; securityLog: string };

/** Makes both below `root`. Agents' keys in the home stay, so that the same agents come back; the workspace starts over. */
export function plantDemo(root: string): DemoFolders {
  const folders = { home: join(root, 'home'), workspace: join(root, 'workspace'), securityLog: join(root, 'security.log') };
  rmSync(folders.workspace, { recursive: true, force: true });
  mkdirSync(folders.home, { recursive: true, mode: 0o700 });
  mkdirSync(folders.workspace, { recursive: true, mode: 0o700 });
  plantClients(folders);
  plantRepository(folders.workspace);
  plantOrders(join(folders.workspace, 'orders.sqlite'));
  return folders;
}

// As three clients would hold them; the weak spots are ones that operators meet: a token in the open, a launcher without a version.
function plantClients({ home, workspace }: DemoFolders): void {
  const notes = {
    command: process.execPath,
    args: [programFile('demo/mcp-server')],
    env: { NOTES_FOLDER: join(workspace, 'library') },
  };
  writeJson(join(home, '.claude.json'), {
    mcpServers: {
      notes,
      tickets: { type: 'http', url: 'https://tickets.example.com/mcp', headers: { Authorization: 'Bearer ${TICKETS_TOKEN}' } },
    },
  });
  writeJson(join(home, '.cursor', 'mcp.json'), {
    mcpServers: {
      notes,
      'build-bot': {
        command: 'npx',
        args: ['-y', 'example-build-bot-mcp'],
        env: { BUILD_BOT_TOKEN: ['ghp', 'demo0demo0demo0demo0demo0demo0demo0'].join('_') },
      },
    },
  });
  writeJson(join(home, '.gemini', 'settings.json'), {
    mcpServers: { weather: { httpUrl: 'http://weather.example.com/mcp', trust: true } },
  });
  mkdirSync(join(workspace, 'library'), { recursive: true });
  writeFileSync(join(workspace, 'library', 'welcome.md'), '# Welcome\n\nThe librarian keeps these notes.\n');
  writeFileSync(
    join(workspace, 'library', 'retention.md'),
    '# Retention\n\nNotes are kept until a person agrees to delete them.\n',
  );
}

function plantRepository(workspace: string): void {
  const work = join(workspace, 'repository');
  const origin = join(workspace, 'origin.git');
  git(workspace, 'init', '--quiet', '--bare', '--initial-branch=main', origin);
  git(workspace, 'init', '--quiet', '--initial-branch=main', work);
  git(work, 'remote', 'add', 'origin', origin);
  writeFileSync(join(work, 'README.md'), '# The scribe’s repository\n');
  git(work, 'add', '.');
  git(work, 'commit', '--quiet', '-m', 'Begin');
}

/** Runs git without the user's own configuration, so that no hook or signing key of theirs takes part. */
export function git(cwd: string, ...args: string[]): string {
  return execFileSync(
    'git',
    ['-c', 'user.name=demo-scribe', '-c', 'user.email=demo-scribe@localhost', '-c', 'commit.gpgsign=false', ...args],
    {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: cwd,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_TERMINAL_PROMPT: '0',
      },
    },
  );
}

function plantOrders(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`
    CREATE TABLE orders (id TEXT PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL, state TEXT NOT NULL);
    CREATE TABLE refunds (order_id TEXT PRIMARY KEY REFERENCES orders, cents INTEGER NOT NULL, approved_by TEXT, at TEXT NOT NULL);
  `);
  const insert = database.prepare('INSERT INTO orders VALUES (?, ?, ?, ?)');
  const customers = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Frances', 'Niklaus', 'Radia'];
  for (const [index, customer] of customers.entries()) {
    insert.run(`ord_${1001 + index}`, customer, 1990 + index * 730, index % 3 === 0 ? 'returned' : 'paid');
  }
  database.close();
}

function writeJson(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
