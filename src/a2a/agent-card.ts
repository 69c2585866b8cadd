// An agent's card: A2A 1.0, readable by AIM and older clients as well (wire-mcp-logs-a2a §6.5).

import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';

const words = z.array(z.string());
const skill = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  description: z.string().default(''),
  tags: words.default([]),
  examples: words.optional(),
  inputModes: words.optional(),
  outputModes: words.optional(),
});
const agentInterface = z.looseObject({
  url: z.string().min(1),
  protocolBinding: z.string(),
  protocolVersion: z.string(),
  tenant: z.string().optional(),
});
const signature = z.object({
  protected: z.string(),
  signature: z.string(),
  header: z.record(z.string(), z.unknown()).optional(),
});

/** The members that A2A 1.0 requires, and whatever else a card carries. */
export const agentCard = z.looseObject({
  name: z.string().min(1),
  description: z.string(),
  supportedInterfaces: z.array(agentInterface).min(1),
  version: z.string(),
  capabilities: z.looseObject({ extensions: z.array(z.looseObject({ uri: z.string() })).optional() }),
  defaultInputModes: words,
  defaultOutputModes: words,
  skills: z.array(skill),
  signatures: z.array(signature).optional(),
});
export type AgentCard = z.infer<typeof agentCard>;
export type AgentSkill = z.infer<typeof skill>;

/** Where AIM's own members stand among the extensions of a card. */
export const AIM_EXTENSION = 'https://opena2a.org/extensions/aim/v1';

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

/** A card to publish. `toJSON()` gives the bytes for `/.well-known/agent-card.json` and, the same, `/.well-known/agent.json`. */
export class A2AAgentCard {
  readonly agentId: string;
  readonly name: string;
  readonly card: AgentCard;

  /** @throws ConfigurationError for a card without a name or an agent. */
  constructor(options: CardOptions) {
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
  return agentCard.parse({
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
  });
}

/** A card from the network, of either age. @throws ConfigurationError naming the first member that does not fit. */
export function readAgentCard(received: unknown): AgentCard {
  const older = received as { url?: unknown; supportedInterfaces?: unknown; capabilities?: unknown } | null;
  const isOlder =
    typeof older === 'object' && older !== null && older.supportedInterfaces === undefined && typeof older.url === 'string';
  const lifted = isOlder
    ? {
        description: '',
        version: '1.0.0',
        defaultInputModes: ['text/plain'],
        defaultOutputModes: ['text/plain'],
        skills: [],
        ...older,
        capabilities: Array.isArray(older.capabilities) ? {} : (older.capabilities ?? {}),
        supportedInterfaces: [{ url: older.url, protocolBinding: 'JSONRPC', protocolVersion: '0.3' }],
      }
    : received;
  const read = agentCard.safeParse(lifted);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ConfigurationError('a2a.card', {
    message: `This is no agent card: ${issue?.path.map(String).join('.') || 'the whole'} ${issue?.message ?? ''}`,
    cause: read.error,
  });
}
