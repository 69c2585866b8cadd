// What administrators edit: policies, tags, and the rules of approval.

import { z } from 'zod';
import { camelMembers } from '../wire/casing.ts';
import { approvalSettings, newPolicy, policyTypes } from '../wire/requests/administration.ts';
import { newTag } from '../wire/requests/agents.ts';
import { revisionOf } from '../wire/revision.ts';
import { ask } from './ask.ts';
import { changedMembers, type EditApi, type EditDocument, type Held, type Member, type NewDocument } from './document.ts';

const severities = ['info', 'low', 'warning', 'medium', 'high', 'critical'];

export const policyMembers: readonly Member[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true, hint: 'Its name' },
  { name: 'description', label: 'Description', kind: 'text', hint: 'What it is for' },
  { name: 'policyType', label: 'Type', kind: 'word', words: policyTypes, hint: 'What it looks at' },
  { name: 'enforcementAction', label: 'Does', kind: 'word', words: ['alert_only', 'block_and_alert', 'allow'], hint: 'What it does when it applies' },
  { name: 'severityThreshold', label: 'From severity', kind: 'word', words: severities, hint: 'From which severity on' },
  { name: 'appliesTo', label: 'Applies to', kind: 'text', hint: 'all, or agents and types divided by commas, as type:custom' },
  { name: 'priority', label: 'Priority', kind: 'number', hint: 'Lower is asked first' },
  { name: 'isEnabled', label: 'On', kind: 'yes-no', hint: 'Whether it is on' },
  { name: 'rules', label: 'Rules', kind: 'object', hint: 'What its type wants to know' },
]; // biome-ignore format: one table

export const tagMembers: readonly Member[] = [
  { name: 'key', label: 'Name', kind: 'text', required: true, hint: 'Its name, as env' },
  { name: 'value', label: 'Value', kind: 'text', hint: 'Its value, as production, or empty' },
  { name: 'category', label: 'Category', kind: 'word', words: ['custom', 'resource_type', 'environment', 'agent_type', 'data_classification'], hint: 'What kind of tag it is' },
  { name: 'description', label: 'Description', kind: 'text', hint: 'What it means' },
  { name: 'color', label: 'Colour', kind: 'text', hint: 'As #rrggbb, or empty' },
]; // biome-ignore format: one table

const steps = ['matching-code', 'type-resource', 'fresh-sign-in', 'second-approver'].join(', ');
export const approvalMembers: readonly Member[] = [
  { name: 'approvalsNeeded', label: 'Approvals', kind: 'number', hint: 'How many have to approve' },
  { name: 'denialsNeeded', label: 'Denials', kind: 'number', hint: 'How many denials end it' },
  { name: 'groups', label: 'Groups', kind: 'words', hint: 'One reviewer of each of these groups' },
  { name: 'ownerMayReview', label: 'Owner reviews', kind: 'word', words: ['yes', 'no', 'single'], hint: 'Whether the owner of the agent may review; single is only while there is nobody else' },
  { name: 'steps', label: 'Steps', kind: 'words', hint: `What a reviewer does besides: ${steps}` },
  { name: 'freshSignInSeconds', label: 'Fresh sign-in', kind: 'number', hint: 'Seconds that a sign-in counts as fresh' },
  { name: 'requesterGives', label: 'Asker says', kind: 'words', hint: 'What whoever asks must say, or nobody is asked: reason, ticket' },
  { name: 'requesterPrompt', label: 'In words', kind: 'word', hint: 'What that is to be, as whoever asks reads it' },
  { name: 'waitSeconds', label: 'Waits', kind: 'number', hint: 'Seconds until an undecided request is denied' },
  { name: 'maxDurationSeconds', label: 'Longest grant', kind: 'number', hint: 'Seconds that a grant lasts at most' },
  { name: 'maxUses', label: 'Uses', kind: 'number', hint: 'How often a grant may be used at most' },
  { name: 'waitingPerAgent', label: 'Waiting', kind: 'number', hint: 'How many requests of one agent may wait at once' },
  { name: 'rules', label: 'Rules', kind: 'object', hint: 'Other numbers for some requests: a list of {name, capability, risk, agent, and any of the above}' },
]; // biome-ignore format: one table

const policies = '/api/v1/admin/security-policies';

export function policyDocument(api: EditApi, { id, name }: { id: string; name: string }): EditDocument {
  const path = `${policies}/${encodeURIComponent(id)}`;
  return record(api, { kind: 'policy', title: `policy ${name}`, members: policyMembers, schema: newPolicy as never, path });
}

export function newPolicyDocument(api: EditApi): NewDocument {
  return {
    kind: 'policy',
    title: 'new policy',
    members: policyMembers,
    schema: newPolicy as never,
    template: {
      policyType: 'capability_violation', enforcementAction: 'alert_only', severityThreshold: 'low', appliesTo: 'all', priority: 100, isEnabled: true, rules: {},
    },
    create: async (value, signal) => (await ask(api, 'POST', policies, value, signal)) as Held,
  }; // biome-ignore format: one table
}

export function tagDocument(api: EditApi, { id, name }: { id: string; name: string }): EditDocument {
  const path = `/api/v1/tags/${encodeURIComponent(id)}`;
  // There is no route for one tag.
  return record(api, {
    kind: 'tag',
    title: `tag ${name}`,
    members: tagMembers,
    schema: newTag as never,
    path,
    list: '/api/v1/tags',
    id,
  });
}

export function newTagDocument(api: EditApi): NewDocument {
  return {
    kind: 'tag',
    title: 'new tag',
    members: tagMembers,
    schema: newTag as never,
    template: { category: 'custom' },
    create: async (value, signal) => (await ask(api, 'POST', '/api/v1/tags', value, signal)) as Held,
  };
}

export function approvalDocument(api: EditApi): EditDocument {
  const path = '/api/v1/admin/approval-settings';
  // A rule set has no numbers for what is left away: an empty number is one that does not hold.
  const schema = z.preprocess(withoutEmpty, approvalSettings) as unknown as EditDocument['schema'];
  return record(api, { kind: 'approval-rules', title: 'rules of approval', members: approvalMembers, schema, path });
}

type RecordDocument = Pick<EditDocument, 'kind' | 'title' | 'members' | 'schema'> & {
  path: string;
  list?: string;
  id?: string;
};

/** One address that is read with GET and replaced with PUT. */
function record(api: EditApi, { path, list, id, ...shape }: RecordDocument): EditDocument {
  const names = shape.members.map(({ name }) => name);
  return {
    ...shape,
    async read(signal) {
      const body = camelMembers(await ask(api, 'GET', list ?? path, undefined, signal));
      const rows = Array.isArray(body) ? body : Object.values((body ?? {}) as object).find(Array.isArray);
      const held = (list ? (rows as Held[] | undefined)?.find((row) => row['id'] === id) : body) as Held | undefined;
      return Object.fromEntries(names.map((name) => [name, held?.[name] ?? null]));
    },
    async write({ before, after, guarded }, signal) {
      const ifMatch = guarded ? `"${revisionOf(shape.kind, before)}"` : undefined;
      const changed = changedMembers(shape.members, before, after);
      // A tag and the rules of approval are sent whole, because the server replaces them whole.
      const body =
        shape.kind === 'policy' ? Object.fromEntries(changed.map((name) => [name, after[name]])) : withoutEmpty(after);
      await ask(api, 'PUT', path, body, signal, ifMatch);
    },
  };
}

const withoutEmpty = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(
        Object.entries(value).filter(
          ([, member]) =>
            member !== null &&
            member !== undefined &&
            member !== '' &&
            !(typeof member === 'object' && Object.keys(member).length === 0),
        ),
      );
