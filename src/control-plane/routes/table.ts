// All routes, in one table: it registers them, authorises them, documents them, and is walked by tests.

import type { Route } from '../route.ts';
import { agentLifeRoutes } from './agent-life.ts';
import { agentRoutes } from './agents.ts';
import { sessionRoutes } from './session.ts';
import { signInPageRoutes } from './sign-in-page.ts';
import { statusRoutes } from './status.ts';
import { verificationRoutes } from './verifications.ts';

export const routes: readonly Route[] = [
  ...statusRoutes,
  ...signInPageRoutes,
  ...sessionRoutes,
  ...agentRoutes,
  ...agentLifeRoutes,
  ...verificationRoutes,
];
