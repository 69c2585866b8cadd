// How agents look on the command line: as a row of the list, and one of them whole.

import type { Page } from '../../src/http/api.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import type { Agent } from '../../src/wire/agent.ts';
import { moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Column, tableView, type View } from '../output/view.ts';

const named: Column<Agent> = { key: 'name', title: 'Name', value: (agent) => agent.name, grow: true };
const status: Column<Agent> = { key: 'status', title: 'Status', value: (agent) => asUntrusted(agent.status) };
const trust: Column<Agent> = { key: 'trustScore', title: 'Trust', value: (agent) => agent.trustScore, format: 'percent' };
const kind: Column<Agent> = { key: 'agentType', title: 'Type', value: (agent) => agent.agentType, giveUp: 2 };
const id: Column<Agent> = { key: 'id', title: 'Id', value: (agent) => asUntrusted(agent.id), format: 'id' };

export const agentTable: View<Page<Agent> | Pages<Agent>> = tableView({
  rows: rowsOf<Agent>,
  columns: [
    named,
    status,
    trust,
    kind,
    { key: 'lastActive', title: 'Active', value: (agent) => agent.lastActive, format: 'age', giveUp: 3 },
    { key: 'createdAt', title: 'Created', value: (agent) => agent.createdAt, format: 'age', giveUp: 4 },
    { ...id, giveUp: 1 },
  ],
  empty: 'No agents. One registers itself with the SDK: aim help connect',
  next: (result) => moreHint(result) ?? (rowsOf(result).length > 0 ? 'About one of them: aim agents show NAME' : null),
});

export const agentRecord: View<Agent> = {
  kind: 'record',
  fields: [
    { ...named, grow: false },
    { key: 'displayName', title: 'Display name', value: (agent) => agent.displayName },
    id,
    status,
    trust,
    kind,
    { key: 'version', title: 'Version', value: (agent) => agent.version },
    { key: 'description', title: 'Description', value: (agent) => agent.description },
    { key: 'capabilities', title: 'Capabilities', value: (agent) => listed(agent.capabilities) },
    { key: 'talksTo', title: 'Talks to', value: (agent) => listed(agent.talksTo) },
    {
      key: 'tags',
      title: 'Tags',
      value: (agent) => listed(agent.tags.map(({ key, value }) => (value ? `${key}=${value}` : key))),
    },
    {
      key: 'capabilityViolationCount',
      title: 'Violations',
      value: (agent) => agent.capabilityViolationCount,
      format: 'number',
    },
    { key: 'isCompromised', title: 'Compromised', value: (agent) => agent.isCompromised },
    { key: 'publicKey', title: 'Public key', value: (agent) => agent.publicKey },
    { key: 'keyExpiresAt', title: 'Key expires', value: (agent) => agent.keyExpiresAt, format: 'time' },
    { key: 'createdAt', title: 'Created', value: (agent) => agent.createdAt, format: 'time' },
    { key: 'createdBy', title: 'Created by', value: (agent) => agent.createdByEmail ?? agent.createdByName ?? agent.createdBy },
    { key: 'lastActive', title: 'Last active', value: (agent) => agent.lastActive, format: 'time' },
    { key: 'certificateUrl', title: 'Certificate', value: (agent) => agent.certificateUrl },
    { key: 'repositoryUrl', title: 'Repository', value: (agent) => agent.repositoryUrl },
    { key: 'documentationUrl', title: 'Documentation', value: (agent) => agent.documentationUrl },
  ],
};

const listed = (items: readonly string[]) => (items.length === 0 ? null : asUntrusted(items.join(', ')));
