// Security policies and the rules of approval: what blocks, what alerts, how many have to say yes (wire-agents §8.4).

import { randomUUID } from 'node:crypto';
import { approvalSettings, newPolicy, policyChange, toggle } from '../../wire/requests/administration.ts';
import { actorOf } from '../auth/principal.ts';
import type { Change } from '../database/change.ts';
import type { PolicyTable } from '../database/tables/verifications.ts';
import { heldAsSeen } from '../held-as-seen.ts';
import { notFound } from '../refusal.ts';
import { type Call, created, personOf, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const policyRoutes: Route[] = [
  route('GET /api/v1/admin/security-policies', {
    summary: 'Lists policies in the order in which they are asked',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('policies')
        .selectAll()
        .where('organizationId', '=', principal.organizationId)
        .orderBy('priority')
        .orderBy('createdAt')
        .execute();
      return rows.map(view);
    },
  }),
  route('POST /api/v1/admin/security-policies', {
    summary: 'Adds a policy',
    access: { user: 'admin' },
    body: newPolicy,
    run: (call) => {
      const person = personOf(call);
      const { description, rules, isEnabled, ...body } = call.body;
      return call.services.changes.run(async (change) => {
        const row: PolicyTable = {
          ...body,
          id: randomUUID(),
          organizationId: person.organizationId,
          description: description ?? '',
          rules: JSON.stringify(rules ?? {}),
          isEnabled: (isEnabled ?? true) ? 1 : 0,
          createdBy: person.id,
          createdAt: change.now,
          updatedAt: change.now,
        };
        await change.queries.insertInto('policies').values(row).execute();
        return created(tell(change, call, row, 'create'));
      });
    },
  }),
  route('GET /api/v1/admin/security-policies/:id', {
    summary: 'One policy',
    access: { user: 'admin' },
    run: async ({ services, principal, params }) =>
      view(await policyById(services.queries, principal.organizationId, params['id'] ?? '')),
  }),
  route('PUT /api/v1/admin/security-policies/:id', {
    summary: 'Changes a policy',
    access: { user: 'admin' },
    body: policyChange,
    run: (call) => {
      const { rules, isEnabled, description, ...rest } = call.body;
      return changePolicy(call, 'update', {
        ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
        ...(rules ? { rules: JSON.stringify(rules) } : {}),
        ...(typeof description === 'string' ? { description } : {}),
        ...(typeof isEnabled === 'boolean' ? { isEnabled: isEnabled ? 1 : 0 } : {}),
      });
    },
  }),
  route('PATCH /api/v1/admin/security-policies/:id/toggle', {
    summary: 'Switches a policy on or off',
    access: { user: 'admin' },
    body: toggle,
    run: (call) => changePolicy(call, 'toggle', { isEnabled: call.body.isEnabled ? 1 : 0 }),
  }),
  route('DELETE /api/v1/admin/security-policies/:id', {
    summary: 'Deletes a policy',
    access: { user: 'admin' },
    run: async (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const row = await policyById(change.queries, person.organizationId, call.params['id'] ?? '');
        await change.queries.deleteFrom('policies').where('id', '=', row.id).execute();
        tell(change, call, row, 'delete');
        return { success: true, message: 'Policy deleted' };
      });
    },
  }),
  route('GET /api/v1/admin/approval-settings', {
    summary: 'How many approvals a request needs, from whom, and for how long',
    access: { user: 'admin' },
    run: async ({ services, principal }) => (await settingsOf(services.queries, principal.organizationId))['approvals'] ?? {},
  }),
  route('PUT /api/v1/admin/approval-settings', {
    summary: 'Sets the rules of approval; what already waits can become harder to approve by it, never easier',
    access: { user: 'admin' },
    body: approvalSettings,
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async ({ queries, now, audit, publish }) => {
        const held = await settingsOf(queries, person.organizationId);
        heldAsSeen(call, 'approval-rules', (held['approvals'] ?? {}) as Record<string, unknown>);
        const settings = JSON.stringify({ ...held, approvals: call.body });
        await queries
          .updateTable('organizations')
          .set({ settings, updatedAt: now })
          .where('id', '=', person.organizationId)
          .execute();
        audit(actorOf(person, call.origin), {
          organizationId: person.organizationId,
          action: 'update',
          resourceType: 'settings',
          resourceId: person.organizationId,
          metadata: { approvals: call.body },
        });
        publish({
          organizationId: person.organizationId,
          type: 'settings',
          change: 'updated',
          subject: { approvals: call.body },
        });
        return call.body;
      });
    },
  }),
  route('GET /api/v1/admin/organization/settings', {
    summary: 'The settings of the organisation',
    access: { user: 'admin' },
    run: async ({ services, principal }) => {
      const row = await services.queries
        .selectFrom('organizations')
        .selectAll()
        .where('id', '=', principal.organizationId)
        .executeTakeFirstOrThrow();
      return {
        id: row.id,
        name: row.name,
        enforcementMode: row.enforcementMode,
        ...(JSON.parse(row.settings) as object),
        createdAt: timeView(row.createdAt),
        updatedAt: timeView(row.updatedAt),
      };
    },
  }),
];

type Queries = Call<unknown, unknown>['services']['queries'] | Change['queries'];

async function settingsOf(queries: Queries, organizationId: string): Promise<Record<string, unknown>> {
  const { settings } = await queries
    .selectFrom('organizations')
    .select('settings')
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return JSON.parse(settings) as Record<string, unknown>;
}

async function policyById(queries: Queries, organizationId: string, id: string): Promise<PolicyTable> {
  const row = await queries
    .selectFrom('policies')
    .selectAll()
    .where('id', '=', id)
    .where('organizationId', '=', organizationId)
    .executeTakeFirst();
  if (row === undefined) throw notFound();
  return row;
}

function changePolicy(call: Call<unknown, unknown>, action: string, set: Partial<PolicyTable>) {
  const person = personOf(call);
  return call.services.changes.run(async (change) => {
    const before = await policyById(change.queries, person.organizationId, call.params['id'] ?? '');
    heldAsSeen(call, 'policy', view(before));
    const row = { ...before, ...set, updatedAt: change.now };
    await change.queries
      .updateTable('policies')
      .set({ ...set, updatedAt: change.now })
      .where('id', '=', before.id)
      .execute();
    return tell(change, call, row, action);
  });
}

function tell(change: Change, call: Call<unknown, unknown>, row: PolicyTable, action: string) {
  const shown = view(row);
  change.audit(actorOf(personOf(call), call.origin), {
    organizationId: row.organizationId,
    action,
    resourceType: 'policy',
    resourceId: row.id,
    metadata: {
      name: row.name,
      policyType: row.policyType,
      enforcementAction: row.enforcementAction,
      isEnabled: row.isEnabled === 1,
    },
  });
  change.publish({
    organizationId: row.organizationId,
    type: 'settings',
    change: action === 'delete' ? 'deleted' : action === 'create' ? 'created' : 'updated',
    subject: { policy: shown },
  });
  return shown;
}

const view = ({ rules, isEnabled, createdAt, updatedAt, ...row }: PolicyTable) => ({
  ...row,
  rules: JSON.parse(rules) as Record<string, unknown>,
  isEnabled: isEnabled === 1,
  createdAt: timeView(createdAt),
  updatedAt: timeView(updatedAt),
});
