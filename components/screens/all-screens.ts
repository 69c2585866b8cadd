// Every screen there is, and what must listen from the start although its screen is not open yet.

import { approvalScreen } from '../approvals/approval-screen.tsx';
import { approvalsScreen } from '../approvals/approvals-screen.tsx';
import { openApprovals } from '../approvals/approvals-store.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { logsScreen } from '../logs/logs-screen.tsx';
import { mcpScreen } from '../mcp/mcp-screen.tsx';
import { mcpServerScreen } from '../mcp/mcp-server-screen.tsx';
import { notifyApprovals } from '../notify-approvals.ts';
import type { Screen } from '../screen.ts';
import { openRequests } from '../tables/open-requests.ts';
import { tableScreens } from '../tables/table-screen.tsx';
import { watchStorage } from '../watch-storage.ts';
import { agentScreen } from './agents/agent-screen.tsx';
import { agentsScreen } from './agents/agents-screen.tsx';
import { callsScreen } from './calls-screen.tsx';
import { eventScreen } from './events/event-screen.tsx';
import { eventsScreen } from './events/events-screen.tsx';
import { overviewScreen } from './overview/overview-screen.tsx';

export const allScreens: readonly Screen[] = [
  overviewScreen,
  agentsScreen,
  agentScreen,
  eventsScreen,
  eventScreen,
  approvalsScreen,
  approvalScreen,
  mcpScreen,
  mcpServerScreen,
  logsScreen,
  ...tableScreens,
  callsScreen,
];

/** @returns how to stop them all. */
export function openStores(dashboard: Dashboard): () => void {
  const closers = stores.map((open) => open(dashboard));
  return () => {
    for (const close of closers) close();
  };
}

const stores: readonly ((dashboard: Dashboard) => () => void)[] = [openApprovals, openRequests, notifyApprovals, watchStorage];
