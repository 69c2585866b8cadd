// All routes, in one table: it registers them, authorises them, documents them, and is walked by tests.

import type { Route } from '../route.ts';
import { a2aAttestationRoutes } from './a2a-attestations.ts';
import { a2aCardRoutes } from './a2a-cards.ts';
import { a2aConsentRoutes } from './a2a-consent.ts';
import { a2aSecurityRoutes } from './a2a-security.ts';
import { a2aSignatureRoutes } from './a2a-signatures.ts';
import { a2aSkillRoutes } from './a2a-skills.ts';
import { a2aTaskRoutes } from './a2a-tasks.ts';
import { a2aTrustRoutes } from './a2a-trust.ts';
import { accountRoutes } from './account.ts';
import { actionCheckRoutes } from './action-checks.ts';
import { adminRoutes } from './admin.ts';
import { agentLifeRoutes } from './agent-life.ts';
import { agentRecordRoutes } from './agent-records.ts';
import { agentTrustRoutes } from './agent-trust.ts';
import { agentRoutes } from './agents.ts';
import { alertRoutes } from './alerts.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { approvalRoutes } from './approvals.ts';
import { bootstrapTokenRoutes } from './bootstrap-tokens.ts';
import { capabilityRoutes } from './capabilities.ts';
import { capabilityRequestRoutes } from './capability-requests.ts';
import { complianceRoutes } from './compliance.ts';
import { dashboardRoutes } from './dashboards.ts';
import { detectionRoutes } from './detections.ts';
import { deviceRoutes } from './device.ts';
import { eventRoutes } from './events.ts';
import { isolationRoutes } from './isolation.ts';
import { localOperatorRoutes } from './local-operator.ts';
import { mcpRoutes } from './mcp.ts';
import { mcpAttestationRoutes } from './mcp-attestation.ts';
import { mcpManifestRoutes } from './mcp-manifests.ts';
import { mcpOfAgentRoutes } from './mcp-of-agents.ts';
import { mcpProbeRoutes } from './mcp-probe.ts';
import { mcpSupplyChainRoutes } from './mcp-supply-chain.ts';
import { mcpTagRoutes } from './mcp-tags.ts';
import { mcpTrustRoutes } from './mcp-trust.ts';
import { notOfferedRoutes } from './not-offered.ts';
import { oidcRoutes } from './oidc.ts';
import { operationRoutes } from './operation.ts';
import { policyRoutes } from './policies.ts';
import { postQuantumRoutes } from './post-quantum.ts';
import { registrationRoutes } from './registrations.ts';
import { retentionRoutes } from './retention.ts';
import { reviewKeyRoutes } from './review-keys.ts';
import { sdkTokenRoutes } from './sdk-tokens.ts';
import { secretResolutionRoutes } from './secret-resolution.ts';
import { secretRoutes } from './secrets.ts';
import { securityRoutes } from './security.ts';
import { serviceTokenRoutes } from './service-token.ts';
import { sessionRoutes } from './session.ts';
import { signInPageRoutes } from './sign-in-page.ts';
import { standingRuleRoutes } from './standing-rules.ts';
import { statusRoutes } from './status.ts';
import { tagRoutes } from './tags.ts';
import { userRoutes } from './users.ts';
import { verificationRoutes } from './verifications.ts';
import { webhookRoutes } from './webhooks.ts';

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...signInPageRoutes,
  ...oidcRoutes,
  ...sessionRoutes,
  ...localOperatorRoutes,
  ...accountRoutes,
  ...sdkTokenRoutes,
  ...deviceRoutes,
  ...serviceTokenRoutes,
  ...bootstrapTokenRoutes,
  ...agentRoutes,
  ...agentLifeRoutes,
  ...isolationRoutes,
  ...agentTrustRoutes,
  ...actionCheckRoutes,
  ...notOfferedRoutes,
  ...postQuantumRoutes,
  ...capabilityRoutes,
  ...capabilityRequestRoutes,
  ...tagRoutes,
  ...apiKeyRoutes,
  ...secretRoutes,
  ...secretResolutionRoutes,
  ...verificationRoutes,
  ...approvalRoutes,
  ...standingRuleRoutes,
  ...eventRoutes,
  ...adminRoutes,
  ...retentionRoutes,
  ...alertRoutes,
  ...dashboardRoutes,
  ...agentRecordRoutes,
  ...securityRoutes,
  ...complianceRoutes,
  ...mcpSupplyChainRoutes,
  ...mcpRoutes,
  ...mcpProbeRoutes,
  ...mcpAttestationRoutes,
  ...mcpManifestRoutes,
  ...mcpTrustRoutes,
  ...mcpTagRoutes,
  ...mcpOfAgentRoutes,
  ...detectionRoutes,
  ...a2aCardRoutes,
  ...a2aSignatureRoutes,
  ...a2aSkillRoutes,
  ...a2aAttestationRoutes,
  ...a2aTrustRoutes,
  ...a2aTaskRoutes,
  ...a2aConsentRoutes,
  ...a2aSecurityRoutes,
  ...userRoutes,
  ...reviewKeyRoutes,
  ...registrationRoutes,
  ...policyRoutes,
  ...webhookRoutes,
  ...operationRoutes,
];
