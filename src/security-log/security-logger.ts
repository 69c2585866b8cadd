// The log that a security team reads: who signed in, what was allowed or refused, which credentials and MCP servers were used.
// No call throws into the host, waits for a disk or another process, or lets a secret through that redaction knows.

import { randomUUID } from 'node:crypto';
import { readSigningKey } from '../crypto/ed25519.ts';
import type { SecurityContext } from './context.ts';
import { type EventFields, lineBody, type SecurityEvent } from './event.ts';
import type {
  AgentEventType,
  AuthnEventType,
  AuthzEventType,
  CredEventType,
  EventCategory,
  EventSeverity,
  McpEventType,
  SecurityEventType,
} from './event-types.ts';
import { LogQueue, type WriterState } from './log-queue.ts';
import { makeEvent } from './make-event.ts';
import type { Durability } from './writer/line-writer.ts';

/** Where lines go, which are written, and when files are rotated. */
export type SecurityLogOptions = {
  /** Its directories are made. Null: no file. */
  logFile?: string | null | undefined;
  /** Compared with the severity of an event. Default INFO. */
  logLevel?: EventSeverity | undefined;
  includeStdout?: boolean | undefined;
  /** Errors and worse go to standard error as well. Default true, as in AIM's Python SDK. */
  includeStderr?: boolean | undefined;
  /** Default 10 MiB; 0 never rotates by size. */
  maxBytes?: number | undefined;
  backupCount?: number | undefined;
  rotateEvery?: 'day' | 'hour' | null | undefined;
  /** Compress rotated parts from the second on. Default false: the Python SDK's readers expect plain files. */
  compress?: boolean | undefined;
  durability?: Durability | undefined;
  /** Add `seq` and `prev_hash`. Default true. */
  chain?: boolean | undefined;
  /** Sign the chain after every so many lines (default 1000) and at the end, with this Ed25519 private key (base64). */
  checkpoints?: { privateKey: string; everyLines?: number | undefined } | undefined;
  enabled?: boolean | undefined;
};

export type SecurityLogState = WriterState & { filtered: number };

type Outcome = { success?: boolean | undefined; message?: string | undefined };

/** Writes security events as the lines of AIM’s Python SDK (wire-mcp-logs-a2a §5.2), private, chained and rotated. */
export class SecurityLogger {
  #options: SecurityLogOptions | null = null;
  readonly #atFirstUse: (() => SecurityLogOptions) | null;
  #writer: LogQueue | null = null;
  #agent: SecurityContext = {};
  #session: string | null = null;
  #filtered = 0;
  #lost = 0;

  /** A function gives the options when the first event comes before any `configure()`. */
  constructor(options: SecurityLogOptions | (() => SecurityLogOptions) | null = null) {
    this.#atFirstUse = typeof options === 'function' ? options : null;
    if (typeof options === 'object' && options !== null) this.configure(options);
  }

  /** Replaces all options. Lines that wait for the file of before are still written to it. */
  configure(options: SecurityLogOptions = {}): void {
    const before = this.#writer;
    this.#options = options;
    this.#writer = null;
    void before?.close();
    if (options.enabled === false || !options.logFile) return;
    this.#writer = new LogQueue({
      path: options.logFile,
      maxBytes: options.maxBytes ?? 10 * 1024 * 1024,
      backupCount: options.backupCount ?? 5,
      rotateEvery: options.rotateEvery ?? null,
      compress: options.compress ?? false,
      durability: options.durability ?? 'queued',
      chain: options.chain ?? true,
      checkpoint: options.checkpoints
        ? {
            everyLines: options.checkpoints.everyLines ?? 1000,
            event: () => this.#event('AUDIT', 'LOG_CHECKPOINT', 'INFO', '', {}),
          }
        : null,
      // Here rather than in its thread, a key that is none is told to whoever gave it.
      checkpointKey: options.checkpoints ? readSigningKey(options.checkpoints.privateKey).privateKey : null,
      aboutDropped: (count, reason) =>
        lineBody(
          this.#event('AUDIT', 'LOG_RECORDS_DROPPED', 'ERROR', `${count} records were dropped: ${reason}`, {
            details: { dropped: count },
          }),
        ),
    });
  }

  /** What was written, is waiting, was filtered out or had to be dropped, and what fails at the moment. */
  get state(): SecurityLogState {
    const writer = this.#writer?.state ?? { written: 0, dropped: 0, queued: 0, failing: null };
    return { ...writer, dropped: writer.dropped + this.#lost, filtered: this.#filtered };
  }

  /** Who acts in this process, unless a call or `withSecurityContext()` says otherwise. */
  setAgentContext(context: Pick<SecurityContext, 'agentId' | 'agentName' | 'userId' | 'organizationId'>): void {
    this.#agent = { ...this.#agent, ...context };
  }

  clearAgentContext(): void {
    this.#agent = {};
  }

  startSession(): string {
    this.#session = randomUUID();
    return this.#session;
  }

  /** Resolves when everything logged so far is on the disk, or after two seconds; `state` tells which. */
  async flush(): Promise<void> {
    await this.#writer?.flush();
  }

  logAuthentication(type: AuthnEventType, { success = true, message, ...fields }: Outcome & EventFields = {}): void {
    const worse = type === 'TOKEN_REVOKED' || type === 'TOKEN_EXPIRED';
    const severity = worse ? (success ? 'WARNING' : 'ERROR') : success ? 'INFO' : 'WARNING';
    this.log('AUTHN', type, severity, message || `Authentication event: ${type}`, { result: outcome(success), ...fields });
  }

  logAuthorization(
    type: AuthzEventType,
    { granted = true, message, ...fields }: { granted?: boolean | undefined; message?: string | undefined } & EventFields = {},
  ): void {
    const result = granted ? 'GRANTED' : 'DENIED';
    const isWarning = !granted || type === 'CAPABILITY_ESCALATION' || type === 'CAPABILITY_DENIED' || type === 'ACTION_DENIED';
    const on = fields.resource ? ` on ${fields.resource}` : '';
    const text = message || `Authorization ${type}: ${fields.action ?? ''}${on} - ${result}`;
    this.log('AUTHZ', type, isWarning ? 'WARNING' : 'INFO', text, { result, ...fields });
  }

  logAgentEvent(type: AgentEventType, { message, ...fields }: { message?: string | undefined } & EventFields = {}): void {
    const isWarning = type === 'AGENT_SUSPENDED' || type === 'AGENT_DELETED';
    const severity = type === 'AGENT_REGISTRATION_FAILED' ? 'ERROR' : isWarning ? 'WARNING' : 'INFO';
    const name = fields.agentName ? ` for ${fields.agentName}` : '';
    this.log('AGENT', type, severity, message || `Agent event: ${type}${name}`, fields);
  }

  logCredentialEvent(
    type: CredEventType,
    { credentialType, success = true, message, ...fields }: { credentialType: 'sdk_oauth' | 'agent' } & Outcome & EventFields,
  ): void {
    const isWarning = !success || type === 'CREDENTIAL_TYPE_MISMATCH' || type === 'SECURE_STORAGE_FAILED';
    const name = fields.agentName ? ` for ${fields.agentName}` : '';
    const details = { credential_type: credentialType, ...fields.details };
    const text = message || `Credential ${type}: ${credentialType}${name}`;
    this.log('CRED', type, isWarning ? 'WARNING' : 'INFO', text, { result: outcome(success), ...fields, details });
  }

  logMcpEvent(
    type: McpEventType,
    { serverId, serverName, toolName, success = true, message, ...fields }: McpSubject & Outcome & EventFields = {},
  ): void {
    const isWarning = !success || type === 'MCP_CAPABILITY_DRIFT';
    const severity = type === 'MCP_ATTESTATION_FAILED' ? 'ERROR' : isWarning ? 'WARNING' : 'INFO';
    const details = {
      ...fields.details,
      ...(serverId && { server_id: serverId }),
      ...(serverName && { server_name: serverName }),
      ...(toolName && { tool_name: toolName }),
    };
    const text = message || `MCP ${type}${serverName ? `: ${serverName}` : ''}${toolName ? ` - tool: ${toolName}` : ''}`;
    this.log('MCP', type, severity, text, { result: outcome(success), ...fields, details });
  }

  logSecurityEvent(
    type: SecurityEventType,
    message: string,
    { severity = 'WARNING', ...fields }: { severity?: EventSeverity | undefined } & EventFields = {},
  ): void {
    this.log('SECURITY', type, severity, message, fields);
  }

  debug(message: string, fields?: EventFields): void {
    this.log('AUDIT', 'DEBUG', 'DEBUG', message, fields);
  }

  info(message: string, fields?: EventFields): void {
    this.log('AUDIT', 'INFO', 'INFO', message, fields);
  }

  warning(message: string, fields?: EventFields): void {
    this.log('AUDIT', 'WARNING', 'WARNING', message, fields);
  }

  error(message: string, fields?: EventFields): void {
    this.log('AUDIT', 'ERROR', 'ERROR', message, fields);
  }

  critical(message: string, fields?: EventFields): void {
    this.log('AUDIT', 'CRITICAL', 'CRITICAL', message, fields);
  }

  /** What all of the above come to, for types of one's own. */
  log(category: EventCategory, type: string, severity: EventSeverity, message: string, fields: EventFields = {}): void {
    try {
      if (!this.#options && this.#atFirstUse) this.configure(this.#atFirstUse());
      const options = this.#options ?? {};
      if (options.enabled === false) return;
      if (ranks[severity] < ranks[options.logLevel ?? 'INFO']) {
        this.#filtered += 1;
        return;
      }
      const isForStderr = ranks[severity] >= ranks.ERROR && options.includeStderr !== false;
      if (!this.#writer && !options.includeStdout && !isForStderr) return;
      const body = shortened(lineBody(this.#event(category, type, severity, message, fields)), () =>
        lineBody(
          this.#event(category, type, severity, message.slice(0, 1000), {
            agentId: fields.agentId,
            result: fields.result,
            details: { truncated: true },
          }),
        ),
      );
      this.#writer?.add(body);
      if (options.includeStdout) process.stdout.write(`${body}}\n`);
      if (isForStderr) process.stderr.write(`${body}}\n`);
    } catch {
      // A getter of the host's own object threw, or its standard error is gone. The host goes on; the loss is counted.
      this.#lost += 1;
    }
  }

  #event(category: EventCategory, type: string, severity: EventSeverity, message: string, fields: EventFields): SecurityEvent {
    return makeEvent({ sessionId: this.#session, ...this.#agent }, { category, type, severity, message, fields });
  }
}

type McpSubject = { serverId?: string | undefined; serverName?: string | undefined; toolName?: string | undefined };

const outcome = (success: boolean): string => (success ? 'SUCCESS' : 'FAILURE');

/** One event must not fill a disk or a reader's memory. */
const shortened = (body: string, shorter: () => string): string => (body.length > LONGEST_LINE ? shorter() : body);

const LONGEST_LINE = 256 * 1024;
const ranks: Record<EventSeverity, number> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };
