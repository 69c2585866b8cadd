// All routes, in one table: it registers them, authorises them, documents them, and is walked by tests.

import type { Route } from '../route.ts';
import { adminRoutes } from './admin.ts';
import { agentLifeRoutes } from './agent-life.ts';
import { agentRoutes } from './agents.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { approvalRoutes } from './approvals.ts';
import { capabilityRoutes } from './capabilities.ts';
import { dashboardRoutes } from './dashboards.ts';
import { deviceRoutes } from './device.ts';
import { eventRoutes } from './events.ts';
import { mcpRoutes } from './mcp.ts';
import { operationRoutes } from './operation.ts';
import { policyRoutes } from './policies.ts';
import { serviceTokenRoutes } from './service-token.ts';
import { sessionRoutes } from './session.ts';
import { signInPageRoutes } from './sign-in-page.ts';
import { statusRoutes } from './status.ts';
import { tagRoutes } from './tags.ts';
import { userRoutes } from './users.ts';
import { verificationRoutes } from './verifications.ts';
import { webhookRoutes } from './webhooks.ts';

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...signInPageRoutes,
  ...sessionRoutes,
  ...deviceRoutes,
  ...serviceTokenRoutes,
  ...agentRoutes,
  ...agentLifeRoutes,
  ...capabilityRoutes,
  ...tagRoutes,
  ...apiKeyRoutes,
  ...verificationRoutes,
  ...approvalRoutes,
  ...eventRoutes,
  ...adminRoutes,
  ...dashboardRoutes,
  ...mcpRoutes,
  ...userRoutes,
  ...policyRoutes,
  ...webhookRoutes,
  ...operationRoutes,
];
