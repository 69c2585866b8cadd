// The words of a security log (wire-mcp-logs-a2a §5.3). Every value is its own name.

/** The kinds of event. */
export const EventCategory = words('AUTHN', 'AUTHZ', 'AGENT', 'CRED', 'MCP', 'SECURITY', 'AUDIT', 'CONFIG');
export type EventCategory = keyof typeof EventCategory;

/** How grave an event is, from DEBUG to CRITICAL. */
export const EventSeverity = words('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL');
export type EventSeverity = keyof typeof EventSeverity;

/** Events of signing in and of tokens. */
export const AuthnEventType = words(
  'TOKEN_REFRESH',
  'TOKEN_REFRESH_FAILED',
  'TOKEN_EXPIRED',
  'TOKEN_REVOKED',
  'TOKEN_RECOVERED',
  'CREDENTIAL_LOAD',
  'CREDENTIAL_LOAD_FAILED',
  'SDK_INITIALIZED',
);
export type AuthnEventType = keyof typeof AuthnEventType;

/** Events of what agents ask for and may do. */
export const AuthzEventType = words(
  'CAPABILITY_CHECK',
  'CAPABILITY_GRANTED',
  'CAPABILITY_DENIED',
  'CAPABILITY_ESCALATION',
  'ACTION_EXECUTED',
  'ACTION_DENIED',
  'JIT_REQUEST',
  'JIT_APPROVED',
  'JIT_DENIED',
  'JIT_TIMEOUT',
);
export type AuthzEventType = keyof typeof AuthzEventType;

/** Events in an agent’s life, under the names of AIM’s Python SDK (wire-mcp-logs-a2a §5.3). */
export const AgentEventType = words(
  'AGENT_REGISTERED',
  'AGENT_REGISTRATION_FAILED',
  'AGENT_LOADED',
  'AGENT_UPDATED',
  'AGENT_DELETED',
  'AGENT_SUSPENDED',
  'AGENT_REACTIVATED',
  'AGENT_STALE_CREDENTIALS',
  'TRUST_SCORE_CHANGED',
  'AGENT_ACTION',
);
export type AgentEventType = keyof typeof AgentEventType;

/** Events of keys and other credentials. */
export const CredEventType = words(
  'CREDENTIAL_CREATED',
  'CREDENTIAL_LOADED',
  'CREDENTIAL_SAVED',
  'CREDENTIAL_MIGRATED',
  'CREDENTIAL_DELETED',
  'CREDENTIAL_ROTATED',
  'CREDENTIAL_TYPE_MISMATCH',
  'SECURE_STORAGE_ENABLED',
  'SECURE_STORAGE_FAILED',
);
export type CredEventType = keyof typeof CredEventType;

/** Events of MCP servers and their tools. */
export const McpEventType = words(
  'MCP_SERVER_CONNECTED',
  'MCP_SERVER_DISCONNECTED',
  'MCP_TOOL_USED',
  'MCP_ATTESTATION_CREATED',
  'MCP_ATTESTATION_FAILED',
  'MCP_CAPABILITY_DRIFT',
  'MCP_CONNECTION_RECORDED',
);
export type McpEventType = keyof typeof McpEventType;

/** Events that somebody should look at. */
export const SecurityEventType = words(
  'ANOMALY_DETECTED',
  'POLICY_VIOLATION',
  'SIGNATURE_VERIFICATION_FAILED',
  'UNAUTHORIZED_ACCESS_ATTEMPT',
  'RATE_LIMIT_EXCEEDED',
  'SUSPICIOUS_PATTERN',
  'ENCRYPTION_FAILURE',
);
export type SecurityEventType = keyof typeof SecurityEventType;

function words<const Word extends string>(...list: readonly Word[]): { readonly [Name in Word]: Name } {
  return Object.freeze(Object.fromEntries(list.map((word) => [word, word]))) as { readonly [Name in Word]: Name };
}
