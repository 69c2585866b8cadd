// What each kind of policy finds, in the words that a person reads.

import { describe, expect, test } from 'vitest';
import { evaluatePolicies, type Policy, type PolicySubject } from '../../../src/control-plane/rules/policies.ts';

const policy = (members: Partial<Policy>): Policy => ({
  id: 'p-1',
  name: 'House rule',
  policyType: 'capability_violation',
  enforcementAction: 'block_and_alert',
  severityThreshold: 'low',
  rules: {},
  appliesTo: 'all',
  priority: 10,
  updatedAt: 7,
  ...members,
});

const subject = (members: Partial<PolicySubject> = {}): PolicySubject => ({
  agentId: 'id-1',
  agentName: 'billing-bot',
  agentType: 'claude',
  tags: ['production'],
  trustScore: 0.8,
  capability: 'db:read',
  resource: 'invoices',
  riskLevel: 'high',
  isGranted: true,
  askedLastMinute: 0,
  askedLastHour: 0,
  hasDrift: false,
  hour: 12,
  mcpServer: null,
  ...members,
});

const reasons = (policies: Partial<Policy>[], about: Partial<PolicySubject> = {}): string[] =>
  evaluatePolicies(policies.map(policy), subject(about)).map(({ reason }) => reason);

describe('a kind of policy', () => {
  const files = { name: 'files', isVerified: false };
  test.each<[title: string, type: string, rules: object, about: Partial<PolicySubject>, finds: string | null]>([
    ['what is not granted', 'capability_violation', {}, { isGranted: false }, 'Capability db:read is not granted'],
    ['nothing in what is granted', 'capability_violation', {}, {}, null],

    ['trust below the threshold', 'trust_score_low', { threshold: 0.9 }, {}, 'Trust score 0.80 is below 0.90'],
    ['a threshold in percent', 'trust_score_low', { trust_threshold: 81 }, {}, 'Trust score 0.80 is below 0.81'],
    ['a threshold of 1 as all of it', 'trust_score_low', { trustThreshold: 1 }, {}, 'Trust score 0.80 is below 1.00'],
    ['trust at the threshold is enough', 'trust_score_low', { min_trust_score: 0.8 }, {}, null],
    ['half is the threshold of a policy that names none', 'trust_score_low', {}, { trustScore: 0.49 }, 'Trust score 0.49 is below 0.50'],
    ['a threshold that is no number counts as none', 'trust_score_low', { minTrustScore: '0.9' }, { trustScore: 0.5 }, null],

    ['too many in a minute', 'unusual_activity', { max_per_minute: 3 }, { askedLastMinute: 4 }, '4 requests in a minute, more than 3'],
    ['as many as allowed in a minute', 'unusual_activity', { maxPerMinute: 3 }, { askedLastMinute: 3 }, null],
    ['600 in a minute where nothing is said', 'unusual_activity', {}, { askedLastMinute: 601 }, '601 requests in a minute, more than 600'],
    ['too many in an hour', 'unusual_activity', { max_per_hour: 9 }, { askedLastHour: 10 }, '10 requests in an hour, more than 9'],
    ['as many as allowed in an hour', 'unusual_activity', { maxPerHour: 9 }, { askedLastHour: 9 }, null],
    ['any number in an hour where nothing is said', 'unusual_activity', {}, { askedLastHour: 1e9 }, null],
    ['activity in quiet hours', 'unusual_activity', { quiet_from: 12, quiet_to: 13 }, {}, 'Activity between 12:00 and 13:00 UTC'],
    ['the end of quiet hours is not quiet', 'unusual_activity', { quietFrom: 10, quietTo: 12 }, {}, null],
    ['the hour before quiet hours is not quiet', 'unusual_activity', { quietFrom: 13, quietTo: 15 }, {}, null],
    ['quiet hours over midnight, before it', 'unusual_activity', { quiet_from: 22, quiet_to: 6 }, { hour: 22 }, 'Activity between 22:00 and 6:00 UTC'],
    ['quiet hours over midnight, after it', 'unusual_activity', { quiet_from: 22, quiet_to: 6 }, { hour: 5 }, 'Activity between 22:00 and 6:00 UTC'],
    ['quiet hours from midnight', 'unusual_activity', { quiet_from: 0, quiet_to: 1 }, { hour: 0 }, 'Activity between 0:00 and 1:00 UTC'],
    ['quiet hours to midnight', 'unusual_activity', { quiet_from: 23, quiet_to: 0 }, { hour: 23 }, 'Activity between 23:00 and 0:00 UTC'],
    ['the end of quiet hours over midnight', 'unusual_activity', { quiet_from: 22, quiet_to: 6 }, { hour: 6 }, null],
    ['quiet hours with one end are none', 'unusual_activity', { quiet_from: 0 }, {}, null],

    ['a closed resource', 'unauthorized_access', { denied_resources: ['inv*'] }, {}, 'Resource invoices is closed to agents'],
    ['a closed resource, in the other casing', 'unauthorized_access', { deniedResources: ['invoices'] }, {}, 'Resource invoices is closed to agents'],
    ['a closed capability', 'unauthorized_access', { denied_capabilities: ['db:*'] }, {}, 'Capability db:read is closed to agents'],
    ['a pattern that holds a closed capability', 'unauthorized_access', { deniedCapabilities: ['db:read'] }, { capability: 'db:*' }, 'Capability db:* is closed to agents'],
    ['what is open', 'unauthorized_access', { denied_resources: ['users'], denied_capabilities: ['db:write'] }, {}, null],
    ['no resource is no closed one', 'unauthorized_access', { denied_resources: ['*'] }, { resource: null }, null],
    ['a list that is none closes nothing', 'unauthorized_access', { denied_capabilities: 'db:read' }, {}, null],

    ['a capability that carries data out', 'data_exfiltration', {}, { capability: 'report:export' }, 'report:export may carry data out'],
    ['one that begins so', 'data_exfiltration', {}, { capability: 'Upload' }, 'Upload may carry data out'],
    ['one that has the word elsewhere does not', 'data_exfiltration', {}, { capability: 'db:unsend' }, null],
    ['a word of the policy in the resource', 'data_exfiltration', { patterns: ['INVOICES'] }, {}, 'db:read may carry data out'],
    ['another word of it', 'data_exfiltration', { patterns: ['customers'] }, {}, null],

    ['an agent that differs', 'config_drift', {}, { hasDrift: true }, 'The agent differs from what was registered'],
    ['one that does not', 'config_drift', {}, {}, null],

    ['a server that is not listed', 'mcp_allowlist', { servers: ['git', 'file'] }, { mcpServer: files }, 'MCP server files is not on the list'],
    ['a server that is listed by its beginning', 'mcp_allowlist', { servers: ['fi*'] }, { mcpServer: files }, null],
    ['a list for servers says nothing without one', 'mcp_allowlist', { servers: [] }, {}, null],
    ['a blocked server', 'mcp_blocklist', { servers: ['files'] }, { mcpServer: files }, 'MCP server files is blocked'],
    ['a server that is not blocked', 'mcp_blocklist', { servers: ['git*'] }, { mcpServer: files }, null],
    ['a block says nothing without a server', 'mcp_blocklist', { servers: ['*'] }, {}, null],
    ['what no server may do', 'mcp_capabilities', { denied: ['db:*'] }, { mcpServer: files }, 'db:read is not allowed with MCP servers'],
    ['a pattern of it', 'mcp_capabilities', { denied: ['db:read'] }, { mcpServer: files, capability: 'db:*' }, 'db:* is not allowed with MCP servers'],
    ['something else', 'mcp_capabilities', { denied: ['db:write'] }, { mcpServer: files }, null],
    ['it without a server', 'mcp_capabilities', { denied: ['db:*'] }, {}, null],
    ['a server nobody verified', 'mcp_unverified', {}, { mcpServer: files }, 'MCP server files is not verified'],
    ['a verified one', 'mcp_unverified', {}, { mcpServer: { ...files, isVerified: true } }, null],
    ['no server', 'mcp_unverified', {}, {}, null],

    ['nothing, being of no kind that is known', 'weather', {}, { isGranted: false }, null],
  ])('finds %s', (_, policyType, rules, about, finds) => {
    expect(reasons([{ policyType, rules: rules as Policy['rules'] }], about)).toEqual(
      finds === null ? [] : [`${finds} (policy House rule)`],
    );
  }); // biome-ignore format: one table

  test.each<[threshold: string, risk: PolicySubject['riskLevel'], finds: boolean]>([
    ['low', 'low', true],
    ['info', 'low', true],
    ['warning', 'low', false],
    ['warning', 'medium', true],
    ['high', 'medium', false],
    ['high', 'high', true],
    ['critical', 'high', false],
    ['critical', 'critical', true],
    ['no word of risk', 'low', true],
  ])('of data that leaves, with the threshold %s, counts a %s risk: %s', (severityThreshold, riskLevel, finds) => {
    const found = reasons([{ policyType: 'data_exfiltration', severityThreshold }], { capability: 'send', riskLevel });
    expect(found.length > 0).toBe(finds);
  });
});

describe('a policy concerns', () => {
  test.each<[appliesTo: string, concerns: boolean]>([
    ['all', true],
    ['agents', true],
    ['', true],
    ['agent:billing-bot', true],
    ['agent:id-1', true],
    ['agent:mail-bot', false],
    ['type:claude', true],
    ['type:custom', false],
    ['tag:production', true],
    ['tag:test', false],
    ['tag', false],
    ['claude', false],
    ['agent:mail-bot, tag:production', true],
    ['agent:a:b', false],
  ])('%j: %s', (appliesTo, concerns) => {
    expect(reasons([{ appliesTo }], { isGranted: false })).toHaveLength(concerns ? 1 : 0);
  });

  test('an agent whose name has a colon', () => {
    expect(reasons([{ appliesTo: 'agent:a:b' }], { agentName: 'a:b', isGranted: false })).toHaveLength(1);
  });
});

describe('several policies', () => {
  const last = { id: 'last', name: 'Last', priority: 3, enforcementAction: 'alert_only' };
  const first = { id: 'first', name: 'First', priority: 1 };

  test('find in the order of their priority, and only one that says so blocks', () => {
    expect(evaluatePolicies([policy(last), policy(first)], subject({ isGranted: false }))).toEqual([
      expect.objectContaining({ policyId: 'first', policyName: 'First', blocks: true, alerts: true, changedAt: 7 }),
      expect.objectContaining({ policyId: 'last', policyName: 'Last', blocks: false, alerts: true }),
    ]);
  });

  test('are not asked behind one that allows', () => {
    const allows = { id: 'allows', priority: 2, enforcementAction: 'allow' };
    const found = evaluatePolicies([last, allows, first].map(policy), subject({ isGranted: false }));
    expect(found.map(({ policyId }) => policyId)).toEqual(['first']);
  });

  test('are asked behind one that would allow, and says nothing', () => {
    const allows = { priority: 2, policyType: 'config_drift', enforcementAction: 'allow' };
    expect(reasons([last, allows], { isGranted: false })).toHaveLength(1);
  });
});
