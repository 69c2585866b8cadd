// An agent's card: A2A 1.0, readable by AIM and older clients as well (wire-mcp-logs-a2a §6.5).

import { checkArguments, listOf, names, object, optional, text } from '../arguments.ts';
import { ConfigurationError } from '../errors.ts';
import type { AgentCard, AgentSkill } from './read-agent-card.ts';

export type { AgentCard, AgentSkill };

/** Where AIM's own members stand among the extensions of a card. */
const AIM_EXTENSION = 'https://opena2a.org/extensions/aim/v1';

export type CardOptions = {
  agentId: string;
  name: string;
  description?: string | undefined;
  /** Where the agent answers. */
  url?: string | undefined;
  version?: string | undefined;
  /** Capabilities as AIM names them; each becomes a skill unless `skills` says more. */
  capabilities?: readonly string[] | undefined;
  skills?: readonly (Partial<AgentSkill> & { id: string })[] | undefined;
  publicKey?: string | undefined;
  aimUrl?: string | undefined;
  streaming?: boolean | undefined;
};

const described = object({
  agentId: text,
  name: text,
  description: optional(text),
  url: optional(text),
  version: optional(text),
  capabilities: optional(names),
  skills: optional(listOf(object({ id: text }))),
  publicKey: optional(text),
  aimUrl: optional(text),
});

/** A card to publish. `toJSON()` gives the bytes for `/.well-known/agent-card.json` and, the same, `/.well-known/agent.json`. */
export class A2AAgentCard {
  readonly agentId: string;
  readonly name: string;
  readonly card: AgentCard;

  /** @throws ConfigurationError for a card without a name or an agent. */
  constructor(options: CardOptions) {
    checkArguments('new A2AAgentCard', { options: described }, [options]);
    if (options.agentId.trim() === '' || options.name.trim() === '')
      throw new ConfigurationError('a2a.card', {
        message: 'A card needs an agentId and a name.',
        field: options.name.trim() === '' ? 'name' : 'agentId',
      });
    this.agentId = options.agentId;
    this.name = options.name;
    this.card = cardOf(options);
  }

  toJSON(): AgentCard {
    return this.card;
  }
}

function cardOf({
  agentId,
  name,
  description = '',
  url = '',
  version = '1.0.0',
  capabilities = [],
  skills,
  publicKey,
  aimUrl,
  streaming = false,
}: CardOptions): AgentCard {
  const listed = skills ?? capabilities.map((id) => ({ id }));
  const aim = {
    agentId,
    ...(publicKey !== undefined && { publicKey }),
    ...(aimUrl !== undefined && { aimServer: aimUrl }),
    capabilities,
  };
  return {
    name,
    description,
    supportedInterfaces: [{ url: url || `urn:aim:agent:${agentId}`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    version,
    capabilities: {
      streaming,
      pushNotifications: false,
      extensions: [{ uri: AIM_EXTENSION, description: 'Identity and capabilities in AIM', required: false, params: aim }],
    },
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: listed.map((one) => ({ name: one.id, description: '', tags: [], ...one })),
    // What readers of the older form look for.
    ...(url !== '' && { url }),
    aim,
  };
}
