// The writer: the same line as the Python SDK, and a host that never notices.

import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { securityLogOptions } from '../../src/security-log/configure.ts';
import { withSecurityContext } from '../../src/security-log/context.ts';
import { linesOf, membersOf, run } from './log-lines.ts';
import { folder, loggerTo } from './scratch.ts';

describe('the line', () => {
  test('has the keys of the Python SDK in its order, without empties, and the chain behind them', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    logger.setAgentContext({ agentId: 'a-1', organizationId: 'o-1' });
    logger.startSession();
    logger.log('MCP', 'MCP_TOOL_USED', 'WARNING', 'Zürich 😀\u007f', {
      userId: 'u-1',
      action: 'call',
      resource: 'files',
      result: 'SUCCESS',
      sourceIp: '127.0.0.1',
      destinationUrl: 'https://example.com/',
      httpMethod: 'POST',
      httpStatus: 0,
      details: { n: 1 },
      error: '',
      stackTrace: 'at x',
      correlationId: 'c-1',
      parentEventId: 'p-1',
    });
    await logger.flush();
    const [line = ''] = linesOf(file);
    expect(Object.keys(JSON.parse(line))).toEqual([
      ...['timestamp', 'event_id', 'category', 'event_type', 'severity', 'message', 'sdk_version', 'hostname', 'process_id'],
      ...[
        'agent_id',
        'user_id',
        'organization_id',
        'action',
        'resource',
        'result',
        'source_ip',
        'destination_url',
        'http_method',
      ],
      ...['details', 'stack_trace', 'correlation_id', 'parent_event_id', 'session_id', 'seq', 'prev_hash'],
    ]);
    expect(line).toContain('"message":"Z\\u00fcrich \\ud83d\\ude00\\u007f"');
    expect(line).toMatch(/^\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00",/);
  });

  test.each<[method: string, log: (logger: ReturnType<typeof loggerTo>) => void, expected: Record<string, unknown>]>([
    [
      'a failed refresh is a warning',
      (logger) => logger.logAuthentication('TOKEN_REFRESH_FAILED', { success: false }),
      { category: 'AUTHN', severity: 'WARNING', result: 'FAILURE', message: 'Authentication event: TOKEN_REFRESH_FAILED' },
    ],
    [
      'a token that expired and could not be replaced is an error',
      (logger) => logger.logAuthentication('TOKEN_EXPIRED', { success: false }),
      { severity: 'ERROR' },
    ],
    [
      'a denial is a warning and says what was asked',
      (logger) => logger.logAuthorization('CAPABILITY_DENIED', { action: 'db:write', resource: 'orders', granted: false }),
      {
        category: 'AUTHZ',
        severity: 'WARNING',
        result: 'DENIED',
        message: 'Authorization CAPABILITY_DENIED: db:write on orders - DENIED',
      },
    ],
    [
      'a failed registration is an error',
      (logger) => logger.logAgentEvent('AGENT_REGISTRATION_FAILED', { agentName: 'bot', error: 'no' }),
      { category: 'AGENT', severity: 'ERROR', agent_name: 'bot', message: 'Agent event: AGENT_REGISTRATION_FAILED for bot' },
    ],
    [
      'a credential event says of which kind',
      (logger) => logger.logCredentialEvent('CREDENTIAL_SAVED', { credentialType: 'sdk_oauth' }),
      { category: 'CRED', severity: 'INFO', result: 'SUCCESS', details: { credential_type: 'sdk_oauth' } },
    ],
    [
      'drift is a warning although it was found with success',
      (logger) => logger.logMcpEvent('MCP_CAPABILITY_DRIFT', { serverName: 'files', toolName: 'read' }),
      {
        severity: 'WARNING',
        message: 'MCP MCP_CAPABILITY_DRIFT: files - tool: read',
        details: { server_name: 'files', tool_name: 'read' },
      },
    ],
    [
      'a security event has the severity that it is given',
      (logger) => logger.logSecurityEvent('ANOMALY_DETECTED', 'odd', { severity: 'CRITICAL', sourceIp: '10.0.0.1' }),
      { category: 'SECURITY', severity: 'CRITICAL', message: 'odd', source_ip: '10.0.0.1' },
    ],
    [
      'a plain message is of category AUDIT',
      (logger) => logger.info('started'),
      { category: 'AUDIT', event_type: 'INFO', severity: 'INFO' },
    ],
  ])('%s', async (_, log, expected) => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    log(logger);
    await logger.flush();
    expect(membersOf(file)[0]).toMatchObject(expected);
  });

  test('the severity decides what is filtered, and what was filtered is counted', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { logLevel: 'ERROR' });
    logger.logMcpEvent('MCP_ATTESTATION_FAILED', { success: false });
    logger.logMcpEvent('MCP_CAPABILITY_DRIFT');
    await logger.flush();
    expect(membersOf(file).map((line) => line['event_type'])).toEqual(['MCP_ATTESTATION_FAILED']);
    expect(logger.state).toMatchObject({ written: 1, filtered: 1, dropped: 0 });
  });

  test('the surroundings of a call are in its line, across awaits; what the call says itself wins', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    logger.setAgentContext({ agentId: 'process', agentName: 'host' });
    await Promise.all(
      ['one', 'two'].map((id) =>
        withSecurityContext({ correlationId: id, agentName: `agent-${id}` }, async () => {
          await new Promise(setImmediate);
          logger.info(id, id === 'two' ? { correlationId: 'own' } : {});
        }),
      ),
    );
    await logger.flush();
    expect(
      membersOf(file).map((line) => [line['message'], line['agent_id'], line['agent_name'], line['correlation_id']]),
    ).toEqual([
      ['one', 'process', 'agent-one', 'one'],
      ['two', 'process', 'agent-two', 'own'],
    ]);
  });
});

describe('the environment', () => {
  test.each<[string, Record<string, string>, object]>([
    ['nothing set', {}, { logFile: null, logLevel: 'INFO', includeStdout: false, enabled: true }],
    ['a level in lower case', { AIM_SECURITY_LOG_LEVEL: 'error' }, { logLevel: 'ERROR' }],
    ['a level that is none', { AIM_SECURITY_LOG_LEVEL: 'loud' }, { logLevel: 'INFO' }],
    ['standard output', { AIM_SECURITY_LOG_STDOUT: 'True' }, { includeStdout: true }],
    ['switched off', { AIM_SECURITY_LOGGING_ENABLED: 'FALSE' }, { enabled: false }],
    ['only the word false switches off', { AIM_SECURITY_LOGGING_ENABLED: '0' }, { enabled: true }],
  ])('%s', (_, environment, expected) => {
    expect(securityLogOptions(environment)).toMatchObject(expected);
  });
});

describe('the host', () => {
  test('is not troubled by objects that cannot be written', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    const circular: Record<string, unknown> = { n: 1n, f: () => 1, when: new Date(0), bad: new Date('no') };
    circular['self'] = circular;
    const throwing = {
      get secret(): never {
        throw new Error('from a getter');
      },
    };
    logger.info('circular', { details: circular });
    logger.info('throwing', { details: throwing });
    logger.info('after');
    await logger.flush();
    expect(membersOf(file).map((line) => line['message'])).toEqual(['circular', 'after']);
    expect(membersOf(file)[0]?.['details']).toMatchObject({
      n: '1',
      when: '1970-01-01T00:00:00.000Z',
      bad: null,
      self: '[circular]',
    });
    expect(logger.state.dropped).toBe(1);
  });

  test('is not troubled by a path that cannot be written; what waits is written when it can', async () => {
    const base = folder();
    writeFileSync(join(base, 'taken'), 'a file, not a folder');
    const logger = loggerTo(join(base, 'taken', 'security.log'));
    logger.info('kept');
    await expect.poll(() => logger.state.failing, { timeout: 15_000 }).toContain('taken');
    expect(logger.state).toMatchObject({ written: 0, queued: 1 });
    rmSync(join(base, 'taken'));
    await expect.poll(() => logger.state.written, { timeout: 15_000 }).toBe(1);
    expect(logger.state.failing).toBeNull();
  });

  test.runIf(existsSync('/dev/full'))('is not troubled by a full disk', async () => {
    const logger = loggerTo('/dev/full');
    logger.info('nowhere');
    await expect.poll(() => logger.state.failing, { timeout: 15_000 }).toContain('ENOSPC');
    expect(logger.state).toMatchObject({ written: 0, queued: 1 });
    logger.configure({ enabled: false });
  });

  test('gets one line for one event, however large the event is', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    logger.info('x'.repeat(10_000_000), { details: { y: 'y'.repeat(1_000_000) } });
    logger.info('small');
    await logger.flush();
    expect(linesOf(file)).toHaveLength(2);
    expect(statSync(file).size).toBeLessThan(10_000);
    expect(membersOf(file)[0]).toMatchObject({ details: { truncated: true } });
  });

  test('finds everything written after process.exit() in the same turn', async () => {
    const file = join(folder(), 'security.log');
    await run(`logger.info('one'); logger.info('two'); process.exit(0)`, file);
    expect(membersOf(file).map((line) => line['message'])).toEqual(['one', 'two']);
  });
});
