// Every verb there is. The palette, the keys, the help and the reference page read this list; the command line loads by verbs.ts.

import type { Action } from './action.ts';
import { dashboardActions } from './dashboard.ts';
import { demoActions } from './demo/actions.ts';
import { execActions } from './exec/actions.ts';
import { lightVerbs } from './light-verbs.ts';
import { logActions } from './logs/actions.ts';
import { mcpActions } from './mcp/actions.ts';
import { serveActions } from './serve/actions.ts';
import { uiActions } from './ui/actions.ts';

export const registry: readonly Action[] = [
  ...lightVerbs,
  ...mcpActions,
  ...logActions,
  ...execActions,
  ...demoActions,
  ...serveActions,
  ...dashboardActions,
  ...uiActions,
];
