// The SDK: what an agent's author imports from `aim-terminal`.

export {
  type AgentCredentials,
  deleteAgentCredentials,
  listAgentCredentials,
  loadAgentCredentials,
  saveAgentCredentials,
} from './credentials/agent-credentials.ts';
export { loadSdkCredentials, type SdkCredentials, saveSdkCredentials } from './credentials/sdk-credentials.ts';
export {
  ActionDeniedError,
  AIMError,
  AuthenticationError,
  ConfigurationError,
  ExitCode,
  PolicyError,
  RemoteError,
  StaleCredentialsError,
  UsageError,
  VerificationError,
  VerificationUnavailableError,
} from './errors.ts';
export type { ActionOptions, ActionWrapper, Secured } from './sdk/action.ts';
export { AgentType } from './sdk/agent-type.ts';
export { AIMClient, type AIMClientOptions } from './sdk/aim-client.ts';
export type { ApprovalProgress } from './sdk/await-approval.ts';
export type { SecureOptions } from './sdk/registration/secure-options.ts';
export { registerAgent, secure } from './sdk/secure.ts';
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
