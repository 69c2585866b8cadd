// Where the verbs of each first word are: a command loads its own and no others, because declaring options costs time, too.

import type { Action } from './action.ts';

const session = async () => (await import('./session/actions.ts')).sessionActions;
const config = async () => {
  const [{ configActions }, { configEditActions }] = await Promise.all([
    import('./settings/config.ts'),
    import('./settings/edit.ts'),
  ]);
  return [...configActions, ...configEditActions];
};

const files: Readonly<Record<string, () => Promise<readonly Action[]>>> = {
  agents: async () => (await import('./agents/actions.ts')).agentActions,
  approvals: async () => (await import('./approvals/actions.ts')).approvalActions,
  rules: async () => (await import('./approvals/rules.ts')).ruleActions,
  requests: async () => (await import('./requests/actions.ts')).requestActions,
  events: async () => (await import('./events/actions.ts')).eventActions,
  alerts: async () => (await import('./alerts/actions.ts')).alertActions,
  a2a: async () => (await import('./a2a/actions.ts')).a2aActions,
  why: async () => (await import('./why/actions.ts')).whyActions,
  verify: async () => (await import('./verify/actions.ts')).verifyActions,
  audit: async () => (await import('./audit/actions.ts')).auditActions,
  policies: async () => (await import('./policies/actions.ts')).policyActions,
  enforcement: async () => (await import('./policies/enforcement.ts')).enforcementActions,
  users: async () => (await import('./users/actions.ts')).userActions,
  keys: async () => (await import('./keys/actions.ts')).keyActions,
  webhooks: async () => (await import('./webhooks/actions.ts')).webhookActions,
  status: session,
  login: session,
  logout: session,
  whoami: session,
  config,
  profile: async () => (await import('./settings/profile.ts')).profileActions,
  paths: async () => [(await import('./settings/paths.ts')).paths],
  schema: async () => (await import('./schema/actions.ts')).schemaActions,
  api: async () => (await import('./api/actions.ts')).apiActions,
  version: async () => [(await import('./version.ts')).showVersion],
  mcp: async () => (await import('./mcp/actions.ts')).mcpActions,
  logs: async () => (await import('./logs/actions.ts')).logActions,
  exec: async () => (await import('./exec/actions.ts')).execActions,
  demo: async () => (await import('./demo/actions.ts')).demoActions,
  serve: async () => (await import('./serve/actions.ts')).serveActions,
  dashboard: async () => (await import('./dashboard.ts')).dashboardActions,
  ui: async () => (await import('./ui/actions.ts')).uiActions,
};

/** The verbs that begin with this word, perhaps among others. */
export async function loadVerbs(first: string): Promise<readonly Action[]> {
  const load = Object.hasOwn(files, first) ? files[first] : undefined;
  return load === undefined ? (await import('./light-verbs.ts')).lightVerbs : load();
}
