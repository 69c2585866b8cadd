// A home that holds every client and scope that is known of (wire-mcp-logs-a2a §3), written by hand, not from the table under test.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Twin = 'risky' | 'benign';
export type WholeHome = { disk: string; home: string; project: string; names: string[] };

/** No piece of it may come out anywhere. */
export const PLANTED = 'pl4nt3d';

/** Each name once, so that what is missing has a name. `config` is where XDG_CONFIG_HOME points. */
export function writeWholeHome(
  disk: string,
  twin: Twin,
  { home = join(disk, 'home', 'ann'), config = join(home, '.config') } = {},
): WholeHome {
  const project = join(home, 'work', 'deep', 'er');
  const repository = join(home, 'work');
  const code = join(config, 'Code', 'User');
  const names: string[] = [];
  const named = (name: string): string => {
    names.push(name);
    return name;
  };
  const write = (path: string, content: string | object): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2), { mode: 0o600 });
  };
  const { stdio, remote, yamlLines, tomlLines } = entries(twin);
  /** A file whose servers are in a map below `key`. */
  const map = (path: string, key: string, name: string, entry: object = stdio(), more: object = {}): void =>
    write(path, { ...more, [key]: { [named(name)]: entry } });

  map(join(config, 'Claude', 'claude_desktop_config.json'), 'mcpServers', 'desktop');
  map(join(config, 'claude', 'claude_desktop_config.json'), 'mcpServers', 'desktop-lower-case');
  write(join(home, '.claude.json'), {
    numStartups: 3,
    mcpServers: {
      [named('code-user')]: { type: 'stdio', ...stdio() },
      [named('code-user-http')]: { type: 'http', ...remote() },
    },
    projects: {
      [project]: { mcpServers: { [named('code-local')]: { type: 'sse', ...remote() } } },
      '/elsewhere/x': { mcpServers: { [named('code-local-elsewhere')]: stdio() } },
    },
  });
  map(join(project, '.mcp.json'), 'mcpServers', 'code-project');
  map(join(repository, '.mcp.json'), 'mcpServers', 'code-project-root');
  map(join(disk, 'etc', 'claude-code', 'managed-mcp.json'), 'mcpServers', 'code-managed');
  map(join(home, '.cursor', 'mcp.json'), 'mcpServers', 'cursor-user');
  map(join(project, '.cursor', 'mcp.json'), 'mcpServers', 'cursor-project', remote());
  write(
    join(code, 'mcp.json'),
    `// mine\n{"inputs": [], "servers": {${JSON.stringify(named('vscode-user'))}: ${JSON.stringify(stdio())},},}`,
  );
  map(join(code, 'profiles', '1a2b', 'mcp.json'), 'servers', 'vscode-profile', { type: 'http', ...remote() });
  write(join(code, 'settings.json'), { mcp: { servers: { [named('vscode-settings')]: stdio() } } });
  map(join(home, '.vscode', 'mcp.json'), 'servers', 'vscode-home');
  map(join(project, '.vscode', 'mcp.json'), 'servers', 'vscode-project');
  for (const [folder, name] of [
    ['Code - Insiders', 'insiders'],
    ['VSCodium', 'codium'],
    ['Cursor', 'cursor-as-code'],
    ['Windsurf', 'windsurf-as-code'],
  ] as const)
    map(join(config, folder, 'User', 'mcp.json'), 'servers', `vscode-${name}`);
  map(join(home, '.vscode-server', 'data', 'User', 'mcp.json'), 'servers', 'vscode-remote');
  map(join(home, '.vscode-server-insiders', 'data', 'User', 'mcp.json'), 'servers', 'vscode-remote-insiders');
  map(join(home, '.copilot', 'mcp-config.json'), 'mcpServers', 'copilot-user', { type: 'local', tools: ['read'], ...stdio() });
  map(join(project, '.github', 'mcp.json'), 'mcpServers', 'copilot-project');
  map(join(config, 'github-copilot', 'intellij', 'mcp.json'), 'servers', 'copilot-jetbrains');
  map(join(home, '.junie', 'mcp', 'mcp.json'), 'mcpServers', 'junie-user');
  map(join(project, '.junie', 'mcp', 'mcp.json'), 'mcpServers', 'junie-project');
  const { url, ...rest } = remote() as { url: string };
  map(join(home, '.codeium', 'windsurf', 'mcp_config.json'), 'mcpServers', 'windsurf', { serverUrl: url, ...rest });
  map(join(home, '.gemini', 'antigravity', 'mcp_config.json'), 'mcpServers', 'antigravity', { serverUrl: url, ...rest });
  map(join(home, '.gemini', 'settings.json'), 'mcpServers', 'gemini-user', { httpUrl: url, ...rest });
  map(join(project, '.gemini', 'settings.json'), 'mcpServers', 'gemini-project', remote());
  write(join(home, '.codex', 'config.toml'), `model = "x"\n${tomlLines(named('codex-user'))}`);
  write(join(project, '.codex', 'config.toml'), tomlLines(named('codex-project')));
  map(join(config, 'zed', 'settings.json'), 'context_servers', 'zed-user', { source: 'custom', ...stdio() });
  const { command, args, env } = stdio() as { command: string; args: string[]; env: object };
  map(join(project, '.zed', 'settings.json'), 'context_servers', 'zed-project', { command: { path: command, args, env } });
  const cline = join('saoudrizwan.claude-dev', 'settings', 'cline_mcp_settings.json');
  map(join(code, 'globalStorage', cline), 'mcpServers', 'cline-code', { type: 'streamableHttp', ...remote() });
  map(join(config, 'Cursor', 'User', 'globalStorage', cline), 'mcpServers', 'cline-in-cursor');
  map(join(home, '.cline', 'data', 'settings', 'cline_mcp_settings.json'), 'mcpServers', 'cline-cli');
  const roo = join(code, 'globalStorage', 'rooveterinaryinc.roo-cline', 'settings');
  map(join(roo, 'mcp_settings.json'), 'mcpServers', 'roo-user', { type: 'streamable-http', ...remote() });
  map(join(roo, 'cline_mcp_settings.json'), 'mcpServers', 'roo-older');
  map(join(project, '.roo', 'mcp.json'), 'mcpServers', 'roo-project');
  map(join(home, '.kilocode', 'cli', 'global', 'settings', 'mcp_settings.json'), 'mcpServers', 'kilo-cli');
  map(join(code, 'globalStorage', 'kilocode.kilo-code', 'settings', 'mcp_settings.json'), 'mcpServers', 'kilo-code');
  map(join(project, '.kilocode', 'mcp.json'), 'mcpServers', 'kilo-project');
  write(join(home, '.continue', 'config.yaml'), `mcpServers:\n${yamlLines(named('continue-user'), 'list')}`);
  write(join(home, '.continue', 'mcpServers', 'mine.yaml'), `mcpServers:\n${yamlLines(named('continue-user-block'), 'list')}`);
  write(join(project, '.continue', 'mcpServers', 'block.yaml'), `mcpServers:\n${yamlLines(named('continue-project'), 'list')}`);
  map(join(project, '.continue', 'mcpServers', 'dropped.json'), 'mcpServers', 'continue-dropped');
  write(
    join(config, 'goose', 'config.yaml'),
    `extensions:\n  developer:\n    bundled: true\n    type: builtin\n${yamlLines(named('goose'), 'map')}`,
  );
  map(join(home, '.lmstudio', 'mcp.json'), 'mcpServers', 'lm-studio');
  map(join(home, '.cache', 'lm-studio', 'mcp.json'), 'mcpServers', 'lm-studio-older');
  const local = { type: 'local', command: [command, ...args], environment: env };
  map(join(config, 'opencode', 'opencode.json'), 'mcp', 'opencode-user', local);
  write(
    join(config, 'opencode', 'opencode.jsonc'),
    `{ /* c */ "mcp": {"${named('opencode-jsonc')}": ${JSON.stringify({ type: 'remote', ...remote() })}} }`,
  );
  map(join(project, 'opencode.json'), 'mcp', 'opencode-project', local);
  map(join(home, '.aws', 'amazonq', 'mcp.json'), 'mcpServers', 'amazon-q');
  map(join(home, '.aws', 'amazonq', 'agents', 'default.json'), 'mcpServers', 'amazon-q-default');
  map(join(home, '.aws', 'amazonq', 'agents', 'mcp.json'), 'mcpServers', 'amazon-q-agents');
  map(join(home, '.aws', 'amazonq', 'cli-agents', 'reviewer.json'), 'mcpServers', 'amazon-q-agent', {
    type: 'http',
    ...remote(),
  });
  map(join(project, '.amazonq', 'mcp.json'), 'mcpServers', 'amazon-q-project');
  map(join(home, '.kiro', 'settings', 'mcp.json'), 'mcpServers', 'kiro-user');
  map(join(project, '.kiro', 'settings', 'mcp.json'), 'mcpServers', 'kiro-project', remote());
  map(join(home, '.warp', '.mcp.json'), 'mcpServers', 'warp-user');
  map(join(project, '.warp', '.mcp.json'), 'mcpServers', 'warp-project');
  map(join(home, '.mcporter', 'mcporter.json'), 'mcpServers', 'mcporter-user');
  write(
    join(home, '.mcporter', 'mcporter.jsonc'),
    `{"mcpServers": {"${named('mcporter-jsonc')}": ${JSON.stringify(stdio())}, }} // end`,
  );
  map(join(project, 'config', 'mcporter.json'), 'mcpServers', 'mcporter-project');
  map(join(home, '.sema4ai', 'sema4ai-studio', 'mcp_servers.json'), 'mcpServers', 'sema4ai', {
    transport: 'stdio',
    ...stdio(),
  });
  map(join(home, '.gemini', 'extensions', 'maps', 'gemini-extension.json'), 'mcpServers', 'gemini-extension');
  map(join(home, '.kiro', 'agents', 'review.json'), 'mcpServers', 'kiro-agent');
  map(join(home, '.vscodium-server', 'data', 'User', 'mcp.json'), 'servers', 'vscodium-remote');
  map(join(project, '.opencode', 'opencode.json'), 'mcp', 'opencode-folder', local);
  write(join(config, 'amp', 'settings.json'), { 'amp.mcpServers': { [named('amp-user')]: stdio() } });
  write(join(project, '.amp', 'settings.json'), { 'amp.mcpServers': { [named('amp-project')]: remote() } });
  map(join(repository, '.vscode', 'mcp.json'), 'servers', 'vscode-project-root');
  map(join(repository, '.cursor', 'mcp.json'), 'mcpServers', 'cursor-project-root');
  mkdirSync(join(repository, '.git'), { recursive: true });
  return { disk, home, project, names };
}

// The same servers twice: with secrets in every place that has one, and as somebody careful writes them down.
function entries(twin: Twin) {
  const isRisky = twin === 'risky';
  const secret = (kind: string): string => (isRisky ? `${PLANTED}-${kind}-8Kd2Lq9Zx4` : `\${${kind.toUpperCase()}}`);
  const args = isRisky
    ? [
        '-y',
        '@example/server',
        `--token=${secret('argument')}`,
        '--password',
        secret('password'),
        '--config',
        JSON.stringify({ apiKey: secret('json') }),
        '--header',
        `Authorization: Bearer ${secret('header')}`,
        `postgres://ann:${secret('dsn')}@db.example.test/x`,
      ]
    : ['-y', '@example/server@1.4.2', '--root', './docs'];
  const env = { EXAMPLE_TOKEN: secret('token'), GREETING: isRisky ? `${PLANTED} words` : 'hello', LOG_LEVEL: 'debug' };
  const stdio = (): object => ({ command: 'npx', args, env });
  const remote = (): object => ({
    url: isRisky
      ? `https://ann:${secret('user')}@mcp.example.test/mcp?api_key=${secret('query')}`
      : 'https://mcp.example.test/mcp',
    headers: { Authorization: `Bearer ${secret('bearer')}`, 'X-Team': isRisky ? PLANTED : 'blue' },
  });
  const q = (value: unknown): string => JSON.stringify(value);
  const yamlLines = (name: string, form: 'list' | 'map'): string =>
    form === 'list'
      ? `  - name: ${name}\n    command: npx\n    args: ${q(args)}\n    env: ${q(env)}\n`
      : `  ${name}:\n    type: stdio\n    cmd: npx\n    args: ${q(args)}\n    envs: ${q(env)}\n    enabled: true\n`;
  const tomlLines = (name: string): string =>
    `[mcp_servers.${name}]\ncommand = "npx"\nargs = ${q(args)}\n[mcp_servers.${name}.env]\n${Object.entries(env)
      .map(([key, value]) => `${key} = ${q(value)}\n`)
      .join('')}`;
  return { stdio, remote, yamlLines, tomlLines };
}
