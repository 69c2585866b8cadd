// What registration fills in by looking: the agent's type, its capabilities, the MCP servers it may talk to.

import { autoDetectAgentType } from '../../detect/agent-type.ts';
import { autoDetectCapabilities } from '../../detect/capabilities.ts';
import { mcpAddress } from '../../detect/mcp-detector.ts';
import { readProject } from '../../detect/project.ts';
import { securityLogger } from '../../security-log/configure.ts';
import type { AIMClient } from '../aim-client.ts';
import type { SecureOptions } from './secure-options.ts';

/** The options, with type and capabilities detected where they were not given. Detection that fails is no reason not to register. */
export async function withDetected(options: SecureOptions): Promise<SecureOptions> {
  if (options.autoDetect === false || (options.agentType !== undefined && options.capabilities !== undefined)) return options;
  try {
    const project = await readProject();
    const found =
      options.agentType === undefined || options.agentType === 'ai_agent'
        ? (await autoDetectAgentType({ project })).type
        : options.agentType;
    const capabilities =
      options.capabilities ??
      (await autoDetectCapabilities({
        project,
        ...(options.credentialsFolder !== undefined && { folder: options.credentialsFolder }),
      }));
    return { ...options, agentType: found === 'custom' ? (options.agentType ?? 'ai_agent') : found, capabilities };
  } catch {
    return options;
  }
}

export type McpTarget = { name: string; url: string };

/** The servers that were named, and with `autoDetectMcp` all that are configured. A name that no client knows is logged and left out. */
export async function mcpTargets({ mcpServers = [], autoDetectMcp = false, signal }: SecureOptions): Promise<McpTarget[]> {
  if (mcpServers.length === 0 && !autoDetectMcp) return [];
  const { detectMcpServers } = await import('../../mcp/detect.ts');
  const { servers } = await detectMcpServers({ ...(signal && { signal }) });
  const known = new Map(servers.map((server) => [String(server.name), { name: String(server.name), url: mcpAddress(server) }]));
  for (const name of mcpServers) {
    if (!known.has(name))
      securityLogger.logMcpEvent('MCP_CONNECTION_RECORDED', {
        serverName: name,
        success: false,
        error: 'No client on this machine is configured with a server of this name.',
      });
  }
  return autoDetectMcp ? [...known.values()] : mcpServers.flatMap((name) => known.get(name) ?? []);
}

/** Registers the servers in the background: it takes time, and must not keep an agent from starting. */
export function registerMcpInBackground(agent: AIMClient, targets: readonly McpTarget[]): Promise<void> {
  const work = async (): Promise<void> => {
    for (const { name, url } of targets) {
      try {
        const { id } = await agent.registerMcpServer({ serverName: name, serverUrl: url });
        securityLogger.logMcpEvent('MCP_SERVER_CONNECTED', { serverId: id, serverName: name, agentId: agent.agentId });
      } catch (error) {
        securityLogger.logMcpEvent('MCP_SERVER_CONNECTED', {
          serverName: name,
          agentId: agent.agentId,
          success: false,
          error: error instanceof Error ? error.message : 'failed',
        });
      }
    }
  };
  return work();
}
