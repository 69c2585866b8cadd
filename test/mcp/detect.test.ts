// Every client, scope, format and platform of the table, read from fixtures; and files that no parser likes.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { check } from '../../src/mcp/checks/check.ts';
import { clients } from '../../src/mcp/clients.ts';
import { detectMcpServers } from '../../src/mcp/detect.ts';
import type { Detection, DetectOptions, Platform } from '../../src/mcp/record.ts';

const fixtures = fileURLToPath(new URL('../fixtures/mcp/clients', import.meta.url));
const platforms = ['linux', 'darwin', 'win32'] as const;

/** How many entries of each scope the fixture of a client holds; the same on each platform but where it says so. */
const expected: Record<string, Record<string, number> & { darwin?: never }> = {
  'claude-desktop': { user: 1 },
  'claude-code': { user: 1, local: 1, project: 1, managed: 1 },
  cursor: { user: 1, project: 1 },
  vscode: { user: 7, profile: 1, project: 1 },
  'copilot-cli': { user: 1, project: 1 },
  'copilot-jetbrains': { user: 1 },
  junie: { user: 1, project: 1 },
  windsurf: { user: 1 },
  antigravity: { user: 1 },
  'gemini-cli': { user: 2, project: 1 },
  codex: { user: 1, project: 1 },
  zed: { user: 1, project: 1 },
  cline: { user: 2 },
  'roo-code': { user: 2, project: 1 },
  'kilo-code': { user: 2, project: 1 },
  continue: { user: 1, project: 2 },
  goose: { user: 1 },
  'lm-studio': { user: 2 },
  opencode: { user: 2, project: 1 },
  'amazon-q': { user: 3, project: 1 },
  kiro: { user: 1, project: 1 },
  warp: { user: 1, project: 1 },
  mcporter: { user: 2, project: 1 },
  sema4ai: { user: 1 },
  amp: { user: 1, project: 1 },
};

/** Both casings, both folders: what only some platforms have twice. */
const more: Record<string, Record<string, number>> = {
  'claude-code win32': { managed: 2 },
  'zed darwin': { user: 2 },
  'zed win32': { user: 2 },
};

const fixture = (client: string, platform: Platform): DetectOptions => {
  const folder = join(fixtures, client, platform);
  return { home: join(folder, 'home'), cwd: join(folder, 'project'), root: join(folder, 'disk'), platform, env: {} };
};

describe('every client of the table, on every platform', () => {
  const cases = clients.flatMap(({ id }) => platforms.map((platform) => [id, platform] as const));

  test.each(cases)('%s on %s: every scope is found, under its name', async (client, platform) => {
    const { servers, problems } = await detectMcpServers(fixture(client, platform));
    expect(problems).toEqual([]);
    const own = servers.flatMap(({ name, sightings }) =>
      sightings.filter((sighting) => sighting.client === client).map((sighting) => ({ name, ...sighting })),
    );
    const counts: Record<string, number> = {};
    for (const { name, scope } of own) {
      expect(name).toBe(`${client} ${scope}`);
      counts[scope] = (counts[scope] ?? 0) + 1;
    }
    expect(counts).toEqual({ ...expected[client], ...more[`${client} ${platform}`] });
  });

  test.each(cases)('%s on %s: no value of an environment variable or header comes out', async (client, platform) => {
    expect(JSON.stringify(await detectMcpServers(fixture(client, platform)))).not.toContain('planted');
  });

  test('has a fixture for every client, and no other', () => {
    expect(readdirSync(fixtures).sort()).toEqual(clients.map(({ id }) => id).sort());
  });
});

describe('what a client says of a server', () => {
  test.each<[title: string, client: string, name: string, part: object]>([
    ['a command with an array', 'opencode', 'opencode project', { command: 'bun', args: ['x', '@example/opencode'] }],
    ['a command with a path inside', 'zed', 'zed user', { command: 'npx', args: ['-y', '@example/zed'], transport: 'stdio' }],
    ['serverUrl', 'windsurf', 'windsurf user', { url: 'https://mcp.example.test/windsurf', transport: 'http' }],
    ['httpUrl', 'gemini-cli', 'gemini-cli user', { url: 'https://mcp.example.test/gemini', transport: 'http' }],
    ["Gemini's url, which means SSE", 'gemini-cli', 'gemini-cli project', { transport: 'sse' }],
    ['streamableHttp', 'cline', 'cline user', { transport: 'http' }],
    ['type sse', 'claude-code', 'claude-code project', { transport: 'sse' }],
    [
      'names that are read elsewhere',
      'codex',
      'codex user',
      { environment: expect.arrayContaining([named('HOME', 'reference')]) },
    ],
    ['env_keys', 'goose', 'goose user', { environment: expect.arrayContaining([named('GOOSE_KEY', 'reference')]) }],
    [
      'a token taken from the environment',
      'codex',
      'codex project',
      { headers: expect.arrayContaining([named('Authorization', 'reference')]) },
    ],
    ['an input that is asked for', 'vscode', 'vscode user', { environment: [named('EXAMPLE_TOKEN', 'reference')] }],
    ['an environment of its own kind', 'opencode', 'opencode user', { environment: [named('EXAMPLE_TOKEN', 'reference')] }],
    [
      'a secret under a telling name',
      'kiro',
      'kiro user',
      { environment: [named('EXAMPLE_TOKEN', 'secret'), named('LEVEL', 'plain')] },
    ],
  ])('%s', async (_, client, name, part) => {
    const { servers } = await detectMcpServers(fixture(client, 'linux'));
    expect(servers.filter((server) => server.name === name)).toContainEqual(expect.objectContaining(part));
  });

  test.each<[title: string, client: string, name: string, part: object]>([
    ['disabled: true', 'windsurf', 'windsurf user', { disabled: true }],
    ['enabled: false', 'goose', 'goose user', { disabled: true }],
    ['trust: true', 'gemini-cli', 'gemini-cli user', { autoApproved: ['*'], tools: { allow: ['a'], deny: ['b'] } }],
    ['autoApprove', 'cline', 'cline user', { autoApproved: ['read', 'list'] }],
    ['alwaysAllow', 'roo-code', 'roo-code user', { autoApproved: ['read'] }],
    ['an approval mode for all', 'codex', 'codex user', { autoApproved: ['*'], tools: { allow: ['read'], deny: ['write'] } }],
    ['an approval mode of one tool', 'codex', 'codex project', { autoApproved: ['search'], disabled: true }],
    ['tools that are allowed', 'copilot-cli', 'copilot-cli user', { tools: { allow: ['*'], deny: null } }],
  ])('%s', async (_, client, name, part) => {
    const { servers } = await detectMcpServers(fixture(client, 'linux'));
    const sightings = servers.filter((server) => server.name === name).flatMap((server) => server.sightings);
    expect(sightings).toContainEqual(expect.objectContaining(part));
  });
});

function named(name: string, shape: string): unknown {
  return expect.objectContaining({ name, shape });
}

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A home with these files; a cwd that is in no repository unless `cwd` names one. */
function homeWith(files: Record<string, string | object>): { home: string; options: DetectOptions } {
  const disk = mkdtempSync(join(tmpdir(), 'aim-mcp-'));
  made.push(disk);
  const home = join(disk, 'home', 'me');
  mkdirSync(join(disk, 'work'), { recursive: true });
  mkdirSync(home, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const whole = join(disk, path.replace(/^~/, 'home/me'));
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return { home, options: { home, cwd: join(disk, 'work'), platform: 'linux', env: {} } };
}

const server = (name: string, entry: object = { command: 'npx', args: ['-y', 'server@1.0.0'] }) => ({
  mcpServers: { [name]: entry },
});
const detect = (files: Record<string, string | object>, options: DetectOptions = {}): Promise<Detection> =>
  detectMcpServers({ ...homeWith(files).options, ...options });

describe('the same server in several places', () => {
  test('is one row with its sightings', async () => {
    const { servers } = await detect({ '~/.cursor/mcp.json': server('files'), '~/.kiro/settings/mcp.json': server('files') });
    expect(servers.map(({ sightings }) => sightings.map(({ client }) => client))).toEqual([['cursor', 'kiro']]);
  });

  test('is one row although the secrets in its arguments differ', async () => {
    const entry = (token: string) => ({ command: 'server', args: [`--token=${token}`] });
    const { servers } = await detect({
      '~/.cursor/mcp.json': server('files', entry('one-planted-value')),
      '~/.kiro/settings/mcp.json': server('files', entry('another-planted-value')),
    });
    expect(servers).toHaveLength(1);
    expect(JSON.stringify(servers)).not.toContain('planted');
  });

  test('is two rows where a relative path makes it two servers', async () => {
    const entry = { command: 'node', args: ['./server.js'] };
    const { servers } = await detect({
      '~/.claude.json': { projects: { '/a': server('own', entry), '/b': server('own', entry) } },
    });
    expect(servers.map(({ cwd }) => cwd).sort()).toEqual(['/a', '/b']);
  });

  test.each<[title: string, files: Record<string, object>, winner: string]>([
    [
      'the project hides the user',
      { '~/.cursor/mcp.json': server('x', { command: 'user' }), 'work/.cursor/mcp.json': server('x', { command: 'project' }) },
      'project',
    ],
    [
      'the folder of the work hides the root of its repository',
      {
        'work/.git/HEAD': {},
        'work/.cursor/mcp.json': server('x', { command: 'root' }),
        'work/deep/er/.cursor/mcp.json': server('x', { command: 'near' }),
      },
      'near',
    ],
    [
      'a managed file of Claude Code is all that counts',
      {
        '~/.claude.json': server('x', { command: 'user' }),
        'work/.mcp.json': server('x', { command: 'project' }),
        'etc/claude-code/managed-mcp.json': server('x', { command: 'managed' }),
      },
      'managed',
    ],
  ])('%s', async (_, files, winner) => {
    const { options, home } = homeWith(files);
    const work = join(home, '..', '..', 'work');
    const cwd = Object.keys(files).some((path) => path.startsWith('work/deep')) ? join(work, 'deep', 'er') : work;
    const { servers } = await detectMcpServers({ ...options, cwd });
    const winners = servers.filter(({ sightings }) =>
      sightings.some(({ wins, client }) => wins && client === sightings[0]?.client && client !== 'copilot-cli'),
    );
    expect(winners.map(({ command }) => command)).toEqual([winner]);
  });

  test('a local entry of another project hides nothing here', async () => {
    const { servers } = await detect({
      '~/.claude.json': { ...server('x', { command: 'user' }), projects: { '/elsewhere': server('x', { command: 'local' }) } },
    });
    expect(servers.flatMap(({ sightings }) => sightings.map(({ scope, wins }) => `${scope} ${wins}`)).sort()).toEqual([
      'local true',
      'user true',
    ]);
  });
});

describe('what settings say beside the entries', () => {
  const project = { 'work/.git/HEAD': {}, 'work/.mcp.json': server('x') };
  const claude = async (files: Record<string, object>) => {
    const { options, home } = homeWith({ ...project, ...files });
    const { servers } = await detectMcpServers({ ...options, cwd: join(home, '..', '..', 'work') });
    const sighting = servers.flatMap(({ sightings }) => sightings).find(({ client }) => client === 'claude-code');
    return { startsUnasked: sighting?.startsUnasked === true, disabled: sighting?.disabled, approved: sighting?.autoApproved };
  };
  const asked = { startsUnasked: false, disabled: false, approved: [] };

  test.each<[title: string, files: Record<string, object>, expected: object]>([
    ['nothing', {}, asked],
    [
      'enableAllProjectMcpServers',
      { '~/.claude/settings.json': { enableAllProjectMcpServers: true } },
      { ...asked, startsUnasked: true },
    ],
    [
      'the same in the settings of the project',
      { 'work/.claude/settings.local.json': { enableAllProjectMcpServers: true } },
      { ...asked, startsUnasked: true },
    ],
    ['enabledMcpjsonServers: a person said yes to it', { '~/.claude/settings.json': { enabledMcpjsonServers: ['x'] } }, asked],
    ['disabledMcpjsonServers', { '~/.claude/settings.json': { disabledMcpjsonServers: ['x'] } }, { ...asked, disabled: true }],
    [
      'permission for a tool',
      { 'work/.claude/settings.json': { permissions: { allow: ['mcp__x__read', 'mcp__y__write', 'Bash(ls)'] } } },
      { ...asked, approved: ['read'] },
    ],
    [
      'permission for the whole server',
      { '~/.claude/settings.json': { permissions: { allow: ['mcp__x'] } } },
      { ...asked, approved: ['*'] },
    ],
    [
      'a name that is denied by the managed settings',
      { 'etc/claude-code/managed-settings.json': { deniedMcpServers: [{ serverName: 'x' }] } },
      { ...asked, disabled: true },
    ],
    [
      'managed settings that allow others only',
      { 'etc/claude-code/managed-settings.json': { allowedMcpServers: [{ serverUrl: 'https://*.example.test/*' }] } },
      { ...asked, disabled: true },
    ],
    [
      'managed settings that allow its command',
      {
        'etc/claude-code/managed-settings.json': {
          allowedMcpServers: [{ serverCommand: ['npx', '-y', 'server@1.0.0'] }],
        },
      },
      asked,
    ],
    ['settings of another shape', { '~/.claude/settings.json': { permissions: 7, disabledMcpjsonServers: 'x' } }, asked],
  ])('%s', async (_, files, expected) => {
    expect(await claude(files)).toEqual(expected);
  });

  test('what ~/.claude.json says of a project holds there, and nowhere else', async () => {
    const { options, home } = homeWith(project);
    const work = join(home, '..', '..', 'work');
    const say = (folder: string) =>
      writeFileSync(join(home, '.claude.json'), JSON.stringify({ projects: { [folder]: { disabledMcpjsonServers: ['x'] } } }));
    const disabled = async () => {
      const { servers } = await detectMcpServers({ ...options, cwd: work });
      return servers.flatMap(({ sightings }) => sightings).find(({ client }) => client === 'claude-code')?.disabled;
    };
    say('/elsewhere');
    expect(await disabled()).toBe(false);
    say(work);
    expect(await disabled()).toBe(true);
  });

  test.each<[title: string, file: string, content: object, part: object]>([
    ['Gemini CLI, by exclusion', '~/.gemini/settings.json', { ...server('x'), mcp: { excluded: ['x'] } }, { disabled: true }],
    ['Gemini CLI, by admission', '~/.gemini/settings.json', { ...server('x'), mcp: { allowed: ['y'] } }, { disabled: true }],
    [
      'VS Code, for every tool',
      '~/.config/Code/User/settings.json',
      { mcp: { servers: { x: { command: 'a' } } }, 'chat.tools.autoApprove': true },
      { autoApproved: ['*'] },
    ],
    [
      'Zed, for every tool',
      '~/.config/zed/settings.json',
      { context_servers: { x: { command: 'a' } }, agent: { always_allow_tool_actions: true } },
      { autoApproved: ['*'] },
    ],
    [
      'Amazon Q, by rules',
      '~/.aws/amazonq/cli-agents/a.json',
      { ...server('x'), allowedTools: ['@x/read', '@y', 'fs_read'] },
      { autoApproved: ['read'] },
    ],
  ])('%s', async (_, file, content, part) => {
    const { servers } = await detect({ [file]: content });
    expect(servers.flatMap(({ sightings }) => sightings)).toEqual([expect.objectContaining(part)]);
  });
});

describe('homes', () => {
  test('a home that says nothing of its platform is read for all that it holds', async () => {
    const { options } = homeWith({
      '~/Library/Application Support/Claude/claude_desktop_config.json': server('mac'),
      '~/AppData/Roaming/Claude/claude_desktop_config.json': server('windows'),
      '~/.config/Claude/claude_desktop_config.json': server('linux'),
    });
    const { servers } = await detectMcpServers({ ...options, platform: undefined });
    expect(servers.map(({ name }) => name)).toEqual(['linux', 'mac', 'windows']);
  });

  test('Windows homes are seen from WSL, and Linux homes from Windows', async () => {
    const { options } = homeWith({
      'mnt/c/Users/ann/AppData/Roaming/Claude/claude_desktop_config.json': server('from-windows'),
      'wsl.localhost/Ubuntu/home/ann/.cursor/mcp.json': server('from-wsl'),
    });
    const seen = async (platform: Platform) => {
      const { servers } = await detectMcpServers({ ...options, platform });
      return servers.map(({ name, sightings }) => `${name} ${sightings[0]?.home}`);
    };
    expect(await seen('linux')).toEqual(['from-windows windows:ann']);
    expect(await seen('win32')).toEqual(['from-wsl wsl:Ubuntu']);
  });

  test('another home besides carries its label', async () => {
    const { home: other } = homeWith({ '~/.cursor/mcp.json': server('planted-demo') });
    const { servers } = await detect({ '~/.cursor/mcp.json': server('own') }, { alsoHomes: [{ path: other, label: 'demo' }] });
    expect(servers.map(({ name, sightings }) => [name, sightings[0]?.home])).toEqual([
      ['own', null],
      ['planted-demo', 'demo'],
    ]);
  });

  test('the environment says where configuration was moved to', async () => {
    const { home, options } = homeWith({
      '~/moved/Claude/claude_desktop_config.json': server('xdg'),
      '~/codex/config.toml': '[mcp_servers.codex]\ncommand = "x"\n',
      '~/cline.json': server('cline'),
    });
    const env = {
      XDG_CONFIG_HOME: join(home, 'moved'),
      CODEX_HOME: join(home, 'codex'),
      CLINE_MCP_SETTINGS_PATH: join(home, 'cline.json'),
    };
    const { servers } = await detectMcpServers({ ...options, env });
    expect(servers.map(({ name }) => name)).toEqual(['cline', 'codex', 'xdg']);
  });
});

describe('files that are wrong', () => {
  const path = '~/.cursor/mcp.json';

  test.each<[title: string, content: string, problem: object, names: string[]]>([
    [
      'a comma that is missing',
      '{\n  "mcpServers": {\n    "a": {"command": "x"}\n    "b": {"command": "y"} } }',
      { line: 4, column: 5 },
      ['a', 'b'],
    ],
    ['a file cut short', '{"mcpServers": {"a": {"command": "x"}', { line: 1, column: 38 }, ['a']],
    ['words', 'hello there', { line: 1, column: 1 }, []],
    ['a list at the top', '[1, 2]', { message: expect.stringContaining('object') }, []],
    ['servers that are a word', '{"mcpServers": "none"}', { message: expect.stringContaining('/mcpServers') }, []],
    ['a server that is a word', '{"mcpServers": {"a": "npx"}}', { message: expect.stringContaining('/mcpServers/a') }, []],
    ['nesting without end', `{"mcpServers": ${'['.repeat(200_000)}`, { message: expect.any(String) }, []],
  ])('%s is a problem with its place', async (_, content, problem, names) => {
    const detection = await detect({ [path]: content });
    expect(detection.problems).toEqual([expect.objectContaining(problem)]);
    expect(detection.servers.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    ['TOML', '~/.codex/config.toml', 'model = "x"\n[mcp_servers.a\ncommand = "planted"\n', 2],
    ['YAML', '~/.continue/config.yaml', 'mcpServers:\n  - name: a\n   command: "planted\n', 3],
  ])('broken %s has a place, and is not quoted', async (_, file, content, line) => {
    const detection = await detect({ [file]: content });
    expect(detection.problems).toEqual([expect.objectContaining({ line })]);
    expect(JSON.stringify(detection.problems)).not.toContain('planted');
  });

  test('aliases of aliases in YAML are refused', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'].map((pair) => [...pair])) {
      lines.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(', ')}]`);
    }
    const { problems } = await detect({ '~/.continue/config.yaml': lines.join('\n') });
    expect(problems).toHaveLength(1);
  });

  test('an empty file is no problem', async () => {
    expect((await detect({ [path]: '' })).problems).toEqual([]);
  });

  test('5 MB of ~/.claude.json are read whole', async () => {
    const history = Array.from({ length: 50_000 }, (_, index) => ({ display: `${index} ${'x'.repeat(90)}` }));
    const { servers, problems } = await detect({ '~/.claude.json': { history, ...server('last') } });
    expect(servers.map(({ name }) => name)).toEqual(['last']);
    expect(problems).toEqual([]);
  });

  test('a name may be anything, and is a name only', async () => {
    const { servers } = await detect({
      [path]: '{"mcpServers": {"__proto__": {"command": "a"}, "constructor": {"command": "b"}, "a/b~c": {"command": "c"}}}',
    });
    expect(servers.map(({ name }) => name).sort()).toEqual(['__proto__', 'a/b~c', 'constructor']);
    expect(servers.find(({ name }) => name === 'a/b~c')?.sightings[0]?.pointer).toBe('/mcpServers/a~1b~0c');
  });

  test('a folder, a pipe and a link to itself are problems', async () => {
    const { home, options } = homeWith({ '~/.cursor/mcp.json/file': '' });
    mkdirSync(join(home, '.kiro', 'settings'), { recursive: true });
    symlinkSync('mcp.json', join(home, '.kiro', 'settings', 'mcp.json'));
    mkdirSync(join(home, '.warp'));
    execFileSync('mkfifo', [join(home, '.warp', '.mcp.json')]);
    const { problems } = await detectMcpServers(options);
    expect(problems.map(({ message }) => message)).toEqual([
      'A folder is where a file should be.',
      'It is a link that leads back to itself.',
      'It is not an ordinary file.',
    ]);
  });

  test('a link to a file that is looked at anyway is one sighting', async () => {
    const { home, options } = homeWith({ '~/.mcporter/mcporter.json': server('a') });
    symlinkSync('mcporter.json', join(home, '.mcporter', 'mcporter.jsonc'));
    const { servers } = await detectMcpServers(options);
    expect(servers.flatMap(({ sightings }) => sightings)).toHaveLength(1);
  });

  test('stops when asked to', async () => {
    await expect(detect({}, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('homes as they are', () => {
  const small = JSON.stringify(server('a'));
  const small16 = Buffer.from(small, 'utf16le');
  const vsCode = (value: object) => ({ customizations: { vscode: value } });
  const inVsCode = { mcp: { servers: { a: { command: 'x' } } } };
  const plugin = '~/.claude/plugins/cache/market/tool/1.0.0';

  test.each<[title: string, path: string, content: string | object, names?: string[]]>([
    ['a mark before it', '~/.cursor/mcp.json', `\ufeff${small}`],
    ['lines that end as on Windows', '~/.cursor/mcp.json', `{\r\n"mcpServers": {\r\n"a": {"command": "x"}\r\n}\r\n}`],
    ['UTF-16', '~/.cursor/mcp.json', Buffer.concat([Buffer.from([0xff, 0xfe]), small16])],
    ['UTF-16 without its mark', '~/.cursor/mcp.json', small16],
    ['UTF-16, the other way round', '~/.cursor/mcp.json', Buffer.from(small16).swap16()],
    ['comments and commas', '~/.cursor/mcp.json', '// x\n{"mcpServers": {"a": {"command": "x", /* y */},},}'],
    ['a key twice', '~/.cursor/mcp.json', '{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}'],
    ['no servers at all', '~/.cursor/mcp.json', { mcpServers: null }, []],
    ['a list of servers', '~/.cursor/mcp.json', { mcpServers: [{ name: 'a', command: 'x' }, { command: 'y' }] }, ['#2', 'a']],
    ['a number for a name', '~/.cursor/mcp.json', { mcpServers: { 42: { command: 'x' } } }, ['42']],
    ['an environment that is a list', '~/.cursor/mcp.json', server('a', { command: 'x', env: ['A=planted', 'TOKEN planted'] })],
    ['headers that are words', '~/.cursor/mcp.json', server('a', { url: 'https://x.test', headers: 'X-Key: planted' })],
    ['arguments in arguments', '~/.cursor/mcp.json', server('a', { command: 'x', args: [['--token', 'planted1']] })],
    ['members of another kind', '~/.cursor/mcp.json', server('a', { command: 5, args: 'x', env: null, cwd: 7, tools: 3 })],
    [
      'arguments nested without end',
      '~/.cursor/mcp.json',
      `{"mcpServers":{"a":{"command":"x","args":${'['.repeat(90_000)}${']'.repeat(90_000)}}}}`,
    ],
    [
      'TOML with a broken table',
      '~/.codex/config.toml',
      '[mcp_servers.a]\ncommand = "x"\n[mcp_servers.b\ncommand = "y"\n[other]\n',
    ],
    [
      'TOML with large numbers',
      '~/.codex/config.toml',
      'id = 9223372036854775807\n[mcp_servers.a]\ncommand = "x"\nargs = [9223372036854775807]\n',
    ],
    ['YAML with a key twice', '~/.config/goose/config.yaml', 'extensions:\n  a:\n    cmd: x\n  a:\n    cmd: y\n'],
    ['YAML that ends in the middle', '~/.config/goose/config.yaml', 'extensions:\n  a:\n    cmd: x\nother: "planted\n'],
    ['a workspace of VS Code', 'work/my.code-workspace', { settings: inVsCode }],
    ['a container for development', 'work/.devcontainer.json', vsCode(inVsCode)],
    ['one of several containers', 'work/.devcontainer/py/devcontainer.json', vsCode({ settings: inVsCode })],
    ['an editor from Flatpak', '~/.var/app/com.visualstudio.code/config/Code/User/mcp.json', inVsCode.mcp],
    ['an editor in the browser', '~/.local/share/code-server/User/mcp.json', inVsCode.mcp],
    ['a plugin of Claude Code', `${plugin}/.mcp.json`, server('a')],
    ['a plugin that leaves the key out', `${plugin}/.mcp.json`, server('a').mcpServers],
    ['a plugin that says it in its description', `${plugin}/.claude-plugin/plugin.json`, server('a')],
    [
      'an extension of Claude Desktop',
      '~/.config/Claude/Claude Extensions/one/manifest.json',
      { name: 'a', server: { type: 'node', mcp_config: { command: 'node', args: ['x.js'], env: { KEY: 'planted' } } } },
    ],
    ['Amp inside of VS Code', '~/.config/Code/User/settings.json', { 'amp.mcpServers': { a: { command: 'x' } } }],
  ])('%s', async (_, path, content, names = ['a']) => {
    const detection = await detect({ [path]: content });
    expect(detection.servers.map((found) => String(found.name)).sort()).toEqual(names);
    expect(JSON.stringify(detection)).not.toContain('planted');
  });

  test('a plugin that is switched off is', async () => {
    const { servers } = await detect({
      [`${plugin}/.mcp.json`]: server('a'),
      '~/.claude/settings.json': { enabledPlugins: { 'tool@market': false } },
    });
    expect(servers.flatMap(({ sightings }) => sightings.map(({ disabled }) => disabled))).toEqual([true]);
  });

  // Each of these is read once for each of its letters by a pattern without an end: minutes instead of moments.
  test('a command line of any length is read in no time, and shown as far as anybody reads', async () => {
    const seeds = ['a.', 'x@', '${', '${a:-', '{', '$(', 'password=', '://', '"', 'set ', 'curl | ', ';a='];
    const args = seeds.map((seed) => seed.repeat(200_000 / seed.length));
    const url = `https://x.test/${'?a=${'.repeat(50_000)}`;
    const { servers } = await detect({
      '~/.cursor/mcp.json': server('a', { command: 'x', args, env: Object.fromEntries(args.entries()) }),
      '~/.kiro/settings/mcp.json': server('b', { url }),
    });
    const [long] = servers;
    expect(check(servers, new Map()).map(({ rule }) => rule)).toContain('mcp/hidden-command');
    expect(Math.max(...(long?.args ?? []).map(({ length }) => length))).toBeLessThan(10_000);
  });
});

describe('one look after the other', () => {
  test('sees what was changed between them, also in the same moment and at the same length', async () => {
    const { home, options } = homeWith({ '~/.cursor/mcp.json': server('one') });
    const names = async () => (await detectMcpServers(options)).servers.map(({ name }) => String(name));
    const path = join(home, '.cursor', 'mcp.json');
    for (const name of ['one', 'two', 'six', 'ten']) {
      writeFileSync(path, JSON.stringify(server(name)));
      expect(await names()).toEqual([name]);
    }
    utimesSync(path, 1, 1);
    expect(await names()).toEqual(['ten']);
    writeFileSync(path, JSON.stringify(server('new')));
    utimesSync(path, 1, 1);
    expect(await names()).toEqual(['new']);
    rmSync(path);
    expect(await names()).toEqual([]);
  });

  test('policies of one look do not stick to the entries of the next', async () => {
    const { home, options } = homeWith({ '~/.cursor/mcp.json': {}, 'work/.git/HEAD': {}, 'work/.mcp.json': server('x') });
    const settings = join(home, '.claude', 'settings.json');
    mkdirSync(dirname(settings));
    const disabled = async () => {
      const { servers } = await detectMcpServers({ ...options, cwd: join(home, '..', '..', 'work') });
      return servers[0]?.sightings.find(({ client }) => client === 'claude-code')?.disabled;
    };
    writeFileSync(settings, JSON.stringify({ disabledMcpjsonServers: ['x'] }));
    expect(await disabled()).toBe(true);
    rmSync(settings);
    expect(await disabled()).toBe(false);
  });
});
