// Everything the program can ask of a server, as one typed surface. Commands, dashboard and SDK use this and nothing beside it.

import type { Untrusted } from '../text/brand.ts';
import type { Agent, AgentChange } from '../wire/agent.ts';
import type { Alert, AuditEntry, StreamEvent, StreamType, VerificationEvent } from '../wire/event.ts';
import type {
  McpAttestation,
  McpCapability,
  McpConsensus,
  McpDrift,
  McpManifest,
  McpRecorded,
  McpServer,
  McpUser,
} from '../wire/mcp.ts';
import type { AgentId, GrantId, McpServerId, Timestamp, VerificationId } from '../wire/scalars.ts';
import type { Account, Feature, ServerStatus } from '../wire/session.ts';
import type { ApprovalRequest, DecisionAnswer, Grant, Narrowing, VerificationStatus } from '../wire/verification.ts';

/** One page of a list. `nextCursor` is null on the last page; `total` is null where the server does not count. */
export type Page<Item> = { items: Item[]; nextCursor: string | null; total: number | null };

export type CallOptions = { signal?: AbortSignal | undefined };
/** `limit` 1 to 100, default 50. `cursor` is what the page before answered. */
export type PageOptions = CallOptions & { limit?: number | undefined; cursor?: string | undefined };
export type ChangeOptions = CallOptions & {
  reason?: string | undefined;
  idempotencyKey?: string | undefined;
  ifMatch?: string | undefined;
};

export type Decision = CallOptions & {
  reason?: string | undefined;
  /** The hash of what the reviewer saw. A server with `approvals.binding` answers 409 where it no longer fits. */
  actionHash?: string | undefined;
  narrow?: Narrowing | undefined;
  matchingCode?: string | undefined;
  /** The resource once more, as the reviewer typed it. */
  confirmResource?: string | undefined;
  /** The access token of a sign-in that was made for this decision. */
  freshToken?: string | undefined;
  receipt?: unknown;
  interactive?: boolean | undefined;
  idempotencyKey?: string | undefined;
};

export type EventFilter = { agentId?: AgentId | undefined; since?: Timestamp | undefined; until?: Timestamp | undefined };

/** How the link to the server stands. Shown as it is, never guessed. */
export type LinkState =
  | { state: 'connecting' }
  | { state: 'live'; lastEventAt: Timestamp | null }
  | { state: 'polling'; everyMs: number; lastEventAt: Timestamp | null; because: 'no-stream' | 'stream-refused' }
  | { state: 'reconnecting'; retryAt: Timestamp; attempt: number; because: string; lastEventAt: Timestamp | null }
  | { state: 'offline'; because: string };

export type StreamItem =
  | { kind: 'event'; event: StreamEvent }
  | { kind: 'link'; link: LinkState }
  /** Events between two positions were not received and will not come. `filled` where they were fetched another way. */
  | { kind: 'gap'; missed: number | null; filled: boolean; from: Timestamp | null; to: Timestamp };

export type StreamOptions = CallOptions & {
  /** Resume after this position. Without it the stream starts now. */
  after?: string | undefined;
  /** How many of the latest events to send first. */
  backlog?: number | undefined;
  types?: readonly StreamType[] | undefined;
  agentId?: AgentId | undefined;
};

export type Statistics = {
  totalVerifications: number;
  successCount: number;
  failedCount: number;
  pendingCount: number;
  timeoutCount: number;
  verificationsPerMinute: number;
  uniqueAgentsVerified: number;
};

export type Api = {
  /** Without trailing slash. */
  readonly server: string;
  /** Null on servers without the status route: AIM's own, which have no features. Cached for the life of the client. */
  status(options?: CallOptions): Promise<ServerStatus | null>;
  has(feature: Feature): Promise<boolean>;
  me(options?: CallOptions): Promise<Account>;

  agents: {
    list(options?: PageOptions & { status?: string | undefined; agentType?: string | undefined }): Promise<Page<Agent>>;
    /** By id; by name through `find`. @throws UsageError `agent.not-found`, exit 6. */
    get(id: AgentId, options?: CallOptions): Promise<Agent>;
    /** By id, exact name, or unambiguous beginning or end of an id. @throws UsageError that lists the candidates or names the nearest. */
    find(reference: string, options?: CallOptions): Promise<Agent>;
    create(
      agent: {
        name: string;
        displayName?: string;
        description?: string;
        agentType?: string;
        publicKey?: string;
        capabilities?: string[];
      },
      options?: ChangeOptions,
    ): Promise<Agent & { privateKey?: string }>;
    update(id: AgentId, change: AgentChange, options?: ChangeOptions): Promise<Agent>;
    suspend(id: AgentId, options?: ChangeOptions): Promise<Agent>;
    reactivate(id: AgentId, options?: ChangeOptions): Promise<Agent>;
    verify(id: AgentId, options?: ChangeOptions): Promise<Agent>;
    revoke(id: AgentId, options?: ChangeOptions): Promise<Agent>;
    delete(id: AgentId, options?: ChangeOptions): Promise<void>;
  };

  approvals: {
    /** Oldest first: the queue is worked from its head. @throws RemoteError `approvals.unsupported` on servers without the routes. */
    list(
      options?: PageOptions & { status?: VerificationStatus | 'all' | undefined; search?: string | undefined },
    ): Promise<Page<ApprovalRequest>>;
    get(id: VerificationId, options?: CallOptions): Promise<ApprovalRequest>;
    approve(id: VerificationId, decision?: Decision): Promise<DecisionAnswer>;
    deny(id: VerificationId, decision: Decision & { reason: string }): Promise<DecisionAnswer>;
    comment(id: VerificationId, text: string, options?: ChangeOptions): Promise<ApprovalRequest>;
    /** Takes the own decision back. @throws PolicyError, exit 7, that says why not. */
    undo(id: VerificationId, options?: ChangeOptions): Promise<ApprovalRequest>;
    /** Reminds those who could review it. */
    nudge(id: VerificationId, options?: ChangeOptions): Promise<ApprovalRequest>;
    /** Names who should look at it; null gives it back to everybody. */
    assign(id: VerificationId, to: string | null, options?: ChangeOptions): Promise<ApprovalRequest>;
    escalate(id: VerificationId, options?: ChangeOptions): Promise<ApprovalRequest>;
    grants(options?: PageOptions): Promise<Page<Grant>>;
    revokeGrant(id: GrantId, options?: ChangeOptions): Promise<Grant>;
  };

  events: {
    /** Newest first. */
    list(options?: PageOptions & EventFilter): Promise<Page<VerificationEvent>>;
    get(id: VerificationId, options?: CallOptions): Promise<VerificationEvent>;
    statistics(period: '24h' | '7d' | '30d', options?: CallOptions): Promise<Statistics>;
    /** Live events, by stream where the server has one, else by polling. Ends only with the signal. */
    stream(options?: StreamOptions): AsyncIterable<StreamItem>;
    /** The same in the pieces in which it arrived, for what must keep up with tens of thousands a second. Optional in stand-ins. */
    batches?(options?: StreamOptions & { glance?: boolean }): AsyncIterable<readonly StreamItem[]>;
  };

  mcp: {
    list(options?: PageOptions): Promise<Page<McpServer>>;
    get(id: McpServerId, options?: CallOptions): Promise<McpServer>;
    capabilities(id: McpServerId, options?: CallOptions): Promise<McpCapability[]>;
    register(server: { name: string; url: string; version?: string | undefined }, options?: CallOptions): Promise<McpServer>;
    /** Agents that talk to it. */
    users(id: McpServerId, options?: CallOptions): Promise<McpUser[]>;
    attestations(id: McpServerId, options?: CallOptions): Promise<McpAttestation[]>;
    consensus(id: McpServerId, options?: CallOptions): Promise<McpConsensus>;
    /** These need `mcp.manifests`. Newest first. */
    manifests(id: McpServerId, options?: CallOptions): Promise<McpManifest[]>;
    /** One of them whole; the baseline where none is named. */
    manifest(id: McpServerId, manifestId: string | null, options?: CallOptions): Promise<McpManifest>;
    /** `content` is an entry of the lockfile. */
    record(id: McpServerId, content: object, options?: CallOptions): Promise<McpRecorded>;
    /** Of one server with every change, or of all. */
    drift(id: McpServerId | null, options?: PageOptions & { status?: string | undefined }): Promise<Page<McpDrift>>;
    decideDrift(
      drift: Pick<McpDrift, 'id' | 'mcpServerId'>,
      decision: 'acknowledge' | 'approve' | 'deny',
      options?: ChangeOptions,
    ): Promise<McpDrift>;
  };

  alerts: {
    list(options?: PageOptions & { severity?: string | undefined; status?: string | undefined }): Promise<Page<Alert>>;
    acknowledge(id: string, options?: ChangeOptions): Promise<void>;
    resolve(id: string, resolution: string, options?: ChangeOptions): Promise<void>;
  };

  audit: {
    list(options?: PageOptions): Promise<Page<AuditEntry>>;
  };

  /** Any call, signed in, for `aim api` and for what has no method here. The body is what the server sent. */
  raw(
    method: string,
    path: string,
    options?: CallOptions & {
      query?: Record<string, string | number | boolean | undefined>;
      body?: unknown;
      idempotencyKey?: string | undefined;
      ifMatch?: string | undefined;
    },
  ): Promise<{ status: number; headers: Record<string, string>; body: unknown }>;

  /** Each call that was made, for the log of calls. Never bodies, never credentials. */
  onCall(listener: (call: ApiCall) => void): () => void;
};

export type ApiCall = {
  at: Timestamp;
  method: string;
  path: string;
  status: number | null;
  durationMs: number;
  requestId: string | null;
  error: Untrusted | null;
};
