// What the verbs about MCP servers print.

import { z } from 'zod';
import type { Finding } from '../../src/mcp/checks/finding.ts';
import type { Change } from '../../src/mcp/drift.ts';
import type { McpRow } from '../../src/mcp/overview.ts';
import type { DetectedServer, DetectionProblem, Inspection } from '../../src/mcp/record.ts';
import type { McpCapability, McpDrift, McpManifest, McpServer } from '../../src/wire/mcp.ts';
import { riskLevels } from '../../src/wire/scalars.ts';
import {
  count,
  flag,
  listOf,
  maybeNumber,
  maybeText,
  maybeTime,
  members,
  oneOf,
  shapeOf,
  share,
  text,
  texts,
} from './shape.ts';

const transport = oneOf('stdio', 'http', 'sse', 'unknown');
const scope = oneOf('user', 'local', 'project', 'managed', 'profile');
const severity = oneOf('info', 'low', 'medium', 'high', 'critical');
const valueShape = z.object({
  name: text,
  shape: oneOf('reference', 'secret', 'plain', 'empty'),
  fingerprint: maybeText.describe('Tells equal values apart from others without saying them'),
});

const detected = shapeOf<DetectedServer>()(
  z.object({
    key: text,
    name: text,
    transport,
    command: maybeText,
    args: texts.describe('Values that look like secrets are replaced'),
    cwd: maybeText,
    url: maybeText,
    environment: z.array(valueShape),
    headers: z.array(valueShape),
    sightings: z.array(
      z.object({
        client: text,
        scope,
        configPath: text,
        pointer: text,
        disabled: flag,
        autoApproved: texts,
        startsUnasked: flag.optional(),
        tools: z.object({ allow: texts.nullable(), deny: texts.nullable() }),
        fileMode: maybeNumber,
        modifiedAt: maybeTime,
        wins: flag,
        project: maybeText.optional(),
        home: maybeText.optional(),
      }),
    ),
    evidence: z.array(
      z.object({ method: oneOf('config', 'process', 'port', 'package'), confidence: z.number(), detail: text }),
    ),
  }),
);

const problem = shapeOf<DetectionProblem>()(z.object({ path: text, line: maybeNumber, column: maybeNumber, message: text }));

const finding = shapeOf<Finding>()(
  z.object({
    rule: text,
    severity,
    server: z.object({ key: text, name: text }),
    subject: z.object({
      kind: oneOf('server', 'file', 'tool', 'parameter', 'prompt', 'resource', 'instructions'),
      name: text,
    }),
    evidence: z.object({ text, start: z.number() }),
    place: z.object({ path: text, pointer: text }).nullable(),
    message: text,
  }),
);

const registered = shapeOf<McpServer>()(
  z.object({
    id: text,
    name: text,
    description: maybeText,
    url: maybeText,
    version: maybeText,
    status: oneOf('pending', 'verified', 'suspended', 'revoked', 'unknown'),
    isVerified: flag,
    capabilities: texts,
    trustScore: share,
    confidenceScore: share,
    attestationCount: z.number(),
    lastAttestedAt: maybeTime,
    createdAt: maybeTime,
    updatedAt: maybeTime,
    registeredByAgent: maybeText,
  }),
);

const server = shapeOf<McpRow>()(
  z.object({
    key: text,
    id: maybeText,
    name: text,
    transport,
    launch: text,
    clients: texts,
    scopes: z.array(scope),
    home: maybeText,
    state: oneOf('enabled', 'disabled', 'registered', 'seen'),
    status: maybeText,
    trustScore: share,
    attestationCount: maybeNumber,
    tools: maybeNumber,
    risk: oneOf(...riskLevels),
    findings: z.array(finding),
    detected: detected.nullable(),
    registered: registered.nullable(),
  }),
);

const capability = shapeOf<McpCapability>()(
  z.object({
    id: maybeText.optional(),
    name: text,
    type: oneOf('tool', 'resource', 'prompt'),
    description: maybeText,
    schema: z.unknown().optional(),
  }),
);

const maybeFlag = flag.nullable();
const named = { name: maybeText, description: maybeText, mimeType: maybeText };
const inspection = shapeOf<Inspection>()(
  z.object({
    serverName: maybeText,
    serverVersion: maybeText,
    protocolVersion: maybeText,
    instructions: maybeText,
    tools: z.array(
      z.object({
        name: text,
        title: maybeText,
        description: maybeText,
        inputSchema: z.unknown(),
        outputSchema: z.unknown(),
        annotations: z.object({ readOnly: maybeFlag, destructive: maybeFlag, idempotent: maybeFlag, openWorld: maybeFlag }),
      }),
    ),
    resources: z.array(z.object({ uri: text, ...named })),
    prompts: z.array(
      z.object({ name: text, description: maybeText, title: maybeText.optional(), arguments: z.unknown().optional() }),
    ),
    templates: z.array(z.object({ uriTemplate: text, ...named })).optional(),
    latencyMs: maybeNumber,
    stderrTail: text,
    problems: texts,
    transport: transport.optional(),
    era: oneOf('stateful', 'stateless').optional(),
    capabilities: texts.optional(),
    durationMs: z.number().optional(),
  }),
);

const change = shapeOf<Change>()(
  z.object({
    subject: text,
    kind: oneOf('added', 'removed', 'changed'),
    member: maybeText,
    severity,
    why: text,
    before: maybeText,
    after: maybeText,
  }),
);

const drift = listOf(
  z.object({
    server: text,
    state: oneOf('same', 'drifted', 'unlocked', 'silent', 'gone'),
    severity: severity.nullable(),
    manifestHash: maybeText,
    changes: z.array(change),
  }),
).extend({ path: text });

const times = { timesSeen: count, lastSeenAt: text };
const manifest = shapeOf<McpManifest>()(
  z.object({
    id: text,
    mcpServerId: text,
    manifestHash: text,
    fullHash: text,
    status: oneOf('baseline', 'pending', 'denied', 'former'),
    reportedBy: text,
    firstSeenAt: text,
    ...times,
    serverName: maybeText,
    serverVersion: maybeText,
    definitionsTotal: count,
    content: z.unknown().optional(),
  }),
);
const keptDrift = shapeOf<McpDrift>()(
  z.object({
    id: text,
    mcpServerId: text,
    mcpServerName: maybeText,
    severity,
    status: oneOf('open', 'acknowledged', 'approved', 'denied', 'superseded'),
    addedTools: texts,
    removedTools: texts,
    changedTools: texts,
    changesTotal: count,
    fromManifestId: text,
    toManifestId: text,
    detectedAt: text,
    ...times,
    decidedBy: maybeText,
    decidedAt: maybeTime,
    reason: maybeText,
    changes: z.array(change).optional(),
  }),
);

const suppression = z.looseObject({});
const quarantined = z.looseObject({ key: text, name: text, at: text });

export const mcpOutputs = {
  'mcp.ls': listOf(server),
  'mcp.show': server.extend({ capabilities: z.array(capability), inspection: inspection.nullable() }),
  'mcp.detect': listOf(detected).extend({ problems: z.array(problem), filesRead: count }),
  'mcp.inspect': inspection,
  'mcp.watch': z.object({ at: text, change: oneOf('present', 'added', 'removed', 'changed'), server: detected }),
  'mcp.check': z.object({
    findings: z.array(finding),
    suppressed: z.array(z.object({ finding, suppression })),
    expired: z.array(suppression),
    unused: z.array(suppression),
    servers: count,
    asked: count,
    worst: severity.nullable(),
    failed: flag,
  }),
  'mcp.lock': z.object({ path: text, locked: texts, kept: texts }),
  'mcp.diff': drift,
  'mcp.ci': drift.extend({ failOn: text }),
  'mcp.record': listOf(
    z.object({ server: text, serverId: text, state: oneOf('baseline', 'same', 'drifted'), drift: keptDrift.nullable() }),
  ),
  'mcp.history': listOf(manifest),
  'mcp.drift.ls': listOf(keptDrift),
  'mcp.drift.show': keptDrift,
  'mcp.drift.acknowledge': keptDrift,
  'mcp.drift.approve': keptDrift,
  'mcp.drift.deny': keptDrift,
  'mcp.attest': z.object({
    server: text,
    serverId: text,
    agent: text,
    attested: flag,
    reason: text,
    attestationId: maybeText,
    confidence: maybeNumber,
    attestations: maybeNumber,
    consensus: members.nullable(),
  }),
  'mcp.attestations': listOf(
    z.object({
      id: text,
      by: text,
      kind: oneOf('sdk', 'manual'),
      verifiedAt: maybeTime,
      isValid: flag,
      tools: texts,
      signature: oneOf('verified', 'broken', 'replayed', 'unsigned', 'unchecked'),
    }),
  ).extend({ consensus: members.nullable() }),
  'mcp.report': z.object({ agent: text, reported: count, answer: z.unknown() }),
  'mcp.keep-reporting': z.object({ agent: text, reported: count, answer: z.unknown() }),
  'mcp.quarantine': quarantined,
  'mcp.release': quarantined,
};
