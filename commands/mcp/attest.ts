// `aim mcp attest` and `report`: what was found on this machine, told to the control plane: signed by an agent, or by a person.

import { z } from 'zod';
import { listAgentCredentials, loadAgentCredentials } from '../../src/credentials/agent-credentials.ts';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { addressOf } from '../../src/mcp/detection-report.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import { consensusProgress } from '../../src/mcp/registry-facts.ts';
import { AIMClient } from '../../src/sdk/aim-client.ts';
import { AttestationCache } from '../../src/sdk/attestation-cache.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import type { McpConsensus } from '../../src/wire/mcp.ts';
import { type Action, type ActionContext, defineAction } from '../action.ts';
import type { View } from '../output/view.ts';
import { askServers } from './ask-servers.ts';
import { attestations } from './attestations.ts';
import { inspectOptions } from './options.ts';
import { serverArgument } from './servers.ts';

type Attested = {
  server: string;
  serverId: string;
  agent: string;
  attested: boolean;
  /** Why it was due, or `cached`. */
  reason: string;
  attestationId: string | null;
  confidence: number | null;
  attestations: number | null;
  consensus: McpConsensus | null;
};

const attest = defineAction({
  id: 'mcp.attest',
  summary: 'Let an agent vouch for an MCP server with what is found there now',
  description:
    'Asks the server for its tools (after showing what is started), takes a challenge from the control plane, and sends the findings with the signature of an agent whose key is on this machine. What was attested within a day with the same tools is not attested again without --force.',
  examples: [{ command: 'mcp attest notes --agent librarian', summary: 'The librarian vouches for notes' }],
  args: { server: serverArgument },
  options: {
    agent: { summary: 'The agent that signs; its key must be on this machine', value: 'NAME', schema: z.string() },
    force: { summary: 'Attest although the last one still holds', schema: z.boolean().default(false) },
    ...inspectOptions,
  },
  needs: 'member',
  risk: 'change',
  // The agent signs and sends it, not we.
  actsHere: true,
  run: async (context, { server }, { agent, force, ...flags }): Promise<Attested> => {
    const { detected } = server;
    if (detected === null) {
      throw new UsageError('mcp.not-here', {
        message: `No client of this machine has ${server.name}, so it cannot be asked from here.`,
        next: 'See where servers are configured: aim mcp ls',
      });
    }
    const credentials = await credentialsOf(agent, context);
    const said = (await askServers(context, [detected], flags)).get(detected.key);
    const capabilities = said?.tools.map(({ name }) => String(name)) ?? [];
    const client = new AIMClient({ ...credentials, aimUrl: context.api.server, credentialsFolder: context.settings.paths.aim });
    const serverId = server.id ?? (await register(client, server, capabilities));
    const cache = new AttestationCache({ agentId: credentials.agentId, folder: context.settings.paths.aim });
    const due = await cache.shouldAttest(serverId, { capabilities });
    const base = { server: server.name, serverId, agent: credentials.name };
    const consensus = () => consensusOf(context, serverId);
    if (!due.shouldAttest && !force)
      return {
        ...base,
        attested: false,
        reason: due.reason,
        attestationId: null,
        confidence: null,
        attestations: null,
        consensus: await consensus(),
      };
    const isUp = said?.serverName != null || capabilities.length > 0;
    const answer = await client.attestMcpServer(
      serverId,
      {
        mcpName: server.name,
        mcpUrl: server.registered?.url ?? addressOf(detected),
        capabilitiesFound: capabilities,
        connectionSuccessful: isUp,
        healthCheckPassed: isUp && said?.problems.length === 0,
        connectionLatencyMs: said?.latencyMs ?? 0,
      },
      { signal: context.signal },
    );
    const { attestationId, mcpConfidenceScore, attestationCount } = answer;
    return {
      ...base,
      attested: true,
      reason: force ? 'forced' : due.reason,
      attestationId,
      confidence: mcpConfidenceScore,
      attestations: attestationCount,
      consensus: await consensus(),
    };
  },
  view: {
    kind: 'record',
    fields: [
      { key: 'server', title: 'Server', value: ({ server }) => asUntrusted(server) },
      { key: 'agent', title: 'Agent', value: ({ agent }) => asUntrusted(agent) },
      { key: 'attested', title: 'Attested', value: ({ attested }) => attested },
      { key: 'reason', title: 'Because', value: ({ reason }) => asUntrusted(reason) },
      {
        key: 'attestationId',
        title: 'Attestation',
        value: ({ attestationId }) => (attestationId === null ? null : asUntrusted(attestationId)),
        format: 'id',
      },
      { key: 'confidence', title: 'Confidence', value: ({ confidence }) => confidence, format: 'number' },
      { key: 'attestations', title: 'Attestations', value: ({ attestations }) => attestations, format: 'number' },
      {
        key: 'consensus',
        title: 'Consensus',
        value: ({ consensus }) => ours(consensus === null ? '' : consensusProgress(consensus)),
      },
    ],
  } satisfies View<Attested>,
});

export const attestActions: readonly Action[] = [attest, attestations];

async function credentialsOf(name: string, { settings }: ActionContext) {
  const folder = settings.paths.aim;
  const found = await loadAgentCredentials(name, { folder });
  if (found !== null) return found;
  const known = (await listAgentCredentials({ folder })).map((agent) => agent.name);
  throw new UsageError('mcp.no-agent-key', {
    message: `There is no key of an agent named ${name} on this machine.`,
    next: known.length === 0 ? 'An agent gets one when it first calls secure()' : `There are keys of: ${known.join(', ')}`,
    field: 'agent',
    exitCode: ExitCode.NotFound,
  });
}

async function register(client: AIMClient, { name, detected }: McpRow, capabilities: readonly string[]): Promise<string> {
  const serverUrl = detected === null ? '' : addressOf(detected);
  return (await client.registerMcpServer({ serverName: name, serverUrl, capabilities })).id;
}

// A progress that a server does not tell is not shown; the attestation stands without it.
const consensusOf = ({ api, signal }: ActionContext, serverId: string): Promise<McpConsensus | null> =>
  api.mcp.consensus(serverId as never, { signal }).catch(() => null);
