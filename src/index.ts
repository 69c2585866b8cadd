// The SDK: what an agent's author imports from `aim-terminal`.

export { A2AClient, A2AError } from './a2a/a2a-client.ts';
export { A2AAgentCard, type AgentCard, type AgentSkill } from './a2a/agent-card.ts';
export { signCard, verifyCard } from './a2a/card-signature.ts';
export { a2aExpress, a2aFastify, a2aHono, a2aNode, createA2AReceiver, type ReceivedRequest } from './a2a/receiver.ts';
export { type SignedA2ARequest, signA2ARequest, verifyA2ARequest } from './a2a/request-signature.ts';
export {
  type AgentCredentials,
  deleteAgentCredentials,
  listAgentCredentials,
  loadAgentCredentials,
  saveAgentCredentials,
} from './credentials/agent-credentials.ts';
export { loadSdkCredentials, type SdkCredentials, saveSdkCredentials } from './credentials/sdk-credentials.ts';
export { autoDetectAgentType, type DetectedAgentType } from './detect/agent-type.ts';
export { autoDetectCapabilities, type CapabilityFinding, detectCapabilities } from './detect/capabilities.ts';
export { autoDetectIsolation, detectIsolation, type Isolation, scoreIsolation } from './detect/isolation.ts';
export { autoDetectMcps, MCPDetector, type McpDetection, trackMcpCall } from './detect/mcp-detector.ts';
export { autoDetectProtocol, detectProtocol, type ProtocolFinding } from './detect/protocol.ts';
export { detectRisk } from './detect/risk.ts';
export {
  ActionDeniedError,
  AIMError,
  AuthenticationError,
  ConfigurationError,
  ExitCode,
  PolicyError,
  RemoteError,
  SecretsError,
  StaleCredentialsError,
  UsageError,
  VerificationError,
  VerificationUnavailableError,
} from './errors.ts';
export type {
  DetectedServer,
  Detection,
  DetectionProblem,
  DetectOptions,
  Inspection,
  McpTool,
  Sighting,
} from './mcp/record.ts';
export type { ActionOptions, ActionWrapper, Secured } from './sdk/action.ts';
export { secureAiTools } from './sdk/adapters/ai-sdk.ts';
export { secureLangChainTool, secureLangChainTools } from './sdk/adapters/langchain.ts';
export { secureMcpHandler } from './sdk/adapters/mcp.ts';
export { secureOpenAiTool, secureOpenAiTools } from './sdk/adapters/openai-agents.ts';
export type { ToolSecurity } from './sdk/adapters/tool-security.ts';
export { AgentType } from './sdk/agent-type.ts';
export { AIMClient, type AIMClientOptions } from './sdk/aim-client.ts';
export { AttestationCache, type AttestationCacheOptions, type AttestationDecision } from './sdk/attestation-cache.ts';
export type { ApprovalProgress } from './sdk/await-approval.ts';
export { type LoginOptions, login } from './sdk/login.ts';
export type { AgentListing, AgentManagement, NewAgent, TrustScore } from './sdk/management/agents.ts';
export type {
  Capabilities,
  CapabilityRegistration,
  CapabilityRequest,
  GrantedCapability,
} from './sdk/management/capabilities.ts';
export type { IsolationManagement } from './sdk/management/isolation.ts';
export type { ApiKey, KeyManagement, NewApiKey } from './sdk/management/keys.ts';
export type { McpFindings, McpManagement, McpRegistration, RegisteredMcpServer } from './sdk/management/mcp-servers.ts';
export {
  attestMcpServer,
  detectMcpServers,
  inspectMcpServer,
  listMcpServers,
  registerMcpServer,
  useMcpTool,
} from './sdk/mcp.ts';
export type { ReceiptDemand } from './sdk/receipt-demand.ts';
export type { SecureOptions } from './sdk/registration/secure-options.ts';
export { sealCredential } from './sdk/seal-credential.ts';
export type { ResolvedSecret, SealedCredential, SecretsClient } from './sdk/secrets-client.ts';
export { registerAgent, secure } from './sdk/secure.ts';
export { activateHooks, type ModelClients } from './sdk/telemetry/activate-hooks.ts';
export { readCorrelatedRecords, writeCorrelatedRecord } from './sdk/telemetry/correlated-log.ts';
export {
  buildCorrelatedRecord,
  type CorrelatedRecord,
  type DetectionInput,
  type EnforcementInput,
  type IntentInput,
} from './sdk/telemetry/correlated-record.ts';
export { correlationHeaders, extractCorrelationId, isCorrelationId, mintCorrelationId } from './sdk/telemetry/correlation.ts';
export { CorrelationJoiner, type JoinerOptions } from './sdk/telemetry/joiner.ts';
export { type LangChainCallbacks, langChainCallbacks } from './sdk/telemetry/langchain-callbacks.ts';
export type { TelemetryOptions, TelemetrySeam } from './sdk/telemetry/recorder.ts';
export type { Verification, VerifyOptions } from './sdk/verification.ts';
export { configureSecurityLogging, securityLogger } from './security-log/configure.ts';
export { withSecurityContext } from './security-log/context.ts';
export {
  AgentEventType,
  AuthnEventType,
  AuthzEventType,
  CredEventType,
  EventCategory,
  EventSeverity,
  McpEventType,
  SecurityEventType,
} from './security-log/event-types.ts';
export { SecurityLogger, type SecurityLogOptions } from './security-log/security-logger.ts';
