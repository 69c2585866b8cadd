// Every verb once, in an order in which each finds what it needs: the walk that the tests of what is printed take.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plantDemo } from '../../commands/demo/plant.ts';
import { openDatabase } from '../../src/control-plane/database/open.ts';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import type { TestControlPlane } from '../../src/testing/control-plane.ts';
import type { Machine } from '../pty/terminal.ts';
import { sampleLines } from '../security-log/samples.ts';
import { stepsWithOthers } from './walk-others.ts';

export type Walk = {
  machine: Machine;
  plane: TestControlPlane;
  /** Runs the verb; gives what `--json` prints of it. */
  prints(id: string, args?: readonly string[], input?: string): Promise<unknown>;
};

/** Signs in and makes the agent that the steps are about. They are taken in their order. */
export async function beginWalk({ machine, plane, prints }: Walk): Promise<Record<string, () => Promise<void>>> {
  const key = generateSigningKey();
  const { email, password } = plane.admin;
  await prints('login', ['--server', plane.url, '--email', email, '--password-stdin', '--store', 'file'], password);
  const made = await prints('agents.create', ['billing-bot', '--public-key', key.publicKey, '--capability', 'db:read']);
  const agentId = (made as { id: string }).id;
  await prints('agents.verify', ['billing-bot', '--yes']);

  async function ask(capability: string, resource: string, context: object = {}): Promise<string> {
    const timestamp = actionTimestamp();
    const signature = key.sign(actionMessage(toSignedAction({ agentId, capability, resource, context, timestamp })));
    const body = { agentId, capability, resource, context, timestamp, signature, publicKey: key.publicKey };
    const response = await fetch(`${plane.url}/api/v1/sdk-api/verifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { id?: string };
    if (answer.id === undefined) throw new Error(JSON.stringify(answer));
    return answer.id;
  }
  const waiting = (resource: string) => ask('db:delete', resource, { jit_access: true });
  type Listed = { items: { id: string }[] };
  const firstOf = async (id: string, args: readonly string[] = []) => ((await prints(id, args)) as Listed).items[0]?.id ?? '';

  return {
    'about agents': async () => {
      await prints('agents.ls');
      await prints('agents.show', ['billing-bot']);
      await prints('agents.edit', ['billing-bot', '--description', 'Pays']);
      await prints('agents.capabilities.grant', ['billing-bot', 'files:write', '--yes']);
      await prints('agents.capabilities.edit', ['billing-bot', 'files:write', '--from', 'executionMode: review', '--yes']);
      await prints('agents.capabilities.edit', [
        'billing-bot',
        'files:write',
        '--from',
        '{executionMode: review, resources: ["/srv/*"]}',
      ]);
      await prints('agents.capabilities.ls', ['billing-bot']);
      await prints('agents.capabilities.revoke', ['billing-bot', 'files:write', '--yes']);
      await prints('agents.trust', ['billing-bot']);
      for (const verb of ['violations', 'alerts', 'audit', 'mcp', 'keys', 'trust-history', 'recalculate-trust'])
        await prints(`agents.${verb}`, ['billing-bot']);
      await prints('agents.set-trust', ['billing-bot', '80%', '--reason', 'looked into by hand', '--yes']);
      await prints('agents.history', ['billing-bot']);
      await prints('agents.suspend', ['billing-bot', '--yes']);
      await prints('agents.reactivate', ['billing-bot', '--yes']);
      await prints('a2a.card', ['billing-bot']);
      await prints('a2a.trust', ['billing-bot']);
      const other = generateSigningKey().publicKey;
      await prints('agents.create', ['old-bot', '--public-key', other]);
      await prints('agents.rotate-key', ['old-bot', '--yes']);
      await prints('agents.revoke', ['old-bot', '--confirm', 'old-bot']);
      await prints('agents.delete', ['old-bot', '--confirm', 'old-bot']);
    },
    'about decisions': async () => {
      const [first, second] = [await waiting('users'), await waiting('orders')];
      await waiting('invoices');
      await prints('approvals.ls');
      await prints('approvals.show', [first]);
      await prints('approvals.comment', [first, 'looks right']);
      await prints('approvals.escalate', [first]);
      await prints('approvals.nudge', [first]);
      await prints('approvals.watch', ['--limit', '1']);
      await prints('approvals.approve', [first, '--yes', '--for', '10m', '--uses', '3']);
      await prints('approvals.deny', [second, '--reason', 'no']);
      await prints('approvals.history');
      const fourth = await waiting('salaries');
      await prints('approvals.assign', [fourth, 'nobody']);
      await prints('approvals.deny', [fourth, '--reason', 'no']);
      await prints('approvals.undo', [fourth]);
      await prints('approvals.keys');
      await prints('approvals.revoke', [await firstOf('approvals.grants'), '--yes']);
      const receipt = join(machine.state, 'aim', 'receipts', `${first}-approve.json`);
      await prints('verify', [receipt]);
      const asked = await firstOf('requests.ls');
      await prints('requests.show', [asked]);
      await prints('requests.approve', [asked, '--yes']);
      await prints('agents.create', ['asks', '--public-key', generateSigningKey().publicKey, '--capability', 'db:read']);
      await prints('requests.reject', [await firstOf('requests.ls', ['--status', 'pending']), '--reason', 'no']);
      await prints('agents.delete', ['asks', '--confirm', 'asks']);
    },
    'about events, alerts and the audit log': async () => {
      const denied = await ask('db:drop', 'everything');
      await prints('events.ls');
      await prints('events.show', [denied]);
      await prints('events.stats');
      await prints('events.tail', ['--no-follow']);
      await prints('events.tail', ['--type', 'all', '--backlog', '100', '--limit', '20', '--link']);
      await prints('why', [denied]);
      const alert = await firstOf('alerts.ls');
      await prints('alerts.ack', [alert]);
      await prints('alerts.resolve', [alert, '--resolution', 'done']);
      await prints('audit.show', [await firstOf('audit.ls')]);
      await prints('audit.verify');
      const exported = join(machine.root, 'audit.json');
      writeFileSync(exported, JSON.stringify(await prints('audit.export')));
      await prints('audit.check', [exported]);
      await prints('security.show');
      for (const list of ['threats', 'anomalies', 'violations']) await prints(`security.${list}`);
      for (const list of ['show', 'trends', 'usage', 'agents']) await prints(`analytics.${list}`);
    },
    'about the control plane': async () => {
      await prints('users.create', ['li@example.com', '--role', 'manager', '--group', 'on-call']);
      const li = ((await prints('users.ls')) as { items: { id: string; email: string }[] }).items.find(({ email }) =>
        email.startsWith('li@'),
      )?.id as string;
      await prints('users.role', [li, 'member', '--yes']);
      await prints('agents.invites.create', ['invited-bot', '--for', '10m', '--note', 'for the new host']);
      await prints('agents.invites.revoke', [await firstOf('agents.invites.ls')]);
      const asking = async (email: string) => {
        const response = await fetch(`${plane.url}/api/v1/public/register`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email, firstName: 'Li', lastName: 'Wu', password: 'correct Horse battery 9' }),
        });
        if (!response.ok) throw new Error(await response.text());
        return firstOf('users.requests', ['--status', 'pending']);
      };
      await prints('users.admit', [await asking('mo@example.com'), '--yes']);
      await prints('users.refuse', [await asking('ed@example.com'), '--reason', 'unknown here', '--yes']);
      await prints('users.groups', [li, 'on-call', 'security', '--yes']);
      await prints('users.deactivate', [li, '--yes']);
      await prints('users.activate', [li, '--yes']);
      await prints('users.deactivate', [li, '--yes']);
      await prints('users.delete', [li, '--confirm', li]);
      await prints('keys.create', ['ci']);
      const apiKey = await firstOf('keys.ls');
      await prints('keys.disable', [apiKey, '--yes']);
      await prints('keys.delete', [apiKey, '--yes']);
      const policy = { name: 'p', policyType: 'capability_violation', enforcementAction: 'alert_only', appliesTo: 'all' };
      await prints('policies.create', ['--from', JSON.stringify(policy), '--yes']);
      const made = await firstOf('policies.ls');
      await prints('policies.show', [made]);
      await prints('policies.edit', [made, '--from', '{"priority":11}', '--yes']);
      await prints('policies.disable', [made, '--yes']);
      await prints('policies.enable', [made, '--yes']);
      await prints('policies.delete', [made, '--confirm', made]);
      await prints('policies.approvals');
      await prints('enforcement.show');
      await prints('enforcement.set', ['strict', '--yes']);
      await prints('rules.add', [
        'billing-bot',
        'file:read',
        '--resource',
        '/srv/*',
        '--name',
        'reports',
        '--for',
        '7d',
        '--yes',
      ]);
      await prints('rules.end', [await firstOf('rules.ls')]);
      // Of what does not happen here: nothing is sent.
      await prints('webhooks.create', ['https://1.1.1.1/aim', '--name', 'on-call', '--event', 'agent.deleted']);
      const webhook = await firstOf('webhooks.ls');
      await prints('webhooks.test', [webhook]);
      await prints('webhooks.disable', [webhook]);
      await prints('webhooks.enable', [webhook]);
      await prints('webhooks.delete', [webhook, '--yes']);
      await prints('tags.create', ['--from', '{key: env, value: test}']);
      await prints('tags.edit', ['env=test', '--from', 'value: production']);
      await prints('tags.add', ['billing-bot', 'env=production']);
      await prints('tags.remove', ['billing-bot', 'env=production']);
      await prints('tags.ls');
      await prints('tags.delete', ['env=production', '--yes']);
      await prints('policies.edit-approvals', ['--from', '{"approvalsNeeded":1}', '--yes']);
    },
    'about this program': async () => {
      await prints('status');
      await prints('whoami');
      await prints('config.ls');
      await prints('config.get', ['server']);
      await prints('config.explain', ['server']);
      await prints('config.schema');
      await prints('config.set', ['fps', '30']);
      await prints('views.save', ['low trust', 'agents sort:trust']);
      await prints('views.ls');
      await prints('views.delete', ['low trust']);
      await prints('completion', ['bash']);
      await prints('man', ['agents', 'ls']);
      await prints('serve.status');
      const data = join(machine.root, 'a plane');
      mkdirSync(data);
      await (await openDatabase({ location: join(data, 'aim.db') })).close();
      const backup = join(machine.root, 'backup.db');
      await prints('serve.backup', [backup, '--data', data]);
      await prints('serve.restore', [backup, '--data', join(machine.root, 'another')]);
      await prints('profile.create', ['prod', 'https://aim.example']);
      await prints('profile.ls');
      await prints('profile.use', ['prod']);
      await prints('profile.use', ['default']);
      await prints('profile.delete', ['prod', '--yes']);
      await prints('doctor');
      await prints('paths');
      await prints('version');
      await prints('help', ['filters']);
      await prints('schema', ['agents', 'ls']);
      await prints('api', ['GET', '/api/v1/agents']);
    },
    'about MCP servers': async () => {
      const { home } = plantDemo(join(machine.root, 'demo'));
      await prints('mcp.detect', ['--home', home]);
      await prints('mcp.ls', ['--home', home]);
      await prints('mcp.check', ['--home', home]);
      await prints('mcp.report', ['--agent', 'billing-bot', '--home', home]);
      await prints('mcp.keep-reporting', ['--agent', 'billing-bot', '--no-follow', '--home', home]);
      await prints('mcp.drift.ls');
      await prints('mcp.watch', ['--no-follow', '--home', home]);
      const said = join(machine.root, 'notes.json');
      writeFileSync(said, JSON.stringify({ tools: [{ name: 'read', description: 'Reads', inputSchema: { type: 'object' } }] }));
      const locked = ['--from', `notes=${said}`, '--file', join(machine.root, 'mcp.lock.json'), '--home', home];
      for (const verb of ['lock', 'diff', 'ci']) await prints(`mcp.${verb}`, locked);
      mkdirSync(join(machine.home, '.cursor'), { recursive: true });
      const entry = { mcpServers: { quarantined: { command: 'notes' } } };
      writeFileSync(join(machine.home, '.cursor', 'mcp.json'), JSON.stringify(entry));
      await prints('mcp.show', ['quarantined']);
      await prints('mcp.quarantine', ['quarantined', '--yes']);
      await prints('mcp.release', ['quarantined', '--yes']);
    },
    'about security logs': async () => {
      const log = join(machine.root, 'security.log');
      writeFileSync(log, sampleLines.map((line) => `${line}\n`).join(''));
      await prints('logs.tail', [log, '--no-follow']);
      await prints('logs.query', [log]);
      await prints('logs.stats', [log]);
      await prints('logs.sql', ['SELECT type, count(*) AS n FROM log GROUP BY 1', log]);
      await prints('logs.verify', [log]);
      await prints('logs.timeline', [log]);
      await prints('logs.export', [log, '--to', `file:${join(machine.root, 'exported.log')}`, '--format', 'cef']);
      await prints('logs.watch', [log, '--since', '2026-01-01', '--no-follow']);
    },
    ...stepsWithOthers({ machine, plane, prints }, { id: agentId, key }),
  };
}

export const stepNames = [
  'about agents',
  'about decisions',
  'about events, alerts and the audit log',
  'about the control plane',
  'about this program',
  'about MCP servers',
  'about security logs',
  'about agent cards',
  'about MCP servers that change',
  'about other programs',
  'about keys and the sign-in',
] as const;

/** Where the words of another program begin. */
export const untilDashes = (args: readonly string[]): number => (args.includes('--') ? args.indexOf('--') : args.length);
