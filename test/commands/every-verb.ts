// A plausible command line for every verb that asks a server, for tests that go through all of them.

import type { Action } from '../../commands/action.ts';
import { kebab } from '../../commands/option-kind.ts';
import { registry } from '../../commands/registry.ts';

export type Names = { agent: string; approval: string; policy: string; id: string };

/** What stands behind each verb that asks a server: written by hand where it matters, else made from what the verb declares. */
export const wordsFor = (names: Names): Readonly<Record<string, readonly string[]>> => {
  const { agent, id } = names;
  const written: Readonly<Record<string, readonly string[]>> = {
    ...writtenFor(names),
    'mcp.attest': [id, '--agent', agent],
    'mcp.report': ['--agent', agent],
    'mcp.keep-reporting': ['--agent', agent, '--no-follow'],
    exec: ['--capability', 'db:read', '--', 'true'],
  };
  return Object.fromEntries(asking.map((action) => [action.id, written[action.id] ?? plausible(action, names)]));
};

function plausible({ args, options, risk }: Action, { agent, policy, id }: Names): string[] {
  const byName: Record<string, string> = { agent, policy, capability: 'db:read', score: '0.5', to: 'li@example.com' };
  const words = Object.entries(args).flatMap(([name, { optional }]) => (optional ? [] : [byName[name] ?? id]));
  const needed = Object.entries(options).filter(([, { schema }]) => !schema.safeParse(undefined).success);
  return [
    ...words,
    ...needed.flatMap(([name]) => [`--${kebab(name)}`, 'x']),
    ...(risk === 'dangerous' ? ['--yes'] : risk === 'named' ? ['--confirm', words[0] ?? ''] : []),
  ];
}

export const writtenFor = ({ agent, approval, policy, id }: Names): Readonly<Record<string, readonly string[]>> => ({
  'approvals.ls': [],
  'approvals.show': [approval],
  'approvals.approve': [approval, '--yes'],
  'approvals.deny': [approval, '--reason', 'no'],
  'approvals.comment': [approval, 'words'],
  'approvals.escalate': [approval],
  'approvals.undo': [approval],
  'approvals.watch': ['--no-follow'],
  'approvals.history': [],
  'approvals.grants': [],
  'approvals.revoke': [id, '--yes'],
  'requests.ls': [],
  'requests.show': [id],
  'requests.approve': [id, '--yes'],
  'requests.reject': [id],
  'agents.ls': [],
  'agents.show': [agent],
  'agents.create': ['new-bot'],
  'agents.edit': [agent, '--description', 'x'],
  'agents.suspend': [agent, '--yes'],
  'agents.reactivate': [agent, '--yes'],
  'agents.verify': [agent, '--yes'],
  'agents.revoke': [agent, '--confirm', agent],
  'agents.delete': [agent, '--confirm', agent],
  'agents.rotate-key': [agent, '--yes'],
  'agents.capabilities.ls': [agent],
  'agents.capabilities.grant': [agent, 'db:read', '--yes'],
  'agents.capabilities.edit': [agent, 'db:read', '--from', 'executionMode: review'],
  'agents.capabilities.revoke': [agent, 'db:read', '--yes'],
  'agents.trust': [agent],
  'agents.history': [agent],
  'events.ls': [],
  'events.show': [id],
  'events.tail': ['--no-follow'],
  'events.stats': [],
  'alerts.ls': [],
  'alerts.ack': [id],
  'alerts.resolve': [id, '--resolution', 'done'],
  'a2a.card': [agent],
  'a2a.trust': [agent],
  why: [id],
  'audit.ls': [],
  'audit.show': [id],
  'audit.export': [],
  'audit.verify': [],
  'policies.ls': [],
  'policies.show': [policy],
  'policies.create': ['--from', POLICY, '--yes'],
  'policies.edit': [policy, '--from', '{"priority":10}', '--yes'],
  'policies.enable': [policy, '--yes'],
  'policies.disable': [policy, '--yes'],
  'policies.delete': [policy, '--confirm', policy],
  'policies.approvals': [],
  'policies.edit-approvals': ['--from', '{}', '--yes'],
  'enforcement.show': [],
  'enforcement.set': ['strict', '--yes'],
  'users.ls': [],
  'users.create': ['li@example.com'],
  'users.role': [id, 'member', '--yes'],
  'users.groups': [id, 'on-call', '--yes'],
  'users.activate': [id, '--yes'],
  'users.deactivate': [id, '--yes'],
  'users.delete': [id, '--confirm', id],
  'keys.ls': [],
  'keys.create': ['ci'],
  'keys.disable': [id, '--yes'],
  'keys.delete': [id, '--yes'],
  'webhooks.ls': [],
  'webhooks.create': ['https://hooks.example', '--name', 'x'],
  'webhooks.enable': [id],
  'webhooks.disable': [id],
  'webhooks.test': [id],
  'webhooks.delete': [id, '--yes'],
  'tags.create': ['--from', '{"key":"env","value":"production"}'],
  'tags.edit': [id, '--from', '{"value":"test"}'],
  status: [],
  whoami: [],
  api: ['GET', '/api/v1/agents'],
  'mcp.ls': [],
});

const POLICY = JSON.stringify({
  name: 'p',
  policyType: 'capability_violation',
  enforcementAction: 'alert_only',
  appliesTo: 'all',
});

/** The demo starts a world of its own; its tests are about that. */
export const asking = registry.filter(({ id, needs }) => (needs !== 'none' || id === 'status') && id !== 'demo');
