// The first word of a command line, and where its verbs are declared: only the module that is asked for gets loaded.

import type { Action } from './action.ts';

export type VerbGroup = {
  /** One line of `aim --help`. */
  summary: string;
  heading: Heading;
  load(): Promise<readonly Action[]>;
};

export const headings = ['Watch and decide', 'Agents and their servers', 'Control plane', 'Sign-in', 'This program'] as const;
export type Heading = (typeof headings)[number];

export const verbGroups: Readonly<Record<string, VerbGroup>> = {
  status: group(
    'Say which server this is, who is signed in, and what waits',
    'Watch and decide',
    async () => (await import('./session/actions.ts')).sessionActions,
  ),
  dashboard: group(
    'Open the dashboard; `aim` alone does the same',
    'Watch and decide',
    async () => (await import('./dashboard.ts')).dashboardActions,
  ),
  approvals: group(
    'What waits for a person, and deciding it',
    'Watch and decide',
    async () => (await import('./approvals/actions.ts')).approvalActions,
  ),
  why: group(
    'Say why an action was allowed, denied, or still waits',
    'Watch and decide',
    async () => (await import('./why/actions.ts')).whyActions,
  ),
  verify: group(
    'Check the receipt of a decision, offline',
    'Watch and decide',
    async () => (await import('./verify/actions.ts')).verifyActions,
  ),
  exec: group(
    'Run a command only if an agent may, and wait for a person where one decides',
    'Agents and their servers',
    async () => (await import('./exec/actions.ts')).execActions,
  ),
  requests: group(
    'Agents that ask for a capability to keep, and the decision',
    'Watch and decide',
    async () => (await import('./requests/actions.ts')).requestActions,
  ),
  alerts: group(
    'What the server thinks a person should look at',
    'Watch and decide',
    async () => (await import('./alerts/actions.ts')).alertActions,
  ),
  events: group(
    'What agents did and asked for, as it happens and as it was',
    'Watch and decide',
    async () => (await import('./events/actions.ts')).eventActions,
  ),
  logs: group(
    'Security logs, read as they grow and as they were',
    'Watch and decide',
    async () => (await import('./logs/actions.ts')).logActions,
  ),
  agents: group(
    'Who the agents are, and their life from registration to revocation',
    'Agents and their servers',
    async () => (await import('./agents/actions.ts')).agentActions,
  ),
  mcp: group(
    'MCP servers: what clients are configured to run, and what those offer',
    'Agents and their servers',
    async () => (await import('./mcp/actions.ts')).mcpActions,
  ),
  demo: group(
    'Start three agents at real work, so that there is something to watch, approve and deny',
    'Control plane',
    async () => (await import('./demo/actions.ts')).demoActions,
  ),
  audit: group(
    'Who changed what, in a chain that shows if the record was changed',
    'Control plane',
    async () => (await import('./audit/actions.ts')).auditActions,
  ),
  policies: group(
    'What blocks, what alerts, and how many have to say yes',
    'Control plane',
    async () => (await import('./policies/actions.ts')).policyActions,
  ),
  enforcement: group(
    'Whether what is not allowed is stopped, or only noted',
    'Control plane',
    async () => (await import('./policies/enforcement.ts')).enforcementActions,
  ),
  users: group(
    'The people of the organisation, and what they may do',
    'Control plane',
    async () => (await import('./users/actions.ts')).userActions,
  ),
  keys: group('API keys for agents and scripts', 'Control plane', async () => (await import('./keys/actions.ts')).keyActions),
  webhooks: group(
    'Where the server tells of what happens',
    'Control plane',
    async () => (await import('./webhooks/actions.ts')).webhookActions,
  ),
  serve: group('Run a control plane', 'Control plane', async () => (await import('./serve/actions.ts')).serveActions),
  api: group(
    'Make any call to the server, signed in',
    'Control plane',
    async () => (await import('./api/actions.ts')).apiActions,
  ),
  login: group('Sign in to a server', 'Sign-in', async () => (await import('./session/actions.ts')).sessionActions),
  logout: group('Sign out', 'Sign-in', async () => (await import('./session/actions.ts')).sessionActions),
  whoami: group('Say who is signed in', 'Sign-in', async () => (await import('./session/actions.ts')).sessionActions),
  config: group(
    'The settings, where each comes from, and changing them',
    'This program',
    async () => (await import('./settings/config.ts')).configActions,
  ),
  profile: group(
    'Several servers and sign-ins, each under a name',
    'Sign-in',
    async () => (await import('./settings/profile.ts')).profileActions,
  ),
  completion: group(
    'Print the completion script of a shell',
    'This program',
    async () => (await import('./completion/actions.ts')).completionActions,
  ),
  help: group('Explain a verb or a topic', 'This program', async () => (await import('./help/actions.ts')).helpActions),
  paths: group('List the folders and files that aim uses', 'This program', async () => [
    (await import('./settings/paths.ts')).paths,
  ]),
  version: group('Print the version', 'This program', async () => [(await import('./version.ts')).showVersion]),
};

function group(summary: string, heading: Heading, load: VerbGroup['load']): VerbGroup {
  return { summary, heading, load };
}
