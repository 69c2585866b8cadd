// A server out of use at every client, without touching anything else of their files; and back again, byte by byte.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detectMcpServers } from '../../src/mcp/detect.ts';
import { planQuarantine, quarantine, release } from '../../src/mcp/quarantine.ts';
import type { DetectedServer } from '../../src/mcp/record.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aim-quarantine-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (path: string): string => join(root, 'home', 'me', path);
function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text, { mode: 0o640 });
}
async function find(name: string): Promise<DetectedServer | undefined> {
  const { servers } = await detectMcpServers({ home: at(''), cwd: root, platform: 'linux', env: {}, root });
  return servers.find((server) => server.name === name);
}
async function take(name: string): Promise<void> {
  const server = await find(name);
  if (server === undefined) throw new Error(`There is no ${name}.`);
  await quarantine(server, await planQuarantine(server), join(root, 'state'), new Date());
}

const files: [client: string, path: string, text: string, shows: RegExp | null][] = [
  [
    'Cursor, which knows no switch',
    '.cursor/mcp.json',
    '{\n\t"mcpServers": {\n\t\t"notes": {"command": "npx", "env": {"TOKEN": "planted"}},\n\t\t"other": {"command": "x"}\n\t}\n}\n',
    null,
  ],
  [
    'VS Code, with comments',
    '.config/Code/User/mcp.json',
    '// mine\n{\n  "servers": {\n    // the notes\n    "notes": { "command": "npx" }, /* and */\n    "other": { "command": "x" },\n  },\n}\n',
    null,
  ],
  [
    'Kiro, which has a switch',
    '.kiro/settings/mcp.json',
    '{"mcpServers": {"notes": {"command": "npx", "args": ["a"]}}}',
    /"disabled": ?true/,
  ],
  [
    'Codex',
    '.codex/config.toml',
    'model = "x" # mine\n\n[mcp_servers.notes]\ncommand = "npx"\n\n[mcp_servers.other]\ncommand = "x"\n',
    /\[mcp_servers\.notes\]\nenabled = false\ncommand/,
  ],
  [
    'Goose',
    '.config/goose/config.yaml',
    '# mine\nextensions:\n  notes:\n    type: stdio\n    cmd: npx # runs\n    enabled: true\n',
    /enabled: false/,
  ],
  [
    'Continue, which keeps a list',
    '.continue/config.yaml',
    '# mine\nmcpServers:\n  - name: notes\n    command: npx\n  - name: other\n    command: x\n',
    null,
  ],
];

describe.each(files)('%s', (_, path, text, shows) => {
  test('is changed in this one entry, and back to what it was', async () => {
    write(path, text);
    await take('notes');
    const now = readFileSync(at(path), 'utf8');
    const left = await find('notes');
    expect(left === undefined || left.sightings.every(({ disabled }) => disabled)).toBe(true);
    if (shows !== null) expect(now).toMatch(shows);
    if (text.includes('other')) expect(await find('other')).toBeDefined();
    if (text.includes('mine')) expect(now).toContain('mine');
    expect(statSync(at(path)).mode & 0o777).toBe(0o640);
    await release('notes', join(root, 'state'));
    expect(readFileSync(at(path), 'utf8')).toBe(text);
  });
});

test('every client that has the server is changed, and the plan shows no value', async () => {
  for (const [, path, text] of files) write(path, text.replace('"npx"', '"notes-server"').replace('npx', 'notes-server'));
  const server = await find('notes');
  const plan = await planQuarantine(server as DetectedServer);
  expect(JSON.stringify(plan)).not.toContain('planted');
  await quarantine(server as DetectedServer, plan, join(root, 'state'), new Date());
  const left = await find('notes');
  expect(left?.sightings.filter(({ disabled }) => !disabled) ?? []).toEqual([]);
});

test('a managed file is left alone, and the plan says so', async () => {
  mkdirSync(join(root, 'etc', 'claude-code'), { recursive: true });
  writeFileSync(join(root, 'etc', 'claude-code', 'managed-mcp.json'), '{"mcpServers": {"notes": {"command": "npx"}}}');
  const plan = await planQuarantine((await find('notes')) as DetectedServer);
  expect(plan).toMatchObject({ steps: [], left: [{ client: 'claude-code', why: 'it is managed' }] });
});

test('a file that changed since it was shown is left alone', async () => {
  write('.cursor/mcp.json', '{"mcpServers": {"notes": {"command": "npx"}}}');
  const server = (await find('notes')) as DetectedServer;
  const plan = await planQuarantine(server);
  write('.cursor/mcp.json', '{"mcpServers": {"notes": {"command": "npx", "args": ["new"]}}}');
  await expect(quarantine(server, plan, join(root, 'state'), new Date())).rejects.toThrow('changed meanwhile');
  expect(readFileSync(at('.cursor/mcp.json'), 'utf8')).toContain('new');
});

test('what changed meanwhile stays when the entry is put back', async () => {
  write('.cursor/mcp.json', '{"mcpServers": {"notes": {"command": "npx"}}}');
  await take('notes');
  write('.cursor/mcp.json', '{"mcpServers": {"later": {"command": "y"}}}');
  await release('notes', join(root, 'state'));
  expect(JSON.parse(readFileSync(at('.cursor/mcp.json'), 'utf8'))).toEqual({
    mcpServers: { later: { command: 'y' }, notes: { command: 'npx' } },
  });
});

test('the backup holds what the file held, for its owner', async () => {
  write('.cursor/mcp.json', '{"mcpServers": {"notes": {"command": "npx"}}}');
  await take('notes');
  const [backup = ''] = readdirSync(at('.cursor')).filter((name) => name.includes('aim-backup'));
  expect(readFileSync(join(at('.cursor'), backup), 'utf8')).toContain('notes');
});

test('the only entry of a map with a comma behind it leaves a map that clients read', async () => {
  write('.cursor/mcp.json', '\ufeff// mine\r\n{"mcpServers": {"notes": {"command": "npx"},},}');
  const before = readFileSync(at('.cursor/mcp.json'));
  await take('notes');
  const text = readFileSync(at('.cursor/mcp.json'), 'utf8');
  expect(text).toMatch(/^\ufeff\/\/ mine\r\n/);
  expect(text.replaceAll(/\s/g, '')).toMatch(/\{"mcpServers":\{\},?\}$/);
  await release('notes', join(root, 'state'));
  expect(readFileSync(at('.cursor/mcp.json'))).toEqual(before);
});

test.each([
  ['with its mark', '\ufeff'],
  ['without it', ''],
])('a file in UTF-16 %s is left as it is', async (_, mark) => {
  const path = '.codeium/windsurf/mcp_config.json';
  const bytes = Buffer.from(`${mark}{"mcpServers": {"notes": {"command": "npx"}}}`, 'utf16le');
  write(path, '');
  writeFileSync(at(path), bytes);
  await expect(take('notes')).rejects.toMatchObject({ code: 'mcp.cannot-edit' });
  expect(readFileSync(at(path))).toEqual(bytes);
});
