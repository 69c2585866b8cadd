// Where each MCP client keeps its servers: one row per client, nothing about them anywhere else (wire-mcp-logs-a2a §3).

import type { Client, Container, Place } from './client.ts';
import type { Platform } from './record.ts';

const at = (...path: string[]): Container => ({ path });
const mcpServers = [at('mcpServers')];
const servers = [at('servers')];

const user = (path: string, more: Partial<Place> = {}): Place => ({ scope: 'user', path, ...more });
const project = (path: string, more: Partial<Place> = {}): Place => ({ scope: 'project', path: `./${path}`, ...more });
const managed = (path: string, on: Platform): Place => ({ scope: 'managed', path: `<root>/${path}`, on: [on] });

const inSettings = (...before: string[]): Container[] => [at(...before, 'mcp', 'servers'), at(...before, 'mcp.servers')];
const inContainer = [...inSettings('customizations', 'vscode'), ...inSettings('customizations', 'vscode', 'settings')];

export const clients: readonly Client[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    at: mcpServers,
    places: [
      user('<support>/Claude/claude_desktop_config.json'),
      user('<config>/claude/claude_desktop_config.json', { on: ['linux'] }), // Docker's gateway writes it in lower case
      user('~/.claude/claude_desktop_config.json'), // where AIM's Python SDK looks
      // From the Microsoft Store, which gives each program a place of its own.
      user('<local>/Packages/*/LocalCache/Roaming/Claude/claude_desktop_config.json', { on: ['win32'] }),
      user('<support>/Claude/Claude Extensions/*/manifest.json', { at: [{ path: ['server', 'mcp_config'], isOne: true }] }),
    ],
  },
  {
    id: 'claude-code',
    title: 'Claude Code',
    at: mcpServers,
    managedIsExclusive: true,
    places: [
      user('~/.claude.json', {
        at: [at('mcpServers'), { path: ['projects', '*', 'mcpServers'], scope: 'local' }],
      }),
      user('<claude>/.claude.json', {
        at: [at('mcpServers'), { path: ['projects', '*', 'mcpServers'], scope: 'local' }],
      }),
      project('.mcp.json'),
      // What installed plugins bring: in a file of its own, with or without the key, or in what describes the plugin.
      user('~/.claude/plugins/cache/*/*/*/.mcp.json', { at: [at('mcpServers'), { path: [], unless: 'mcpServers' }] }),
      user('~/.claude/plugins/cache/*/*/*/.claude-plugin/plugin.json'),
      // Settings name no servers, but say which of them start and what they may do without asking.
      user('~/.claude/settings.json', { at: [] }),
      user('<claude>/settings.json', { at: [] }),
      project('.claude/settings.json', { at: [] }),
      project('.claude/settings.local.json', { at: [] }),
      { ...managed('Library/Application Support/ClaudeCode/managed-settings.json', 'darwin'), at: [] },
      { ...managed('etc/claude-code/managed-settings.json', 'linux'), at: [] },
      { ...managed('Program Files/ClaudeCode/managed-settings.json', 'win32'), at: [] },
      { ...managed('ProgramData/ClaudeCode/managed-settings.json', 'win32'), at: [] },
      managed('Library/Application Support/ClaudeCode/managed-mcp.json', 'darwin'),
      managed('etc/claude-code/managed-mcp.json', 'linux'),
      managed('Program Files/ClaudeCode/managed-mcp.json', 'win32'),
      managed('ProgramData/ClaudeCode/managed-mcp.json', 'win32'),
    ],
  },
  { id: 'cursor', title: 'Cursor', at: mcpServers, places: [user('~/.cursor/mcp.json'), project('.cursor/mcp.json')] },
  {
    id: 'vscode',
    title: 'VS Code',
    at: servers,
    places: [
      user('<vs>/mcp.json'),
      { scope: 'profile', path: '<vs>/profiles/*/mcp.json' },
      user('<vs>/settings.json', { at: inSettings() }),
      { scope: 'profile', path: '<vs>/profiles/*/settings.json', at: inSettings() },
      user('~/.vscode/mcp.json'),
      project('.vscode/mcp.json'),
      project('.vscode/settings.json', { at: inSettings() }),
      project('*.code-workspace', { at: [...inSettings(), ...inSettings('settings')] }),
      project('.devcontainer.json', { at: inContainer }),
      project('.devcontainer/devcontainer.json', { at: inContainer }),
      project('.devcontainer/*/devcontainer.json', { at: inContainer }),
    ],
  },
  {
    id: 'copilot-cli',
    title: 'Copilot CLI',
    at: mcpServers,
    places: [
      user('~/.copilot/mcp-config.json'),
      user('<config>/copilot/mcp-config.json'),
      user('<config>/.copilot/mcp-config.json'),
      user('<config>/mcp-config.json'), // XDG_CONFIG_HOME takes the place of `~/.copilot`
      project('.mcp.json'),
      project('.github/mcp.json', { at: [at('mcpServers'), at('servers')] }),
    ],
  },
  {
    id: 'copilot-jetbrains',
    title: 'Copilot for JetBrains',
    at: servers,
    places: [
      user('<local>/github-copilot/intellij/mcp.json', { on: ['win32'] }),
      user('<config>/github-copilot/intellij/mcp.json', { on: ['linux', 'darwin'] }),
    ],
  },
  {
    id: 'junie',
    title: 'JetBrains Junie',
    at: mcpServers,
    places: [user('~/.junie/mcp/mcp.json'), project('.junie/mcp/mcp.json')],
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    at: mcpServers,
    places: [
      user('~/.codeium/windsurf/mcp_config.json'),
      user('~/.codeium/windsurf-next/mcp_config.json'),
      user('~/.codeium/mcp_config.json'), // its plugin for JetBrains
    ],
  },
  {
    id: 'antigravity',
    title: 'Antigravity',
    at: mcpServers,
    places: [user('~/.gemini/antigravity/mcp_config.json')],
  },
  {
    id: 'gemini-cli',
    title: 'Gemini CLI',
    at: mcpServers,
    urlMeans: 'sse',
    places: [
      user('~/.gemini/settings.json'),
      user('~/.gemini/extensions/*/gemini-extension.json'),
      project('.gemini/settings.json'),
      managed('etc/gemini-cli/settings.json', 'linux'),
      managed('Library/Application Support/GeminiCli/settings.json', 'darwin'),
      managed('ProgramData/gemini-cli/settings.json', 'win32'),
    ],
  },
  {
    id: 'codex',
    title: 'Codex',
    at: [at('mcp_servers')],
    places: [
      user('~/.codex/config.toml'),
      user('<codex>/config.toml'),
      project('.codex/config.toml'),
      managed('etc/codex/managed_config.toml', 'linux'),
    ],
  },
  {
    id: 'zed',
    title: 'Zed',
    at: [at('context_servers')],
    places: [
      user('<config>/zed/settings.json'),
      user('<support>/Zed/settings.json'), // add-mcp and Zed's own documentation disagree on macOS and Windows
      user('~/.var/app/dev.zed.Zed/config/zed/settings.json', { on: ['linux'] }),
      project('.zed/settings.json'),
    ],
  },
  {
    id: 'cline',
    title: 'Cline',
    at: mcpServers,
    places: [
      user('<vs>/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
      user('~/.cline/data/settings/cline_mcp_settings.json'),
      user('<cline>/data/settings/cline_mcp_settings.json'),
      user('<cline-settings>'),
    ],
  },
  {
    id: 'roo-code',
    title: 'Roo Code',
    at: mcpServers,
    places: [
      user('<vs>/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
      user('<vs>/globalStorage/rooveterinaryinc.roo-cline/settings/cline_mcp_settings.json'),
      project('.roo/mcp.json'),
    ],
  },
  {
    id: 'kilo-code',
    title: 'Kilo Code',
    at: mcpServers,
    places: [
      user('~/.kilocode/cli/global/settings/mcp_settings.json'),
      user('<vs>/globalStorage/kilocode.kilo-code/settings/mcp_settings.json'),
      project('.kilocode/mcp.json'),
    ],
  },
  {
    id: 'continue',
    title: 'Continue',
    at: mcpServers,
    places: [
      user('~/.continue/config.yaml'),
      user('~/.continue/config.yml'),
      user('~/.continue/config.json', { at: [at('mcpServers'), at('experimental', 'modelContextProtocolServers')] }),
      user('~/.continue/mcpServers/*'),
      project('.continue/mcpServers/*'),
    ],
  },
  {
    id: 'goose',
    title: 'Goose',
    at: [at('extensions')],
    places: [user('<config>/goose/config.yaml'), user('<support>/Block/goose/config/config.yaml', { on: ['win32'] })],
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    at: mcpServers,
    places: [user('~/.lmstudio/mcp.json'), user('~/.cache/lm-studio/mcp.json')],
  },
  {
    id: 'opencode',
    title: 'opencode',
    at: [at('mcp')],
    places: [
      user('<config>/opencode/opencode.json'),
      user('<config>/opencode/opencode.jsonc'),
      user('<config>/opencode/config.json'),
      project('opencode.json'),
      project('opencode.jsonc'),
      project('.opencode/opencode.json'),
    ],
  },
  {
    id: 'amazon-q',
    title: 'Amazon Q',
    at: mcpServers,
    places: [
      user('~/.aws/amazonq/mcp.json'),
      user('~/.aws/amazonq/default.json'),
      user('~/.aws/amazonq/agents/*.json'),
      user('~/.aws/amazonq/cli-agents/*.json'),
      project('.amazonq/mcp.json'),
      project('.amazonq/default.json'),
      project('.amazonq/agents/*.json'),
      project('.amazonq/cli-agents/*.json'),
    ],
  },
  {
    id: 'kiro',
    title: 'Kiro',
    at: mcpServers,
    places: [
      user('~/.kiro/settings/mcp.json'),
      user('~/.kiro/agents/*.json'),
      project('.kiro/settings/mcp.json'),
      project('.kiro/agents/*.json'),
    ],
  },
  { id: 'warp', title: 'Warp', at: mcpServers, places: [user('~/.warp/.mcp.json'), project('.warp/.mcp.json')] },
  {
    id: 'mcporter',
    title: 'MCPorter',
    at: mcpServers,
    places: [
      user('~/.mcporter/mcporter.json'),
      user('~/.mcporter/mcporter.jsonc'),
      project('config/mcporter.json'),
      project('config/mcporter.jsonc'),
    ],
  },
  {
    id: 'sema4ai',
    title: 'Sema4.ai Studio',
    at: [at('mcpServers'), at('servers')],
    places: [
      user('~/.sema4ai/sema4ai-studio/mcp_servers.json'),
      user('<local>/sema4ai/sema4ai-studio/mcp_servers.json', { on: ['win32'] }),
    ],
  },
  {
    id: 'amp',
    title: 'Amp',
    at: [at('amp.mcpServers'), at('amp', 'mcpServers')],
    places: [
      user('<config>/amp/settings.json'),
      user('<config>/amp/settings.jsonc'),
      user('<vs>/settings.json', { at: [at('amp.mcpServers')] }),
      project('.vscode/settings.json', { at: [at('amp.mcpServers')] }),
      project('.amp/settings.json'),
      project('.amp/settings.jsonc'),
    ],
  },
];

/** The name that a person knows the client by. */
export const clientTitle = (id: string): string => clients.find((client) => client.id === id)?.title ?? id;
