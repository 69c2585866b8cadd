// All tables, as types.

import type {
  A2AAttestationTable,
  A2ACardTable,
  A2AConsentTable,
  A2AInteractionTable,
  A2ASkillTable,
  A2ATaskTable,
  A2AViolationTable,
} from './tables/a2a.ts';
import type {
  AgentTable,
  AgentTagTable,
  CapabilityReportTable,
  CapabilityRequestTable,
  CapabilityTable,
  DetectionTable,
  FeedbackTable,
  PresenceTable,
  RevocationTable,
  TagTable,
  TrustHistoryTable,
} from './tables/agents.ts';
import type {
  AttestationTable,
  ChallengeTable,
  McpCapabilityTable,
  McpDriftTable,
  McpManifestTable,
  McpServerTable,
  McpServerTagTable,
} from './tables/mcp.ts';
import type { BootstrapTokenTable, SecretNamespaceTable } from './tables/onboarding.ts';
import type { DeliveryTable, LeaseTable, RateWindowTable } from './tables/operation.ts';
import type {
  ApiKeyTable,
  DeviceCodeTable,
  InstanceTable,
  OidcFlowTable,
  OrganizationTable,
  ReviewKeyTable,
  SessionTable,
  SignInCodeTable,
  UserTable,
} from './tables/people.ts';
import type {
  AlertTable,
  AuditEntryTable,
  AuditHeadTable,
  StreamEventTable,
  TallyTable,
  WebhookTable,
} from './tables/records.ts';
import type {
  CommentTable,
  CounterTable,
  GrantTable,
  IdempotencyTable,
  MessageTable,
  NonceTable,
  PolicyTable,
  ReviewTable,
  StandingRuleTable,
  VerificationTable,
  WaitTable,
} from './tables/verifications.ts';

export type Schema = {
  instance: InstanceTable;
  organizations: OrganizationTable;
  users: UserTable;
  reviewKeys: ReviewKeyTable;
  sessions: SessionTable;
  signInCodes: SignInCodeTable;
  deviceCodes: DeviceCodeTable;
  apiKeys: ApiKeyTable;
  agents: AgentTable;
  capabilities: CapabilityTable;
  capabilityRequests: CapabilityRequestTable;
  tags: TagTable;
  agentTags: AgentTagTable;
  trustHistory: TrustHistoryTable;
  revocations: RevocationTable;
  presence: PresenceTable;
  feedback: FeedbackTable;
  verifications: VerificationTable;
  reviews: ReviewTable;
  comments: CommentTable;
  waits: WaitTable;
  messages: MessageTable;
  standingRules: StandingRuleTable;
  grants: GrantTable;
  policies: PolicyTable;
  alerts: AlertTable;
  auditHeads: AuditHeadTable;
  auditEntries: AuditEntryTable;
  streamEvents: StreamEventTable;
  mcpServers: McpServerTable;
  mcpCapabilities: McpCapabilityTable;
  mcpManifests: McpManifestTable;
  mcpDrifts: McpDriftTable;
  attestations: AttestationTable;
  challenges: ChallengeTable;
  detections: DetectionTable;
  nonces: NonceTable;
  idempotency: IdempotencyTable;
  webhooks: WebhookTable;
  counters: CounterTable;
  tallies: TallyTable;
  a2aCards: A2ACardTable;
  a2aSkills: A2ASkillTable;
  a2aAttestations: A2AAttestationTable;
  a2aInteractions: A2AInteractionTable;
  a2aTasks: A2ATaskTable;
  a2aConsents: A2AConsentTable;
  a2aViolations: A2AViolationTable;
  oidcFlows: OidcFlowTable;
  leases: LeaseTable;
  rateWindows: RateWindowTable;
  deliveries: DeliveryTable;
  bootstrapTokens: BootstrapTokenTable;
  secretNamespaces: SecretNamespaceTable;
  capabilityReports: CapabilityReportTable;
  mcpServerTags: McpServerTagTable;
};
