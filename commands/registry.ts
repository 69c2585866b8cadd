// Every verb there is. The palette, the keys, the help and the reference page read this list; the command line loads by verbs.ts.

import type { Action } from './action.ts';
import { agentActions } from './agents/actions.ts';
import { apiActions } from './api/actions.ts';
import { approvalActions } from './approvals/actions.ts';
import { dashboardActions } from './dashboard.ts';
import { demoActions } from './demo/actions.ts';
import { eventActions } from './events/actions.ts';
import { logActions } from './logs/actions.ts';
import { mcpActions } from './mcp/actions.ts';
import { serveActions } from './serve/actions.ts';
import { sessionActions } from './session/actions.ts';
import { configActions } from './settings/config.ts';
import { paths } from './settings/paths.ts';
import { showVersion } from './version.ts';

export const registry: readonly Action[] = [
  ...approvalActions,
  ...agentActions,
  ...eventActions,
  ...mcpActions,
  ...logActions,
  ...sessionActions,
  ...demoActions,
  ...serveActions,
  ...dashboardActions,
  ...apiActions,
  ...configActions,
  paths,
  showVersion,
];
