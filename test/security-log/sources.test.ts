// Lines that come from elsewhere than a file here: the control plane, and a log on another machine over ssh.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogItem } from '../../src/security-log/entry.ts';
import { planeSource } from '../../src/security-log/plane-source.ts';
import { parseRemote, type RemoteLog, remoteSource } from '../../src/security-log/remote-source.ts';
import { SkewWatch } from '../../src/security-log/skew.ts';
import { tail } from '../../src/security-log/tail.ts';
import { startTestControlPlane } from '../../src/testing/control-plane.ts';
import { collect, folder, line, messages } from './scratch.ts';

test('the audit log of the control plane stands between the lines of a file, by time, and goes on', async () => {
  const plane = await startTestControlPlane();
  const file = join(folder(), 'security.log');
  writeFileSync(file, line('old'));
  await plane.apiKey('before');
  const sources = [planeSource('audit', plane.api), planeSource('events', plane.api)];
  const items: LogItem[] = [];
  const ending = new AbortController();
  const reading = (async () => {
    for await (const item of tail([file], { follow: true, sources, signal: ending.signal })) items.push(item);
  })();
  await expect.poll(() => messages(items)[0]).toBe('old');
  await expect.poll(() => messages(items).filter((message) => message.includes('create api')).length).toBe(1);
  // Live, once the stream is open.
  await expect
    .poll(
      async () => {
        await plane.apiKey('after');
        return messages(items).filter((message) => message.includes('create api')).length;
      },
      { timeout: 15_000, interval: 500 },
    )
    .toBeGreaterThan(1);
  const [, entry] = items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []));
  expect(entry).toMatchObject({ format: 'control-plane', category: 'AUDIT', severity: 'INFO', source: { file: 'audit' } });
  ending.abort();
  await reading;
  await plane.stop();
});

describe('an address', () => {
  test.each<[string, Partial<RemoteLog> | null]>([
    ['ssh://box/var/log/x.log', { destination: 'box', port: null, path: '/var/log/x.log' }],
    ['ssh://ops@box.example.com:2222/x', { destination: 'ops@box.example.com', port: '2222', path: '/x' }],
    ['ssh://[::1]/x', { destination: '::1' }],
    ['ssh://-oProxyCommand=touch%20x/x', null],
    ['ssh://user@-oProxyCommand=x/x', null],
    ['ssh://-l@box/x', null],
    ['ssh://box;touch x/y', null],
    ['ssh://box', null],
    ['ssh://box/', null],
    ['ssh://box/a\nb', null],
    ['https://box/x', null],
  ])('%s', (word, expected) => {
    const remote = parseRemote(word);
    if (expected === null) expect(remote).toBeNull();
    else expect(remote).toMatchObject(expected);
  });
});

describe('a log of another machine', () => {
  /** Stands in for ssh: keeps its words, and says what a script says. */
  function ssh(script: string) {
    const home = folder();
    const program = join(home, 'ssh');
    writeFileSync(program, `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word" >> ${home}/words; done\n${script}\n`);
    chmodSync(program, 0o755);
    return { program, words: () => readFileSync(join(home, 'words'), 'utf8').split('\n') };
  }
  const remote = parseRemote("ssh://ops@box:22/var/log/it's $(x).log") as RemoteLog;
  const record = (raw: string) => JSON.stringify({ kind: 'entry', entry: { raw, message: 'a lie', source: { line: 3 } } });
  const backlogOf = async (program: string) => {
    const items: LogItem[] = [];
    for await (const some of remoteSource(remote, { ssh: program }).backlog(5, new AbortController().signal))
      items.push(...some);
    return items;
  };

  test('is asked for by words, in which the path is one word for the shell on the other side too', async () => {
    const { program, words } = ssh('');
    await backlogOf(program);
    expect(words().slice(0, 16)).toEqual([
      ...['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-p', '22', '--', 'ops@box'],
      ...['aim', 'logs', 'tail', '--json', '--no-follow', '--backlog', '5'],
    ]);
    expect(words()[17]).toBe(`'/var/log/it'\\''s $(x).log'`);
  });

  test('is read anew here, whatever the other side made of it', async () => {
    const raw = line('true').trim();
    const { program } = ssh(
      `cat <<'END'\n${record(raw)}\nnot json\n{"kind":"entry","entry":{}}\n{"kind":"notice","notice":"gap","text":"3 are missing","count":3}\n{"kind":"notice","notice":"made up","text":"x"}\nEND`,
    );
    const items = await backlogOf(program);
    expect(messages(items)).toEqual(['true']);
    expect(items[0]).toMatchObject({ entry: { source: { file: remote.name, line: 3 } } });
    expect(items.slice(1)).toMatchObject([{ notice: 'missing' }, { notice: 'gap', count: 3 }]);
  });

  test('that cannot be reached says why', async () => {
    const { program } = ssh('echo "ssh: connect to host box: Connection refused" >&2; exit 255');
    expect(await backlogOf(program)).toMatchObject([
      { notice: 'missing', text: expect.stringContaining('Connection refused') },
    ]);
    expect(await backlogOf('/nowhere/ssh')).toMatchObject([{ notice: 'missing', text: expect.stringContaining('ENOENT') }]);
  });

  test('goes on after a break from the last time, and gives no line twice', async () => {
    const { program, words } = ssh(`cat <<'END'\n${record(line('one', 1).trim())}\n${record(line('two', 2).trim())}\nEND`);
    const source = remoteSource(remote, { ssh: program });
    const items = await collect(
      tail([], { follow: true, sources: [source], backlog: 10 }),
      (all) => all.length === 2 || words().filter((word) => word === '--since').length > 1,
    );
    expect(messages(items)).toEqual(['one', 'two']);
  });
});

describe('the clock of a source', () => {
  const at = (milliseconds: number): LogItem =>
    ({ kind: 'entry', entry: { time: new Date(milliseconds).toISOString() } }) as unknown as LogItem;
  const said = (lags: number[]) => {
    const watch = new SkewWatch('box');
    return lags
      .flatMap((lag) => watch.take(at(1_000_000_000 - lag), 1_000_000_000) ?? [])
      .map((item) => ('text' in item ? item.text : ''));
  };
  test.each<[string, number[], number, RegExp | null]>([
    ['that is right is not spoken of', Array(60).fill(300), 0, null],
    ['that is ahead shows in one line', [-60_000], 1, /60 seconds ahead/],
    ['that is behind shows when no line comes sooner', Array(20).fill(45_000), 1, /45 seconds behind/],
    ['is right when some of its lines are only late', [...Array(19).fill(45_000), 200], 0, null],
    ['is spoken of once', Array(100).fill(-60_000), 1, /ahead/],
    ['that was set right is spoken of again', [-60_000, ...Array(20).fill(100)], 2, /ahead/],
  ])('%s', (_, lags, count, words) => {
    expect(said(lags)).toHaveLength(count);
    if (words) expect(said(lags)[0]).toMatch(words);
  });
});
