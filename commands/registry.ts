// Every verb there is. The palette, the keys, the help and the reference page read this list; the command line loads by verbs.ts.

import type { Action } from './action.ts';
import { agentActions } from './agents/actions.ts';
import { alertActions } from './alerts/actions.ts';
import { apiActions } from './api/actions.ts';
import { approvalActions } from './approvals/actions.ts';
import { auditActions } from './audit/actions.ts';
import { completionActions } from './completion/actions.ts';
import { dashboardActions } from './dashboard.ts';
import { demoActions } from './demo/actions.ts';
import { eventActions } from './events/actions.ts';
import { execActions } from './exec/actions.ts';
import { helpActions } from './help/actions.ts';
import { keyActions } from './keys/actions.ts';
import { logActions } from './logs/actions.ts';
import { mcpActions } from './mcp/actions.ts';
import { policyActions } from './policies/actions.ts';
import { enforcementActions } from './policies/enforcement.ts';
import { requestActions } from './requests/actions.ts';
import { serveActions } from './serve/actions.ts';
import { sessionActions } from './session/actions.ts';
import { configActions } from './settings/config.ts';
import { paths } from './settings/paths.ts';
import { profileActions } from './settings/profile.ts';
import { userActions } from './users/actions.ts';
import { verifyActions } from './verify/actions.ts';
import { showVersion } from './version.ts';
import { webhookActions } from './webhooks/actions.ts';
import { whyActions } from './why/actions.ts';

export const registry: readonly Action[] = [
  ...approvalActions,
  ...requestActions,
  ...agentActions,
  ...eventActions,
  ...alertActions,
  ...whyActions,
  ...verifyActions,
  ...execActions,
  ...mcpActions,
  ...logActions,
  ...auditActions,
  ...policyActions,
  ...enforcementActions,
  ...userActions,
  ...keyActions,
  ...webhookActions,
  ...sessionActions,
  ...demoActions,
  ...serveActions,
  ...apiActions,
  ...configActions,
  ...profileActions,
  ...completionActions,
  ...helpActions,
  paths,
  ...dashboardActions,
  showVersion,
];
