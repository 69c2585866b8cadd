// The real rsyslog receives every line, over UDP, TCP and TLS, and reads our structured data.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shipLog } from '../../src/security-log/export/ship.ts';
import { sinkFor } from '../../src/security-log/export/sinks.ts';
import { openSpool } from '../../src/security-log/export/spool.ts';
import { sampleLines } from '../security-log/samples.ts';
import { folder } from '../security-log/scratch.ts';

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null) await new Promise((resolve) => child.once('close', resolve));
  }
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** One line per message: its structured data, a bar, the message. */
function startRsyslog(base: string, input: string): { out: string } {
  const out = join(base, 'received');
  const config = join(base, 'rsyslog.conf');
  writeFileSync(
    config,
    `global(workDirectory="${base}" maxMessageSize="64k")
${input}
template(name="all" type="string" string="%syslogseverity%|%app-name%|%structured-data%|%msg%\\n")
action(type="omfile" file="${out}" template="all" asyncWriting="off" flushOnTXEnd="on")
`,
  );
  children.push(spawn('/usr/sbin/rsyslogd', ['-n', '-f', config, '-i', join(base, 'pid')], { stdio: 'ignore' }));
  return { out };
}

const received = (out: string): string[] => (existsSync(out) ? readFileSync(out, 'utf8').split('\n').slice(0, -1) : []);

/** Lines that are worth sending over and over: unique, and each with something to escape. */
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      timestamp: '2026-01-01T00:00:00.000000+00:00',
      category: 'MCP',
      event_type: 'MCP_TOOL_USED',
      severity: 'ERROR',
      message: `m${n}`,
      agent_name: 'a"]\\b',
      details: { text: 'ünï=|\t' },
    }),
  );

async function ship(lines: readonly string[], target: string, base: string, ca?: string): Promise<void> {
  const file = join(base, 'security.log');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const spool = openSpool(':memory:');
  const sink = sinkFor(target, { format: 'jsonl', stdout: process.stdout, ca });
  await shipLog({
    files: [file],
    spool,
    sink,
    fits: () => true,
    follow: false,
    signal: AbortSignal.timeout(60_000),
    random: () => 0.05,
  });
  spool.close();
}

const messagesIn = (out: string): string[] => received(out).flatMap((line) => /"message":"(m\d+)"/.exec(line)?.[1] ?? []);
const expected = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`);

describe('rsyslog', () => {
  test('over TCP receives every line whole', async () => {
    const base = folder();
    const port = await freePort();
    const { out } = startRsyslog(base, `module(load="imtcp")\ninput(type="imtcp" port="${port}" address="127.0.0.1")`);
    await ship(numbered(2000), `syslog+tcp://127.0.0.1:${port}`, base);
    await expect.poll(() => messagesIn(out).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2000);
    expect([...new Set(messagesIn(out))]).toEqual(expected(2000));
    const [severity, program, structured, message] = (received(out)[0] ?? '').split('|');
    expect([severity, program]).toEqual(['3', 'aim']);
    expect(structured).toContain('agentName="a\\"\\]\\\\b"');
    expect(message).toContain('"message":"m0"');
  });

  test('over UDP receives every line', async () => {
    const base = folder();
    const port = await freePort();
    const { out } = startRsyslog(base, `module(load="imudp")\ninput(type="imudp" port="${port}" address="127.0.0.1")`);
    const probe = createSocket('udp4');
    await expect
      .poll(
        async () => {
          probe.send('<14>1 - - probe - - - up', port, '127.0.0.1');
          return received(out).length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    probe.close();
    await ship(numbered(100), `syslog://127.0.0.1:${port}`, base);
    await expect.poll(() => new Set(messagesIn(out)).size, { timeout: 20_000 }).toBe(100);
  });

  test('keeps the borders of hostile lines: one message for each, none forged', async () => {
    const base = folder();
    const port = await freePort();
    const { out } = startRsyslog(base, `module(load="imtcp")\ninput(type="imtcp" port="${port}" address="127.0.0.1")`);
    await ship(sampleLines, `syslog+tcp://127.0.0.1:${port}`, base);
    await expect.poll(() => received(out).length, { timeout: 20_000 }).toBe(sampleLines.length);
    expect(received(out).every((line) => line.split('|')[1] === 'aim')).toBe(true);
  });

  test('over TCP gets all lines although it is killed in between', async () => {
    const base = folder();
    const port = await freePort();
    const file = join(base, 'security.log');
    const input = `module(load="imtcp")\ninput(type="imtcp" port="${port}" address="127.0.0.1")`;
    const { out } = startRsyslog(base, input);
    const lines = numbered(400);
    writeFileSync(
      file,
      lines
        .slice(0, 200)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const ending = new AbortController();
    const spool = openSpool(join(base, 'spool.db'));
    const sink = sinkFor(`syslog+tcp://127.0.0.1:${port}`, { format: 'jsonl', stdout: process.stdout });
    const shipping = shipLog({
      files: [file],
      spool,
      sink,
      fits: () => true,
      follow: true,
      signal: ending.signal,
      random: () => 0.05,
    });
    await expect.poll(() => new Set(messagesIn(out)).size, { timeout: 20_000 }).toBe(200);
    children.pop()?.kill('SIGKILL');
    writeFileSync(
      file,
      lines
        .slice(200)
        .map((line) => `${line}\n`)
        .join(''),
      { flag: 'a' },
    );
    await expect.poll(() => spool.state.queued, { timeout: 20_000 }).toBeGreaterThan(0);
    startRsyslog(base, input);
    await expect.poll(() => new Set(messagesIn(out)).size, { timeout: 30_000 }).toBe(400);
    ending.abort();
    await shipping;
    spool.close();
  });

  const tlsDriver = '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so';
  const gnutlsDriver = '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so';
  test.runIf(existsSync(tlsDriver) || existsSync(gnutlsDriver))(
    'over TLS receives every line, and is refused with a certificate of another authority',
    async () => {
      const base = folder();
      const port = await freePort();
      const [key, certificate] = [join(base, 'key.pem'), join(base, 'cert.pem')];
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=DNS:localhost',
          '-keyout',
          key,
          '-out',
          certificate,
        ],
        { stdio: 'ignore' },
      );
      const driver = existsSync(tlsDriver) ? 'ossl' : 'gtls';
      const { out } = startRsyslog(
        base,
        `global(defaultNetstreamDriver="${driver}" defaultNetstreamDriverCAFile="${certificate}" defaultNetstreamDriverCertFile="${certificate}" defaultNetstreamDriverKeyFile="${key}")
module(load="imtcp" streamDriver.name="${driver}" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="${port}" address="127.0.0.1")`,
      );
      await ship(numbered(300), `syslog+tls://localhost:${port}`, base, readFileSync(certificate, 'utf8'));
      await expect.poll(() => new Set(messagesIn(out)).size, { timeout: 20_000 }).toBe(300);
      const untrusting = sinkFor(`syslog+tls://localhost:${port}`, { format: 'jsonl', stdout: process.stdout });
      await expect(untrusting.send([])).rejects.toThrow(/self-signed|certificate/);
      await untrusting.close();
    },
  );
});
