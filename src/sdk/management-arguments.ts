// What each method of the management takes: looked at before it is loaded, so that a wrong argument costs nothing and is named.

import {
  amount,
  bytes,
  type Check,
  callable,
  count,
  id,
  label,
  maybe,
  names,
  object,
  oneOf,
  optional,
  options,
  text,
} from '../arguments.ts';
import { riskLadder } from '../detect/risk.ts';
import type { Management } from './management.ts';
import type { SecretsClient } from './secrets-client.ts';

type Checks = Readonly<Record<string, Check>>;

const findings = { mcpName: text, mcpUrl: text, capabilitiesFound: names };
const sealed = object({ encryptedBlob: bytes, encryptionAlgorithm: maybe(text), ephemeralPublicKey: optional(bytes) });
const walls = object({ sandbox: text, network: text, filesystem: text, process: text });

export const managementArguments = {
  createNewAgent: {
    agent: object({
      name: label,
      displayName: maybe(text),
      description: maybe(text),
      agentType: maybe(label),
      capabilities: maybe(names),
      mcpServers: maybe(names),
    }),
    options: options(),
  },
  getAgentDetails: { agentId: id, options: options() },
  updateAgent: { change: object(), options: options() },
  deleteAgent: { agentId: id, options: options() },
  getTrustScore: { agentId: optional(id), options: options() },
  heartbeat: { options: options() },
  registerCapability: {
    capabilityType: label,
    options: options({ description: maybe(text), riskLevel: optional(oneOf(...riskLadder)) }),
  },
  requestCapability: { capabilityType: label, reason: text, options: options({ metadata: maybe(object()) }) },
  listCapabilities: { options: options() },
  rotateKeys: { options: options() },
  listApiKeys: { options: options() },
  createApiKey: { name: label, options: options({ expiresAt: maybe(text) }) },
  deleteApiKey: { id, options: options() },
  registerMcpServer: {
    server: object({
      serverName: text,
      serverUrl: text,
      publicKey: maybe(text),
      capabilities: maybe(names),
      description: maybe(text),
      version: maybe(text),
      verificationUrl: maybe(text),
    }),
    options: options(),
  },
  listMcpServers: { options: options() },
  attestMcpServer: {
    serverId: id,
    findings: object({ ...findings, connectionLatencyMs: optional(latency) }),
    options: options(),
  },
  useMcpTool: {
    serverId: id,
    toolName: label,
    use: optional(object({ mcpName: optional(text), mcpUrl: optional(text), capabilitiesFound: optional(names) })),
    options: options(),
  },
  attestIsolation: { isolation: optional(walls), options: options() },
} satisfies Record<Exclude<keyof Management, 'listAgents' | 'mention'>, Checks>;

export const listingArguments: Checks = { options: options({ status: maybe(text), agentType: maybe(text) }) };

export const secretsArguments = {
  resolve: { namespace: text, operation: optional(text), options: options() },
  use: { namespace: text, use: callable, options: options({ operation: optional(text) }) },
  createNamespace: {
    agentId: id,
    namespace: label,
    options: object({ operations: names, urlPatterns: optional(names) }),
  },
  listNamespaces: { agentId: id, options: options() },
  getNamespace: { namespaceId: id, options: options() },
  deleteNamespace: { namespaceId: id, options: options() },
  storeCredential: { namespaceId: id, credential: sealed, options: options() },
  rotateCredential: { namespaceId: id, credential: sealed, options: options() },
  getAuditLog: {
    agentId: id,
    options: options({ since: optional(text), limit: optional(count), offset: optional(count) }),
  },
} satisfies Record<keyof SecretsClient, Checks>;

function latency(value: unknown, at: string) {
  return value === 0 ? null : amount(value, at);
}
