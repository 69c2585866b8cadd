// A card that came from elsewhere, of A2A 1.0 or before, read once and typed (wire-mcp-logs-a2a §6.5).

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
/** An agent’s card as A2A 1.0 has it, whatever generation it was read from. */
export type AgentCard = z.infer<typeof agentCard>;
/** One thing that an agent offers to others. */
export type AgentSkill = z.infer<typeof skill>;

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
