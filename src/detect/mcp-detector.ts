// MCP servers that this agent may talk to: configured in a client, imported by the project, or seen in use. Under the reference's names.

import type { DetectedServer, DetectOptions } from '../mcp/record.ts';
import { version } from '../version.ts';
import { type Project, readProject, readSource } from './project.ts';
import { scanSource } from './source-scan.ts';

/** As AIM servers take it (wire-mcp-logs-a2a §1.1). Never a value from an environment or a header. */
export type McpDetection = {
  mcpServer: string;
  /** The same as `mcpServer`: the manual of the Python SDK reads it under this name. */
  name: string;
  /** The program that a client starts for it; null for one that is reached by address, or known only by name. */
  command: string | null;
  /** Tools that are known without starting it: those that this process has used. `inspectMcpServer` asks a live one. */
  capabilities: string[];
  detectionMethod: 'claude_config' | 'sdk_import' | 'sdk_runtime';
  /** 0 to 100. */
  confidence: number;
  details: Record<string, unknown>;
  sdkVersion: string;
  timestamp: string;
};

type Options = Pick<DetectOptions, 'home' | 'cwd' | 'env' | 'platform' | 'signal'> & { project?: Project; now?: () => Date };

/** Every MCP server that a client on this machine is configured with. Reads files, starts nothing. */
export async function autoDetectMcps({
  now = () => new Date(),
  project: _,
  ...options
}: Options = {}): Promise<McpDetection[]> {
  // Brings parsers for every client's format along: only who asks pays for them.
  const { detectMcpServers } = await import('../mcp/detect.ts');
  const { servers } = await detectMcpServers(options);
  return servers
    .filter(({ sightings }) => sightings.some((sighting) => !sighting.disabled))
    .map((server) => detection(server.name, 'claude_config', 100, configDetails(server), now()));
}

/** The three ways to detect, one by one and together. */
export class MCPDetector {
  readonly #options: Options;

  constructor(options: Options = {}) {
    this.#options = options;
  }

  detectFromConfig(): Promise<McpDetection[]> {
    return autoDetectMcps(this.#options);
  }

  /** Packages of MCP servers that the project imports or depends on. */
  async detectFromImports(): Promise<McpDetection[]> {
    const { now = () => new Date() } = this.#options;
    const project = this.#options.project ?? (await readProject());
    const names = new Map<string, string>(project.dependencies.map(({ name }) => [name, 'package.json']));
    for (const file of project.files)
      for (const { name } of scanSource((await readSource(file)) ?? '').imports) names.set(name, 'import');
    return [...names]
      .filter(([name]) => isServerPackage(name))
      .map(([packageName, detectionSource]) =>
        detection(packageName, 'sdk_import', 90, { packageName, detectionSource }, now()),
      );
  }

  /** Servers whose tools this process has called, by `trackMcpCall`. */
  detectFromRuntime(): McpDetection[] {
    const { now = () => new Date() } = this.#options;
    return [...calls].map(([name, { firstCall, lastCall, callCount, toolsUsed }]) =>
      detection(
        name,
        'sdk_runtime',
        100,
        { first_call: firstCall, last_call: lastCall, call_count: callCount, tools_used: [...toolsUsed].sort() },
        now(),
      ),
    );
  }

  async detectAll(): Promise<McpDetection[]> {
    return [...(await this.detectFromConfig()), ...(await this.detectFromImports())];
  }

  async detectAllWithRuntime(): Promise<McpDetection[]> {
    return [...(await this.detectAll()), ...this.detectFromRuntime()];
  }
}

type Calls = { firstCall: string; lastCall: string; callCount: number; toolsUsed: Set<string> };
const calls = new Map<string, Calls>();
const MOST_SERVERS = 1_000;

/** Notes that a tool of an MCP server was called. The arguments are taken and not kept: they may be anything. */
export function trackMcpCall(mcpServer: string, toolName?: string, _arguments?: unknown): void {
  const at = new Date().toISOString();
  const known = calls.get(mcpServer) ?? { firstCall: at, lastCall: at, callCount: 0, toolsUsed: new Set<string>() };
  if (!calls.has(mcpServer) && calls.size >= MOST_SERVERS) return;
  calls.set(mcpServer, known);
  known.lastCall = at;
  known.callCount += 1;
  if (toolName !== undefined && known.toolsUsed.size < MOST_SERVERS) known.toolsUsed.add(toolName);
}

/** The address under which a server is registered: its URL, or `stdio://command/first/second argument` (wire-mcp-logs-a2a §1.1). */
export function mcpAddress({ url, command, args }: Pick<DetectedServer, 'url' | 'command' | 'args'>): string {
  if (url !== null) return url;
  return `stdio://${[command ?? 'unknown', ...args.slice(0, 2)].join('/')}`;
}

function configDetails(server: DetectedServer): Record<string, unknown> {
  return {
    transport: server.transport,
    url: mcpAddress(server),
    clients: [...new Set(server.sightings.map(({ client }) => client))],
    configPath: server.sightings[0]?.configPath,
    command: server.command,
    args: server.args,
  };
}

function detection(
  mcpServer: string,
  detectionMethod: McpDetection['detectionMethod'],
  confidence: number,
  details: Record<string, unknown>,
  at: Date,
): McpDetection {
  const { command, tools_used: capabilities } = details;
  return {
    mcpServer,
    name: mcpServer,
    command: typeof command === 'string' ? command : null,
    capabilities: Array.isArray(capabilities) ? capabilities : [],
    detectionMethod,
    confidence,
    details,
    sdkVersion: `aim-sdk-typescript@${version}`,
    timestamp: at.toISOString().replace('Z', '+00:00'),
  };
}

const isServerPackage = (name: string): boolean =>
  /^@modelcontextprotocol\/server-|(^|[/-])mcp-server(-|$)|^mcp-server-/.test(name);
