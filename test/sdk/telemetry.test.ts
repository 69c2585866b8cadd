// Telemetry and hooks: records that stay on this machine, observed facts apart from inferences, and nothing at all unless asked for.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  activateHooks,
  buildCorrelatedRecord,
  type CorrelatedRecord,
  CorrelationJoiner,
  correlationHeaders,
  extractCorrelationId,
  isCorrelationId,
  mintCorrelationId,
  readCorrelatedRecords,
  SecurityLogger,
  securityLogger,
  writeCorrelatedRecord,
} from '../../src/index.ts';
import { scriptedAgent } from '../../src/testing/scripted-agent.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aim-telemetry-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const enforcement = { decision: 'deny', outcome: 'DENY', capability: 'db:drop', resource: 'prod', source: 'test' } as const;
const intent = { intentClass: 'destroy', confidence: 0.9, blocked: true, source: 'test' };
const detection = { injectionDetected: true, confidence: 0.8, detector: 'test', techniqueSource: 'none' };

describe('correlation ids', () => {
  test('are ordered by time, and travel in a header', () => {
    const [early, late] = [mintCorrelationId(1_000), mintCorrelationId(2_000_000_000_000)];
    expect(early < late && isCorrelationId(early)).toBe(true);
    expect(extractCorrelationId({ 'X-OpenA2A-Correlation-ID': correlationHeaders(late)['x-opena2a-correlation-id'] })).toBe(
      late,
    );
    expect(correlationHeaders('not one')).toEqual({});
    expect(extractCorrelationId({ 'x-opena2a-correlation-id': 'forged\nline' })).toBeNull();
  });
});

describe('records', () => {
  test('say what was observed and what is inferred, whatever they are given', () => {
    const record = buildCorrelatedRecord({
      correlationId: 'c',
      agentId: 'a',
      enforcement,
      intent: { ...intent, observed: true } as never,
      detection,
    });
    expect(record).toMatchObject({
      schemaVersion: '1.0',
      enforcement: { observed: true },
      intent: { observed: false },
      detection: { observed: false, attribution: 'inferred' },
      assembly: { completeness: 'full' },
    });
  });

  test('are kept one to a line, private, and read back', async () => {
    for (const correlationId of ['c1', 'c2'])
      expect(await writeCorrelatedRecord(buildCorrelatedRecord({ correlationId, agentId: 'a', enforcement }), folder)).toBe(
        true,
      );
    expect((await readCorrelatedRecords({ folder, limit: 1 })).map((record) => record.correlationId)).toEqual(['c2']);
    expect((await stat(join(folder, 'correlated-events.jsonl'))).mode & 0o077).toBe(0);
  });

  test('of more than a mebibyte keep what was observed', async () => {
    const big = { ...intent, intentClass: 'x'.repeat(1024 * 1024) };
    await writeCorrelatedRecord(buildCorrelatedRecord({ correlationId: 'c', agentId: 'a', enforcement, intent: big }), folder);
    const line = await readFile(join(folder, 'correlated-events.jsonl'), 'utf8');
    expect(JSON.parse(line)).toMatchObject({ enforcement: { observed: true }, _truncated: true });
    expect(line.length).toBeLessThan(2_000);
  });
});

describe('CorrelationJoiner', () => {
  test('joins parts in any order, and gives up on what never got a decision', () => {
    const records: CorrelatedRecord[] = [];
    let now = 0;
    const joiner = new CorrelationJoiner({ onRecord: (record) => records.push(record), now: () => now, windowMs: 100 });
    joiner.ingestDetection('c1', detection);
    joiner.ingestIntent('c1', intent);
    joiner.ingestEnforcement('c1', 'a', enforcement);
    joiner.ingestEnforcement('c2', 'a', enforcement);
    joiner.ingestIntent('c3', intent);
    expect(joiner.pending).toBe(2);
    now = 200;
    joiner.flushExpired();
    expect(records.map((record) => [record.correlationId, record.assembly.completeness, record.assembly.joinedBy])).toEqual([
      ['c1', 'full', 'correlationId'],
      ['c2', 'partial-missing-both', 'fallback:window'],
    ]);
    expect(joiner.dropped.orphans).toBe(1);
  });
});

describe('an agent', () => {
  test('records nothing unless it is told to', async () => {
    const { agent } = scriptedAgent({ 'db:read': 'allowed' });
    await agent.verifyCapability('db:read', { telemetry: { intent } });
    await agent.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test('records each decision with what the caller knows about it, and sends its id along', async () => {
    const { agent, calls } = scriptedAgent({ 'db:read': 'allowed' }, { telemetry: { folder } });
    await agent.verifyCapability('db:read', { resource: 'users', telemetry: { intent, detection } });
    await agent.verifyCapability('db:drop').catch(() => {});
    await agent.close();
    expect(calls).toHaveLength(2);
    expect(await readCorrelatedRecords({ folder })).toMatchObject([
      { enforcement: { decision: 'allow', outcome: 'ALLOW', resource: 'users' }, assembly: { completeness: 'full' } },
      { enforcement: { decision: 'deny', outcome: 'DENY', deniedReason: expect.any(String) } },
    ]);
  });

  test('decides as before where its sink throws', async () => {
    const onRecord = () => {
      throw new Error('disk');
    };
    const { agent } = scriptedAgent({ '*': 'allowed' }, { telemetry: { onRecord, windowMs: 1 } });
    await expect(agent.performAction('db:read', { telemetry: { intent, detection } }, () => 'ran')).resolves.toBe('ran');
    await agent.close();
  });
});

describe('activateHooks', () => {
  test('notes the model of each call, once, and never what was said', async () => {
    const log = vi.spyOn(securityLogger, 'log').mockImplementation(() => {});
    expect(securityLogger).toBeInstanceOf(SecurityLogger);
    const openai = {
      chat: { completions: { create: async (request: { model: string; messages: unknown[] }) => request.model } },
    };
    const anthropic = { messages: { create: async () => 'said' } };
    const agent = { agentId: 'a1', name: 'hooked' };
    const observed = ['openai.chat.completions.create', 'anthropic.messages.create'];
    expect(activateHooks(agent, { openai, anthropic })).toEqual(observed);
    expect(activateHooks(agent, { openai, anthropic })).toEqual(observed);
    await expect(openai.chat.completions.create({ model: 'gpt-x', messages: ['the secret plan'] })).resolves.toBe('gpt-x');
    expect(log).toHaveBeenCalledExactlyOnceWith('AGENT', 'AGENT_ACTION', 'INFO', expect.any(String), {
      agentId: 'a1',
      agentName: 'hooked',
      details: { action: 'llm_call', resource: 'openai:gpt-x', method: 'openai.chat.completions.create' },
    });
    log.mockRestore();
  });
});
