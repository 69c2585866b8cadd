// The line interface: the whole job without a screen. Nothing but text is written, and no line decides that came too early.

import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { runPlain } from '../../components/plain/run-plain.ts';
import { type ApprovalsServer, approvalsServer } from '../approvals/approvals-server.ts';
import { aSignedRequest, NOW } from '../approvals/signed-request.ts';
import { hostileStrings } from '../corpus/hostile.ts';
import { anAccount, anAgent, anEvent } from './fake-api.ts';
import { fakeSettings } from './harness.ts';

type Plain = {
  server: ApprovalsServer;
  /** Types a line, as one read. */
  line(text: string): Promise<void>;
  /** Several in one read, as a paste brings them. */
  paste(text: string): Promise<void>;
  says(what: string | RegExp): Promise<string>;
  output(): string;
  wait(milliseconds: number): void;
  close(): Promise<number>;
};

let open: Plain | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function openPlain({
  isTTY = true,
  requests = [aSignedRequest()],
  name = 'mail-bot',
  readOnly = false,
} = {}): Promise<Plain> {
  const server = approvalsServer(requests);
  server.agents = [
    anAgent({ capabilities: ['file:read'] }),
    anAgent({ id: 'a-2', name, status: 'suspended', trustScore: 0.3 }),
  ];
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const stdout = new PassThrough();
  let output = '';
  let from = 0;
  let at = NOW;
  stdout.on('data', (chunk) => {
    output += chunk;
  });
  const ended = runPlain({
    context: {
      api: server.api,
      settings: fakeSettings({ readOnly }),
      signal: new AbortController().signal,
      io: {
        stdin,
        stdout,
        stderr: new PassThrough(),
        env: { TERM: 'dumb' },
        cwd: '/',
        mayAsk: true,
        json: false,
        quiet: false,
        note() {},
      },
    },
    registry,
    api: server.api,
    account: anAccount(),
    server: server.api.server,
    embedded: false,
    now: () => at,
  });
  const send = async (text: string) => {
    stdin.write(text);
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const plain: Plain = {
    server,
    line: (text) => send(`${text}\n`),
    paste: send,
    async says(what) {
      const holds = () => (typeof what === 'string' ? output.slice(from).includes(what) : what.test(output.slice(from)));
      for (const end = performance.now() + 10_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 10))) {
        if (performance.now() > end) throw new Error(`It does not say ${what}:\n${output.slice(from)}`);
      }
      const said = output.slice(from);
      from = output.length;
      return said;
    },
    output: () => output,
    wait(milliseconds) {
      at += milliseconds;
    },
    async close() {
      stdin.end();
      return ended;
    },
  };
  await plain.says(/aim> $/);
  open = plain;
  return plain;
}

describe('the line interface', () => {
  test('begins with what needs somebody, and lists with numbers that open', async () => {
    const plain = await openPlain();
    expect(plain.output()).toMatch(/LOCAL, .*signed in as operator@localhost, admin/);
    expect(plain.output()).toContain('1 request waits for a decision.');
    await plain.line('agents');
    expect(await plain.says(/2\. .*\n/)).toMatch(
      /2 agents\n1\. billing-bot, verified, trust 87 percent, custom\n2\. mail-bot, suspended/,
    );
    await plain.line('2');
    await plain.says('mail-bot, suspended');
    await plain.line('agents suspended');
    expect(await plain.says(/1 agent\n.*\n/)).not.toContain('billing-bot');
  });

  test('approves in two steps what was read out', async () => {
    const plain = await openPlain();
    await plain.line('approvals');
    await plain.says(/1\. billing-bot wants file:write on \/etc\/hosts, risk .*signed/);
    await plain.line('open 1');
    expect(await plain.says('approve begins')).toMatch(/What the agent signed\n[\s\S]*\/etc\/hosts/);
    plain.wait(1000);
    await plain.line('approve');
    await plain.says(/Type confirm to APPROVE file:write on \/etc\/hosts/);
    plain.wait(1000);
    await plain.line('confirm');
    await plain.says(/Approved|approved/);
    expect(plain.server.decisions).toMatchObject([
      { verb: 'approve', id: plain.server.approvals[0]?.id, decision: { interactive: true } },
    ]);
  });

  test('denies with the reason in the same line', async () => {
    const plain = await openPlain();
    await plain.line('approvals');
    await plain.line('1');
    await plain.says('deny REASON');
    plain.wait(1000);
    await plain.line('deny not on a Friday');
    await plain.says(/[Dd]enied/);
    expect(plain.server.decisions).toMatchObject([{ verb: 'deny', decision: { reason: 'not on a Friday' } }]);
  });

  test.each<[title: string, lines: (plain: Plain) => Promise<void>]>([
    [
      'what was pasted',
      async (plain) => {
        await plain.line('approvals');
        await plain.paste('open 1\napprove\nconfirm\n');
      },
    ],
    [
      'a confirmation that came too early',
      async (plain) => {
        await plain.line('approvals');
        await plain.line('open 1');
        await plain.says('approve begins');
        plain.wait(1000);
        await plain.line('approve');
        await plain.line('confirm');
      },
    ],
    [
      'any other word as the second step',
      async (plain) => {
        await plain.line('approvals');
        await plain.line('open 1');
        await plain.says('approve begins');
        plain.wait(1000);
        await plain.line('approve');
        plain.wait(1000);
        await plain.line('yes');
      },
    ],
    [
      'an approval of what was not opened',
      async (plain) => {
        await plain.line('approvals');
        plain.wait(1000);
        await plain.line('approve 1');
        await plain.line('confirm');
      },
    ],
  ])('takes no decision from %s', async (_, lines) => {
    const plain = await openPlain();
    await lines(plain);
    await plain.line('overview');
    await plain.says(/request waits for a decision/);
    expect(plain.server.decisions).toEqual([]);
  });

  test('takes no decision from a pipe', async () => {
    const plain = await openPlain({ isTTY: false });
    await plain.line('approvals');
    await plain.line('open 1');
    await plain.says('approve begins');
    plain.wait(1000);
    await plain.line('approve');
    await plain.says('Nobody is at this terminal');
    expect(plain.server.decisions).toEqual([]);
  });

  test('reads a request out again when it changes, and what was begun is over', async () => {
    const plain = await openPlain();
    await plain.line('approvals');
    await plain.line('open 1');
    await plain.says('approve begins');
    plain.wait(1000);
    await plain.line('approve');
    await plain.says('Type confirm');
    plain.server.arrive({ ...aSignedRequest({ resource: '/etc/shadow' }), id: plain.server.approvals[0]?.id ?? ('' as never) });
    expect(await plain.says('approve begins')).toMatch(/CHANGED[\s\S]*\/etc\/shadow/);
    plain.wait(1000);
    await plain.line('confirm');
    await plain.says('First a, then p');
    expect(plain.server.decisions).toEqual([]);
  });

  test('follows events until Enter, and says what arrives meanwhile', async () => {
    const plain = await openPlain();
    await plain.line('follow');
    await plain.says('Enter stops');
    plain.server.happen(anEvent());
    await plain.says(/allowed: billing-bot, db:read on invoices/);
    await plain.line('');
    await plain.says('No longer following');
    plain.server.arrive(aSignedRequest({ id: 'v-2', resource: '/tmp/x' }));
    await plain.says(/1 new request: 2 wait now/);
  });

  test('runs the verbs of the command line, and asks before a dangerous one', async () => {
    const plain = await openPlain();
    await plain.line('agents suspend billing-bot --reason test');
    await plain.says(/Type yes to do it/);
    await plain.line('no');
    await plain.says('Nothing was done.');
    await plain.line('agents suspend billing-bot --reason test');
    await plain.says(/Type yes to do it/);
    await plain.line('yes');
    await plain.says(/aim> $/);
    expect(plain.server.calls.filter(({ name }) => name === 'agents.suspend')).toHaveLength(1);
    await plain.line('nonsense');
    await plain.says(/There is no "nonsense" here\. help says/);
  });

  test('sends nothing that changes anything when it is read-only', async () => {
    const plain = await openPlain({ readOnly: true });
    await plain.line('agents suspend billing-bot --reason test');
    await plain.says('read-only');
    expect(plain.server.calls.map(({ name }) => name)).not.toContain('agents.suspend');
  });

  test('writes no sequence and no control character, whatever agents are called', async () => {
    for (const name of hostileStrings.filter((text) => text.trim() !== '' && text.length < 500).slice(0, 300)) {
      // One interface, many names: what is listed comes from the store.
      open ??= await openPlain({ name });
      open.server.emit({
        kind: 'event',
        event: {
          type: 'agent',
          position: '',
          at: new Date(NOW).toISOString() as never,
          change: 'updated',
          subject: anAgent({ id: 'a-2', name }),
        },
      });
    }
    const plain = open as Plain;
    await plain.line('agents');
    await plain.says(/2 agents/);
    await plain.line('help');
    await plain.says('quit: leave');
    expect(plain.output()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
  });

  test('ends with the input, and with quit', async () => {
    const plain = await openPlain();
    await plain.line('quit');
    expect(await plain.close()).toBe(0);
    expect(await (await openPlain()).close()).toBe(0);
  });
});
