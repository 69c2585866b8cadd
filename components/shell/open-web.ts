// `W`: the same thing in the web pages of the server, where it has some; else its address is copied.

import { openBrowser } from '../../src/auth/open-browser.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import type { Dashboard } from '../dashboard-context.ts';
import { words } from '../words.ts';

/** Why there is no page to open; null where there is one. */
export function noWebBecause({ state }: Pick<Dashboard, 'state'>): Printable | null {
  const { features } = state.features.getState();
  if (features === null) return ours('The server has not said yet what it is');
  return features.length > 0 ? ours('This control plane has no web pages; all of it is here') : null;
}

/** The address is ours: the server's own, with ids in it and nothing that an agent wrote. */
export async function openWeb({ api, shell, copy }: Dashboard): Promise<void> {
  const { screen, of } = shell.place;
  const { selection } = shell.getState();
  const id = of ?? (selection?.subject === 'agent' ? selection.value : null);
  const path = pages[screen] ?? '/dashboard';
  const url = `${api.server}${path}${id === null ? '' : `/${encodeURIComponent(id)}`}`;
  if (await openBrowser(url)) shell.say(words`Opened ${visible(url, { max: 120 })}`, 'good');
  else copy(url, words`${visible(url, { max: 120 })}, as no browser can be opened here`);
}

const pages: Partial<Record<string, string>> = {
  agents: '/dashboard/agents',
  agent: '/dashboard/agents',
  mcp: '/dashboard/mcp',
  'mcp-server': '/dashboard/mcp',
  events: '/dashboard/monitoring',
  alerts: '/dashboard/admin/alerts',
  audit: '/dashboard/admin/audit-logs',
  users: '/dashboard/admin/users',
  policies: '/dashboard/admin/security-policies',
  keys: '/dashboard/api-keys',
};
