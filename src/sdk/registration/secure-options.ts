// What `secure()` may be told. Everything has a default that works after `aim login`.

import { ConfigurationError } from '../../errors.ts';
import type { AIMClientOptions } from '../aim-client.ts';

/** What `secure()` may be told. Everything has a default that works after `aim login`. */
export type SecureOptions = Pick<
  AIMClientOptions,
  | 'timeout'
  | 'autoRetry'
  | 'maxRetries'
  | 'maxRequestsPerSecond'
  | 'enforcementMode'
  | 'onWaiting'
  | 'requireReceipts'
  | 'telemetry'
  | 'transport'
> & {
  /** The AIM server. Default: that of the sign-in. Environment: AIM_URL. */
  aimUrl?: string | undefined;
  /** Registers with a key instead of a sign-in. Environment: AIM_API_KEY. */
  apiKey?: string | undefined;
  /** A single-use token from an operator, instead of either. Environment: AIM_BOOTSTRAP_TOKEN. */
  bootstrapToken?: string | undefined;
  displayName?: string | undefined;
  description?: string | undefined;
  /** Default: detected from what the project uses. */
  agentType?: string | undefined;
  version?: string | undefined;
  /** What the agent means to do, as `db:read`. Default: detected from the project's own calls. */
  capabilities?: readonly string[] | undefined;
  tags?: readonly string[] | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
  repositoryUrl?: string | undefined;
  documentationUrl?: string | undefined;
  /** Names of MCP servers in the clients' configurations that this agent talks to. */
  mcpServers?: readonly string[] | undefined;
  /** Take all MCP servers of the clients' configurations. Default false. */
  autoDetectMcp?: boolean | undefined;
  /** Detect type and capabilities. Default true. */
  autoDetect?: boolean | undefined;
  /** Register anew although this machine has an agent of that name. */
  forceNew?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Where credentials are kept. Default `~/.aim`. Never the working directory. */
  credentialsFolder?: string | undefined;
};

/** @throws ConfigurationError for what no server could accept. */
export function checkName(name: string): string {
  if (typeof name !== 'string' || name.trim() === '' || name.length > 200) {
    throw new ConfigurationError('agent.name', {
      message: 'An agent needs a name of 1 to 200 characters.',
      next: "Give it one: await secure('my-agent')",
      field: 'name',
    });
  }
  return name;
}

export function checkOptions({ capabilities, mcpServers, agentType }: SecureOptions): void {
  for (const [field, list] of Object.entries({ capabilities, mcpServers })) {
    if (list !== undefined && !(Array.isArray(list) && list.every((word) => typeof word === 'string' && word.trim() !== ''))) {
      throw new ConfigurationError(`agent.${field === 'capabilities' ? 'capabilities' : 'mcp-servers'}`, {
        message: `${field} is a list of names, none of them empty.`,
        field,
      });
    }
  }
  if (agentType !== undefined && (typeof agentType !== 'string' || agentType.trim() === '')) {
    throw new ConfigurationError('agent.type', { message: 'agentType is one of the words of AgentType.', field: 'agentType' });
  }
}
