// The verbs that are light to load, in the order of the palette. The command line loads them by verb-files.ts.

import { a2aActions } from './a2a/actions.ts';
import type { Action } from './action.ts';
import { agentActions } from './agents/actions.ts';
import { alertActions } from './alerts/actions.ts';
import { analyticsActions } from './analytics/actions.ts';
import { apiActions } from './api/actions.ts';
import { approvalActions } from './approvals/actions.ts';
import { ruleActions } from './approvals/rules.ts';
import { auditActions } from './audit/actions.ts';
import { completionActions } from './completion/actions.ts';
import { doctorActions } from './doctor/actions.ts';
import { eventActions } from './events/actions.ts';
import { helpActions } from './help/actions.ts';
import { keyActions } from './keys/actions.ts';
import { manActions } from './man/actions.ts';
import { policyActions } from './policies/actions.ts';
import { enforcementActions } from './policies/enforcement.ts';
import { requestActions } from './requests/actions.ts';
import { schemaActions } from './schema/actions.ts';
import { securityActions } from './security/actions.ts';
import { sessionActions } from './session/actions.ts';
import { configActions } from './settings/config.ts';
import { configEditActions } from './settings/edit.ts';
import { paths } from './settings/paths.ts';
import { profileActions } from './settings/profile.ts';
import { tagActions } from './tags/actions.ts';
import { userActions } from './users/actions.ts';
import { verifyActions } from './verify/actions.ts';
import { showVersion } from './version.ts';
import { viewActions } from './views/actions.ts';
import { webhookActions } from './webhooks/actions.ts';
import { whyActions } from './why/actions.ts';

export const lightVerbs: readonly Action[] = [
  ...approvalActions,
  ...requestActions,
  ...agentActions,
  ...eventActions,
  ...alertActions,
  ...a2aActions,
  ...whyActions,
  ...verifyActions,
  ...auditActions,
  ...ruleActions,
  ...policyActions,
  ...enforcementActions,
  ...securityActions,
  ...analyticsActions,
  ...userActions,
  ...keyActions,
  ...tagActions,
  ...webhookActions,
  ...sessionActions,
  ...schemaActions,
  ...apiActions,
  ...configActions,
  ...configEditActions,
  ...profileActions,
  ...viewActions,
  ...manActions,
  ...completionActions,
  ...doctorActions,
  ...helpActions,
  paths,
  showVersion,
];
