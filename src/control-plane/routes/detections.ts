// What agents were found with: MCP servers, and what an agent found in itself (wire-mcp-logs-a2a §2.3).

import { z } from 'zod';
import { wireObject } from '../../wire/casing.ts';
import { actorOf } from '../auth/principal.ts';
import type { AgentTable } from '../database/tables/agents.ts';
import { notFound } from '../refusal.ts';
import { type Route, route } from '../route.ts';
import { agentById } from '../store/agents.ts';
import { raiseAlert } from '../store/alerts.ts';
import { rescore } from '../store/trust.ts';
import { timeView } from '../views/time.ts';
import { tellUpdated } from './agent-life.ts';
import { mayChange } from './agents.ts';

const detection = wireObject({
  mcpServer: z.string().max(300).catch(''),
  detectionMethod: z.string().max(50).catch('manual'),
  confidence: z.number().catch(-1),
  details: z.record(z.string(), z.unknown()).nullish().catch(null),
  sdkVersion: z.string().max(100).nullish().catch(null),
});
const report = wireObject({ detections: z.array(detection).min(1).max(1000) });
const short = z.string().max(500).default('');
const finding = wireObject({
  severity: z
    .string()
    .max(20)
    .transform((word) => word.toLowerCase())
    .pipe(z.enum(['info', 'low', 'medium', 'warning', 'high', 'critical'])),
  capability: short,
  message: short,
  recommendation: short,
  trustScoreImpact: z.number().default(0),
});
const free = z.record(z.string().max(200), z.unknown()).default({});
const capabilityReport = wireObject({
  detectedAt: z.iso.datetime({ offset: true, error: 'is required' }),
  environment: free,
  aiModels: z.array(z.unknown()).max(200).default([]),
  capabilities: free,
  riskAssessment: wireObject({
    overallRiskScore: z.number().min(0).max(100).default(0),
    riskLevel: z
      .string()
      .max(20)
      .transform((word) => word.toLowerCase())
      .pipe(z.enum(['low', 'medium', 'high', 'critical'])),
    trustScoreImpact: z.number().default(0),
    alerts: z.array(finding).max(100).default([]),
  }),
});

export const detectionRoutes: Route[] = [
  ...['/api/v1/sdk-api/agents/:id/detection/report', '/api/v1/detection/agents/:id/report'].map((path) =>
    route(`POST ${path}`, {
      summary: 'An agent reports MCP servers that it was seen with',
      access: { agent: 'self', key: 'self', user: 'member' },
      body: report,
      run: async ({ services, principal, params, body, origin }) =>
        services.changes.run(async (change) => {
          const { queries, now } = change;
          const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
          mayChange(principal, agent);
          const valid = body.detections.filter(
            (each) => each.mcpServer !== '' && each.confidence >= 0 && each.confidence <= 100,
          );
          const known = new Set(JSON.parse(agent.talksTo) as string[]);
          const names = [...new Set(valid.map(({ mcpServer }) => mcpServer))];
          const newMCPs = names.filter((each) => !known.has(each));
          for (const each of valid) {
            const row = {
              confidence: each.confidence,
              details: JSON.stringify(each.details ?? {}),
              sdkVersion: each.sdkVersion ?? null,
              lastSeenAt: now,
            };
            await queries
              .insertInto('detections')
              .values({
                organizationId: agent.organizationId,
                agentId: agent.id,
                mcpServer: each.mcpServer,
                method: each.detectionMethod,
                firstDetectedAt: now,
                ...row,
              })
              .onConflict((existing) => existing.columns(['agentId', 'mcpServer', 'method']).doUpdateSet(row))
              .execute();
          }
          const set = { talksTo: JSON.stringify([...known, ...newMCPs]), lastActiveAt: now };
          await queries.updateTable('agents').set(set).where('id', '=', agent.id).execute();
          if (newMCPs.length > 0)
            await tellUpdated(change, actorOf(principal, origin), { ...agent, ...set }, 'detect-mcp', { added: newMCPs });
          return {
            success: true,
            detectionsProcessed: valid.length,
            newMCPs,
            existingMCPs: names.filter((each) => known.has(each)),
            message: `Processed ${valid.length} detections`,
          };
        }),
    }),
  ),
  route('GET /api/v1/detection/agents/:id/status', {
    summary: 'MCP servers that an agent was seen with',
    access: { user: 'viewer', agent: 'self', key: 'self' },
    run: async ({ services, principal, params }) => {
      const agent = await agentById(services.queries, principal.organizationId, params['id'] ?? '');
      const rows = await services.queries.selectFrom('detections').selectAll().where('agentId', '=', agent.id).execute();
      const detectedMCPs = [...Map.groupBy(rows, ({ mcpServer }) => mcpServer)].map(([server, found]) => ({
        name: server,
        confidenceScore: Math.min(
          99,
          found.reduce((sum, each) => sum + each.confidence, 0) / found.length +
            (found.length >= 3 ? 30 : found.length === 2 ? 10 : 0),
        ),
        detectedBy: found.map(({ method }) => method),
        firstDetected: timeView(Math.min(...found.map(({ firstDetectedAt }) => firstDetectedAt))),
        lastSeen: timeView(Math.max(...found.map(({ lastSeenAt }) => lastSeenAt))),
      }));
      const seen = new Set(detectedMCPs.map((each) => each.name));
      for (const each of JSON.parse(agent.talksTo) as string[])
        if (!seen.has(each))
          detectedMCPs.push({ name: each, confidenceScore: 100, detectedBy: ['manual'], firstDetected: null, lastSeen: null });
      return {
        agentId: agent.id,
        sdkInstalled: rows.length > 0,
        sdkVersion: rows.find(({ sdkVersion }) => sdkVersion !== null)?.sdkVersion ?? null,
        autoDetectEnabled: true,
        detectedMCPs,
        lastReportedAt: timeView(rows.length === 0 ? null : Math.max(...rows.map(({ lastSeenAt }) => lastSeenAt))),
      };
    },
  }),
  route('POST /api/v1/detection/agents/:id/capabilities/report', {
    summary: 'An agent reports what it could do where it runs; what it calls grave becomes an alert',
    access: { agent: 'self', key: 'self', user: 'member' },
    body: capabilityReport,
    run: ({ services, principal, params, body, origin }) =>
      services.changes.run(async (change) => {
        const { queries, now } = change;
        const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
        mayChange(principal, agent);
        const { riskLevel, alerts } = body.riskAssessment;
        const row = { report: JSON.stringify(body), riskLevel, detectedAt: body.detectedAt, at: now };
        await queries
          .insertInto('capabilityReports')
          .values({ agentId: agent.id, organizationId: agent.organizationId, ...row })
          .onConflict((existing) => existing.column('agentId').doUpdateSet(row))
          .execute();
        const grave = alerts.filter(({ severity }) => severity === 'critical' || severity === 'high');
        for (const each of grave) await raiseAlert(change, alertOf(agent, each));
        // What it says of itself counts by the alerts that came of it, never by the number that it names.
        const scored = agent.scoreIsSet === 1 ? agent : await rescore(change, agent, 'capabilities reported', null);
        const alertsCount = grave.length;
        await tellUpdated(change, actorOf(principal, origin), scored, 'report-capabilities', {
          riskLevel,
          alerts: alertsCount,
        });
        return {
          success: true,
          agentId: agent.id,
          riskLevel,
          trustScoreImpact: Math.round((scored.trustScore - agent.trustScore) * 10_000) / 10_000,
          newTrustScore: scored.trustScore,
          securityAlertsCount: alertsCount,
          message: `Capability report processed. Risk: ${riskLevel}`,
        };
      }),
  }),
  route('GET /api/v1/detection/agents/:id/capabilities/latest', {
    summary: 'What an agent last reported that it could do',
    access: { user: 'viewer', agent: 'self', key: 'self' },
    run: async ({ services: { queries }, principal, params }) => {
      const agent = await agentById(queries, principal.organizationId, params['id'] ?? '');
      const row = await queries
        .selectFrom('capabilityReports')
        .select('report')
        .where('agentId', '=', agent.id)
        .executeTakeFirst();
      if (row === undefined) throw notFound('no capability reports found for this agent');
      return JSON.parse(row.report) as z.output<typeof capabilityReport>;
    },
  }),
];

const alertOf = (agent: AgentTable, found: z.output<typeof finding>) => ({
  organizationId: agent.organizationId,
  alertType: 'unusual_activity' as const,
  severity: found.severity,
  title: `${agent.displayName}: ${found.message || found.capability}`.slice(0, 300),
  description: found.recommendation,
  resourceType: 'agent',
  resourceId: agent.id,
  agentId: agent.id,
  agentName: agent.name,
  metadata: { capability: found.capability, reportedBy: 'agent' },
});
