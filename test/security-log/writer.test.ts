// The writer: the same line as the Python SDK, one chain for all processes, and a host that never notices.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ChainCheck } from '../../src/security-log/chain-check.ts';
import { securityLogOptions } from '../../src/security-log/configure.ts';
import { withSecurityContext } from '../../src/security-log/context.ts';
import { folder, loggerTo } from './scratch.ts';

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const membersOf = (path: string): Record<string, unknown>[] => linesOf(path).map((line) => JSON.parse(line));

function findings(...paths: string[]) {
  const chain = new ChainCheck();
  return paths.flatMap((path) => linesOf(path).flatMap((line) => chain.next(Buffer.from(line)) ?? []));
}

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

describe('the file', () => {
  test('is for its owner alone, in folders that are made', async () => {
    const file = join(folder(), 'deep', 'er', 'security.log');
    const logger = loggerTo(file);
    logger.info('x');
    await logger.flush();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  test('rotates by size, keeps the chain over its parts, and drops the oldest', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 3000, backupCount: 3 });
    for (let number = 0; number < 40; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    expect(
      readdirSync(join(file, '..'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['security.log', 'security.log.1', 'security.log.2', 'security.log.3']);
    expect(findings(`${file}.3`, `${file}.2`, `${file}.1`, file)).toEqual([]);
    expect(membersOf(file).at(-1)).toMatchObject({ message: 'line 39', seq: 40 });
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(3000);
  });

  test('rotates by the day, when the first line is of an earlier one', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, '{"timestamp":"2020-01-01T00:00:00+00:00","message":"old"}\n');
    const logger = loggerTo(file, { rotateEvery: 'day' });
    logger.info('new');
    await logger.flush();
    expect(linesOf(`${file}.1`)).toHaveLength(1);
    expect(linesOf(file)).toHaveLength(1);
  });

  test('compresses its older parts, and the chain goes through them', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 1500, backupCount: 9, compress: true });
    for (let number = 0; number < 30; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    await expect.poll(() => readdirSync(join(file, '..')).filter((name) => name.endsWith('.gz')).length).toBeGreaterThan(1);
    await expect.poll(() => readdirSync(join(file, '..')).some((name) => name.includes('.gz-'))).toBe(false);
    expect(existsSync(`${file}.1`)).toBe(true);
  });

  test('goes on in a new file when another program renamed, removed or emptied the old one', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    const write = async (message: string) => {
      logger.info(message);
      await logger.flush();
    };
    await write('one');
    renameSync(file, `${file}.1`);
    await write('two');
    expect(findings(`${file}.1`, file)).toEqual([]);
    rmSync(file);
    await write('three');
    expect(membersOf(file)[0]).toMatchObject({ message: 'three', seq: 3 });
    writeFileSync(file, '');
    await write('four');
    expect(membersOf(file)[0]).toMatchObject({ message: 'four', seq: 4 });
    rmSync(join(file, '..'), { recursive: true });
    await write('five');
    expect(membersOf(file)[0]).toMatchObject({ message: 'five' });
  });

  test('seals the lines of writers that know no chain, and closes the half line of a dead one', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    logger.info('one');
    await logger.flush();
    writeFileSync(file, '{"message":"from elsewhere"}\n{"half', { flag: 'a' });
    logger.info('two');
    await logger.flush();
    logger.info('three');
    await logger.flush();
    expect(linesOf(file)[2]).toBe('{"half');
    expect(linesOf(file)).toHaveLength(5);
    expect(findings(file)).toEqual([]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('elsewhere', 'nowhere!!'));
    expect(findings(file)).toEqual([{ kind: 'tampered', seq: 1 }]);
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
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(logger.state).toMatchObject({ written: 0, queued: 1 });
    expect(logger.state.failing).toContain('taken');
    rmSync(join(base, 'taken'));
    await expect.poll(() => logger.state.written).toBe(1);
    expect(logger.state.failing).toBeNull();
  });

  test.runIf(existsSync('/dev/full'))('is not troubled by a full disk', async () => {
    const logger = loggerTo('/dev/full');
    logger.info('nowhere');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(logger.state).toMatchObject({ written: 0, queued: 1 });
    expect(logger.state.failing).toContain('ENOSPC');
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

describe('several processes', () => {
  test('write one chain into one file, through rotations', async () => {
    const file = join(folder(), 'security.log');
    const script = `for (let n = 0; n < 300; n++) { logger.info(process.pid + ':' + n); if (n % 7 === 0) await new Promise(setImmediate) }`;
    await Promise.all([1, 2, 3, 4].map(() => run(script, file, { maxBytes: 60_000, backupCount: 50 })));
    const parts = readdirSync(join(file, '..')).filter((name) => /^security\.log\.\d+$/.test(name)).length;
    expect(parts).toBeGreaterThan(3);
    const paths = [...Array.from({ length: parts }, (_, index) => `${file}.${parts - index}`), file];
    expect(findings(...paths)).toEqual([]);
    const written = paths.flatMap((path) => membersOf(path));
    expect(written.map((line) => line['seq'])).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
    const byProcess = Map.groupBy(written, (line) => String(line['message']).split(':')[0]);
    for (const lines of byProcess.values())
      expect(lines.map((line) => Number(String(line['message']).split(':')[1]))).toEqual([...Array(300).keys()]);
  });

  test('that are killed leave whole lines, an unbroken chain, and everything that was returned as written', async () => {
    const file = join(folder(), 'security.log');
    const acknowledged: string[] = [];
    const children = [1, 2, 3, 4].map(() => {
      const child = start(
        `for (let n = 0; ; n++) { logger.info(process.pid + ':' + n); process.stdout.write(process.pid + ':' + n + '\\n') }`,
        file,
        {
          durability: 'written',
        },
      );
      let rest = '';
      child.stdout?.on('data', (text) => {
        const lines = (rest + String(text)).split('\n');
        rest = lines.pop() ?? '';
        acknowledged.push(...lines);
      });
      return child;
    });
    const ended = children.map((child) => once(child, 'close'));
    await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(2000);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
    const logger = loggerTo(file);
    logger.info('after');
    await logger.flush();
    expect(findings(file)).toEqual([]);
    const written = new Set(membersOf(file).map((line) => line['message']));
    expect(acknowledged.filter((message) => !written.has(message))).toEqual([]);
  });

  test('that may not write the folder of the file still write their lines', async () => {
    const base = join(folder(), 'shared');
    mkdirSync(base);
    const file = join(base, 'security.log');
    writeFileSync(file, '');
    mkdirSync(join(base, '.security.log.chain'));
    chmodSync(file, 0o600);
    const logger = loggerTo(file);
    logger.info('without a chain');
    await logger.flush();
    expect(membersOf(file)[0]).toMatchObject({ message: 'without a chain' });
    expect(membersOf(file)[0]).not.toHaveProperty('seq');
  });
});

function start(script: string, file: string, options: object = {}) {
  const url = new URL('../../src/security-log/security-logger.ts', import.meta.url);
  const code = `const { SecurityLogger } = await import(${JSON.stringify(url.href)}); const logger = new SecurityLogger();
    logger.configure(${JSON.stringify({ logFile: file, includeStderr: false, ...options })}); ${script}`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function run(script: string, file: string, options: object = {}): Promise<void> {
  const child = start(script, file, options);
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
}
