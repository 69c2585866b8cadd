// When each MCP server was attested, and with which tools: kept in the Python SDK's file, written as a log beside it (wire-mcp-logs-a2a §1.3).

import { join } from 'node:path';
import { amount, callable, checkArguments, names, object, optional, path, text } from '../arguments.ts';
import { aimFolder } from '../credentials/sdk-credentials.ts';
import { AttestationFile, type ServerRecord } from './attestation-file.ts';

export type AttestationReason = 'first_use' | 'new_tool' | 'stale' | 'invalid_timestamp' | 'capability_drift' | 'cached';
/** Whether a server must be attested before it is used, and why. */
export type AttestationDecision = { shouldAttest: boolean; reason: AttestationReason; drift: CapabilityDrift | null };
export type CapabilityDrift = {
  added: string[];
  removed: string[];
  changePercentage: number;
  severity: 'low' | 'medium' | 'high';
};

/** Whose attestations, how long they hold (hours), and where they are kept. */
export type AttestationCacheOptions = {
  /** Whose attestations. Default: AIM_AGENT_ID, else `default`. */
  agentId?: string | undefined;
  /** Default 24. */
  ttlHours?: number | undefined;
  /** Default `~/.aim`. */
  folder?: string | undefined;
  now?: (() => number) | undefined;
};

const told = object({ agentId: optional(text), ttlHours: optional(amount), folder: optional(path), now: optional(callable) });
const used = object({ toolName: optional(text), capabilities: optional(names) });

/**
 * Attestations of MCP servers by one agent. It holds no verification decisions: every action is asked for anew.
 * A use of a tool costs one short append; the file that other SDKs read is brought up to date now and then, and by `flush()`.
 */
export class AttestationCache {
  readonly agentId: string;
  readonly #ttlMs: number;
  readonly #now: () => number;
  readonly #file: AttestationFile;

  constructor(options: AttestationCacheOptions = {}) {
    checkArguments('new AttestationCache', { options: told }, [options]);
    const { agentId = process.env['AIM_AGENT_ID'] || 'default', ttlHours = 24, folder = aimFolder(), now = Date.now } = options;
    this.agentId = agentId;
    this.#ttlMs = ttlHours * 3_600_000;
    this.#now = now;
    this.#file = new AttestationFile(join(folder, 'attestation_cache.json'), agentId);
  }

  /** Whether the server must be attested before this use, and why. */
  async shouldAttest(
    serverId: string,
    use: { toolName?: string | undefined; capabilities?: readonly string[] | undefined } = {},
  ): Promise<AttestationDecision> {
    checkArguments('shouldAttest', { serverId: text, use: used }, [serverId, use]);
    const { toolName, capabilities } = use;
    const record = (await this.#file.servers()).get(serverId);
    const decide = (reason: AttestationReason, drift: CapabilityDrift | null = null): AttestationDecision => ({
      shouldAttest: reason !== 'cached',
      reason,
      drift,
    });
    if (record?.lastAttestedAt === undefined) return decide('first_use');
    if (toolName !== undefined && record.toolsUsed[toolName] === undefined && !record.capabilitiesAttested.includes(toolName))
      return decide('new_tool');
    const attestedAt = Date.parse(record.lastAttestedAt);
    // One from the future would hold for ever.
    if (Number.isNaN(attestedAt) || attestedAt - this.#now() > CLOCKS_DIFFER_MS) return decide('invalid_timestamp');
    if (this.#now() - attestedAt > this.#ttlMs) return decide('stale');
    const drift = capabilities === undefined ? null : driftBetween(record.capabilitiesAttested, capabilities);
    return drift === null ? decide('cached') : decide('capability_drift', drift);
  }

  async recordAttestation(
    serverId: string,
    {
      attestationId,
      capabilities,
      confidenceScore,
    }: { attestationId: string; capabilities: readonly string[]; confidenceScore?: number | null | undefined },
  ): Promise<void> {
    await this.#file.append({
      kind: 'attested',
      serverId,
      at: this.#stamp(),
      attestationId,
      capabilities: [...capabilities],
      confidenceScore: confidenceScore ?? 0,
    });
  }

  async recordToolUsage(serverId: string, toolName: string): Promise<void> {
    await this.#file.append({ kind: 'used', serverId, at: this.#stamp(), tool: toolName });
  }

  /** What is known of a server, as the file has it; null for one never seen. */
  async get(serverId: string): Promise<ServerRecord | null> {
    return (await this.#file.servers()).get(serverId) ?? null;
  }

  async listServers(): Promise<string[]> {
    return [...(await this.#file.servers()).keys()];
  }

  async clearServer(serverId: string): Promise<void> {
    await this.#file.append({ kind: 'cleared', serverId, at: this.#stamp() });
    await this.flush();
  }

  async clearAll(): Promise<void> {
    await this.#file.append({ kind: 'cleared', serverId: null, at: this.#stamp() });
    await this.flush();
  }

  /** Brings attestation_cache.json up to date, for other SDKs and other processes. */
  flush(): Promise<void> {
    return this.#file.merge();
  }

  #stamp(): string {
    return new Date(this.#now()).toISOString().replace('Z', '+00:00');
  }
}

const CLOCKS_DIFFER_MS = 300_000;

/** Null where the names are the same. Low: only added; medium: something removed; high: more than 30 % changed. */
export function driftBetween(before: readonly string[], now: readonly string[]): CapabilityDrift | null {
  const added = now.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !now.includes(name));
  if (added.length + removed.length === 0) return null;
  const changePercentage = ((added.length + removed.length) / Math.max(before.length, 1)) * 100;
  return { added, removed, changePercentage, severity: changePercentage > 30 ? 'high' : removed.length > 0 ? 'medium' : 'low' };
}
