// MCP servers that the agent talks to: registered, listed, attested, and each use of a tool recorded (wire-mcp-logs-a2a §1.3, §2).

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AgentIdentity } from '../../crypto/agent-request.ts';
import { type Attestation, attestationMessage, latencyOf, signedAttestation } from '../../crypto/attestation.ts';
import { AIMError, AuthenticationError, ConfigurationError, UsageError } from '../../errors.ts';
import type { CallOptions, PageOptions } from '../../http/api.ts';
import type { Caller } from '../../http/caller.ts';
import { offsetOf, pageOf } from '../../http/paging.ts';
import { securityLogger } from '../../security-log/configure.ts';
import { version } from '../../version.ts';
import { wireObject } from '../../wire/casing.ts';
import { type McpServer, mcpServerList } from '../../wire/mcp.ts';
import { maybeTimestamp } from '../../wire/scalars.ts';
import type { AttestationCache, AttestationReason } from '../attestation-cache.ts';

/** An MCP server to be registered. */
export type McpRegistration = {
  serverName: string;
  serverUrl: string;
  /** Base64 of 32 bytes, where the server has a key. */
  publicKey?: string | undefined;
  capabilities?: readonly string[] | undefined;
  description?: string | undefined;
  version?: string | undefined;
  verificationUrl?: string | undefined;
};
/** `existed`: it was registered before, and is the same one. `trustScore` is 0 to 1. */
export type RegisteredMcpServer = { id: string; existed: boolean; trustScore: number | null };

/** What was found at an MCP server. Latency is in milliseconds. */
export type McpFindings = {
  mcpName: string;
  mcpUrl: string;
  capabilitiesFound: readonly string[];
  connectionSuccessful?: boolean | undefined;
  healthCheckPassed?: boolean | undefined;
  /** Milliseconds. */
  connectionLatencyMs?: number | undefined;
};
export type McpAttestation = { attestationId: string | null; mcpConfidenceScore: number | null; attestationCount: number };

export type McpUse = Partial<McpFindings> & {
  /** Attest where the cache says that it is time. Needs `capabilitiesFound` and `mcpUrl`. Default true. */
  autoAttest?: boolean | undefined;
  forceAttest?: boolean | undefined;
};
export type McpUseAnswer = { recorded: boolean; attested: boolean; reason: AttestationReason | 'forced' | 'off' };

/** MCP servers that the agent talks to: registered, listed, attested, and each use of a tool recorded. */
export type McpManagement = {
  registerMcpServer(server: McpRegistration, options?: CallOptions): Promise<RegisteredMcpServer>;
  listMcpServers(options?: PageOptions): Promise<{ servers: McpServer[]; nextCursor: string | null; total: number | null }>;
  /** Vouches for a server with what was found there: challenge first, then the signed findings. */
  attestMcpServer(serverId: string, findings: McpFindings, options?: CallOptions): Promise<McpAttestation>;
  /** Records that a tool was used, and attests the server again when that is due. */
  useMcpTool(serverId: string, toolName: string, use?: McpUse, options?: CallOptions): Promise<McpUseAnswer>;
};

const registered = wireObject({ id: z.string().nullish(), existingId: z.string().nullish(), trustScore: z.number().nullish() });
const challengeAnswer = wireObject({ challenge: z.string().min(1), expiresAt: maybeTimestamp });
const attested = wireObject({
  success: z.boolean().nullish(),
  attestationId: z.string().nullish(),
  mcpConfidenceScore: z.number().nullish(),
  attestationCount: z.number().nullish(),
});

export function mcpServersOf(
  caller: Caller,
  identity: AgentIdentity,
  now: () => number,
  cache: () => AttestationCache,
): McpManagement {
  const own = `/api/v1/sdk-api/agents/${encodeURIComponent(identity.agentId)}`;
  const subject = 'mcp-servers';

  async function registerMcpServer(server: McpRegistration, { signal }: CallOptions = {}): Promise<RegisteredMcpServer> {
    if (server.serverName.trim() === '' || server.serverUrl.trim() === '') {
      throw new ConfigurationError('mcp-server.incomplete', {
        message: 'An MCP server needs a name and a URL (stdio://command/arguments for a local one).',
        field: server.serverName.trim() === '' ? 'serverName' : 'serverUrl',
      });
    }
    const {
      serverName,
      serverUrl,
      description = '',
      version: serverVersion = '1.0.0',
      capabilities = [],
      publicKey,
      verificationUrl,
    } = server;
    const body = {
      name: serverName,
      description,
      url: serverUrl,
      version: serverVersion,
      capabilities,
      publicKey,
      verificationUrl,
      registeredByAgent: identity.agentId,
      verificationMethod: 'agent_attestation',
    };
    const { status, body: answer } = await caller.raw({ method: 'POST', path: `${own}/mcp-servers`, body, subject, signal });
    const { id, existingId, trustScore } = registered.safeParse(answer).data ?? {};
    if (status < 300 && id) return { id, existed: false, trustScore: trustScore ?? null };
    if (status === 409 && existingId) return { id: existingId, existed: true, trustScore: trustScore ?? null };
    // The refusal in its own words; a second attempt of the same registration has no other effect.
    return {
      id: (
        await caller.ask({
          method: 'POST',
          path: `${own}/mcp-servers`,
          body,
          schema: wireObject({ id: z.string() }),
          subject,
          signal,
        })
      ).id,
      existed: false,
      trustScore: null,
    };
  }

  async function attestMcpServer(
    serverId: string,
    findings: McpFindings,
    { signal }: CallOptions = {},
  ): Promise<McpAttestation> {
    const path = `/api/v1/mcp-servers/${encodeURIComponent(serverId)}`;
    const { challenge } = await caller.ask({
      path: `${path}/challenge`,
      query: { agent_id: identity.agentId },
      schema: challengeAnswer,
      subject,
      signal,
    });
    const attestation: Attestation = {
      agent_id: identity.agentId,
      capabilities_found: findings.capabilitiesFound,
      challenge,
      connection_latency_ms: latencyOf(findings.connectionLatencyMs ?? 0),
      connection_successful: findings.connectionSuccessful ?? true,
      health_check_passed: findings.healthCheckPassed ?? true,
      mcp_name: findings.mcpName,
      mcp_url: findings.mcpUrl,
      sdk_version: version,
      timestamp: new Date(now()).toISOString().replace('Z', '+00:00'),
    };
    try {
      const send = (body: ReturnType<typeof signedAttestation>) =>
        caller.ask({ method: 'POST', path: `${path}/attest`, body, schema: attested, subject, signal });
      // Servers before the newest write the text in another form before they check it, and say only that it does not fit.
      const isSameInBoth = attestationMessage(attestation) === attestationMessage(attestation, 'go');
      const answer = await send(signedAttestation(attestation, identity.key)).catch((error: unknown) => {
        if (isSameInBoth || !(error instanceof AuthenticationError || error instanceof UsageError)) throw error;
        return send(signedAttestation(attestation, identity.key, 'go')).catch(() => {
          throw error;
        });
      });
      securityLogger.logMcpEvent('MCP_ATTESTATION_CREATED', {
        serverId,
        serverName: findings.mcpName,
        agentId: identity.agentId,
      });
      await cache().recordAttestation(serverId, {
        attestationId: answer.attestationId ?? fingerprint(attestation),
        capabilities: findings.capabilitiesFound,
        confidenceScore: answer.mcpConfidenceScore ?? null,
      });
      return {
        attestationId: answer.attestationId ?? null,
        mcpConfidenceScore: answer.mcpConfidenceScore ?? null,
        attestationCount: answer.attestationCount ?? 1,
      };
    } catch (error) {
      if (error instanceof AIMError)
        securityLogger.logMcpEvent('MCP_ATTESTATION_FAILED', {
          serverId,
          serverName: findings.mcpName,
          agentId: identity.agentId,
          success: false,
          error: error.message,
        });
      throw error;
    }
  }

  async function recordUse(
    serverId: string,
    toolName: string,
    use: McpUse = {},
    { signal }: CallOptions = {},
  ): Promise<McpUseAnswer> {
    const { mcpName, mcpUrl, capabilitiesFound, autoAttest = true, forceAttest = false } = use;
    const decision = await cache().shouldAttest(serverId, { toolName, capabilities: capabilitiesFound });
    const reason = forceAttest ? 'forced' : autoAttest ? decision.reason : 'off';
    let isAttested = false;
    if ((forceAttest || (autoAttest && decision.shouldAttest)) && capabilitiesFound !== undefined && mcpUrl !== undefined) {
      await attestMcpServer(serverId, { ...use, mcpName: mcpName ?? serverId, mcpUrl, capabilitiesFound }, { signal });
      isAttested = true;
    }
    const body = { mcpServerId: serverId, toolName, mcpUrl, mcpName, connectionType: 'attested' };
    await caller.tell({ method: 'POST', path: `${own}/mcp-connections`, body, subject, signal });
    await cache().recordToolUsage(serverId, toolName);
    securityLogger.logMcpEvent('MCP_TOOL_USED', { serverId, serverName: mcpName, toolName, agentId: identity.agentId });
    return { recorded: true, attested: isAttested, reason };
  }

  return {
    registerMcpServer,
    attestMcpServer,
    useMcpTool: recordUse,
    async listMcpServers({ signal, ...options } = {}) {
      const asked = offsetOf(options);
      const { items, nextCursor, total } = pageOf(
        asked,
        await caller.ask({ path: `${own}/mcp-servers`, query: asked, schema: mcpServerList, subject, signal }),
      );
      return { servers: items, nextCursor, total };
    },
  };
}

// Old servers give an attestation no id of its own.
const fingerprint = (attestation: Attestation): string =>
  createHash('sha256').update(JSON.stringify(attestation)).digest('hex').slice(0, 32);
