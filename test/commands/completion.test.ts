// Completion: what fits where, then the same by pressing Tab in the real shells.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { candidatesFor } from '../../commands/completion/candidates.ts';
import { buildTree, type Tree } from '../../commands/completion/tree.ts';
import { registry } from '../../commands/registry.ts';
import { verbGroups } from '../../commands/verbs.ts';
import { openTerminal, program, run, waitUntil } from '../pty/terminal.ts';
import { enrolAgent, openStage, type Stage } from './stage.ts';

let tree: Tree;
beforeAll(async () => {
  tree = await buildTree(registry, verbGroups);
});

describe('what fits', () => {
  const live = { agents: [{ value: 'billing-bot' }, { value: 'backup' }], approvals: [{ value: '6f1c' }] };
  test.each<[typed: string, expected: string[]]>([
    ['ag', ['agents']],
    ['agents su', ['suspend']],
    ['agents show b', ['billing-bot', 'backup']],
    ['agents show billing-bot ', []],
    ['--json agents show bi', ['billing-bot']],
    ['--server http://x agents sh', ['show']],
    ['agents ls --status ', ['pending', 'verified', 'suspended', 'revoked']],
    ['agents ls --status=su', ['--status=suspended']],
    ['agents ls --sta', ['--status']],
    ['events tail --agent ba', ['backup']],
    ['approvals approve ', ['6f1c']],
    ['agents capabilities gr', ['grant']],
    ['agents capabilities grant bi', ['billing-bot']],
    ['config get fp', ['fps']],
    ['completion z', ['zsh']],
    ['nonsense ', []],
  ])('aim %s', (typed, expected) => {
    const found = candidatesFor(typed.split(' '), tree, live);
    expect(found === 'files' ? found : found.map(({ value }) => value)).toEqual(expected);
  });

  test.each(['agents edit x --description @re', 'exec -- ls ', 'serve --data '])(
    'aim %s is completed by the shell',
    (typed) => {
      expect(candidatesFor(typed.split(' '), tree, live)).toBe('files');
    },
  );
});

const HOSTILE = ['evil$(touch pwned)', 'evil`touch pwned`', "evil'; touch pwned; '", 'evil two', '-evil', '~evil', '=evil'];

describe('in the real shells', () => {
  let stage: Stage;
  let env: Record<string, string>;
  beforeAll(async () => {
    stage = await openStage();
    await enrolAgent(stage, 'billing-bot');
    for (const name of HOSTILE) await stage.aim('agents', 'create', '--type', 'custom', '--', name);
    await enrolAgent(stage, 'team:deploy');
    await enrolAgent(stage, 'données-漢字');
    const bin = join(stage.machine.root, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'aim'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(bin, 'aim'), 0o755);
    env = { ...stage.machine.env, PATH: `${bin}:${stage.machine.env['PATH']}` };
    for (const shell of ['bash', 'zsh', 'fish']) {
      writeFileSync(join(stage.machine.home, `aim.${shell}`), (await stage.aim('completion', shell)).stdout);
    }
    await stage.aim('__complete', '--refresh');
  }, 60_000);
  afterAll(() => stage?.end());

  const start: Record<string, string[]> = {
    bash: ['bash', '--norc', '--noprofile'],
    zsh: ['zsh', '-f'],
    fish: ['fish', '--no-config'],
  };
  const load: Record<string, string> = {
    bash: 'PS1="> "; source ~/aim.bash; echo ready-$((1+1))',
    zsh: 'PS1="> "; autoload -U compinit && compinit -u -d ~/.zcompdump; source ~/aim.zsh; echo ready-$((1+1))',
    fish: 'source ~/aim.fish; echo ready-(math 1+1)',
  };

  test.each(['bash', 'zsh', 'fish'].filter(isThere))('%s completes a verb and a name', async (shell) => {
    const [command = '', ...args] = start[shell] ?? [];
    const terminal = openTerminal(args, { env, command });
    try {
      await waitUntil(() => terminal.text().trim().length > 0);
      terminal.write(`${load[shell]}\r`);
      await terminal.waitFor(/ready-2/);
      await terminal.keys(...'aim agents sus', 'tab');
      await terminal.waitFor('aim agents suspend');
      await terminal.keys(...'bill', 'tab');
      await terminal.waitFor('aim agents suspend billing-bot');
      await terminal.keys('ctrl-u', ...'aim agents show team:d', 'tab');
      await terminal.waitFor(/aim agents show team:deploy(?!team)/);
      await terminal.keys('ctrl-u', ...'aim agents show donn', 'tab');
      await terminal.waitFor('aim agents show données-漢字');
      await terminal.keys('ctrl-u', ...'aim agents show ev', 'tab', 'tab', 'ctrl-u');
      terminal.write('echo nothing-4""2\r');
      await terminal.waitFor(/nothing-42/);
      expect(terminal.raw()).not.toMatch(/evil/);
      expect(existsSync(join(stage.machine.home, 'pwned'))).toBe(false);
    } finally {
      terminal.kill();
    }
  });

  test('a name that a shell would run is not offered', async () => {
    const { stdout } = await stage.aim('__complete', '--', 'agents', 'show', '');
    expect(stdout).toContain('billing-bot\t');
    expect(stdout).not.toContain('evil');
    expect(stdout.split('\n').filter((line) => line.startsWith('-'))).toEqual([]);
  });

  test('names are those of the server that the line says, and of nobody who has signed out', async () => {
    const names = async (words: string[], more: Record<string, string> = {}) => {
      const ask = (...args: string[]) =>
        run(['__complete', ...args], { env: { ...env, AIM_COMPLETION_REFRESH: 'no', ...more } });
      const line = [...words, 'agents', 'show', 'billing'];
      await ask('--refresh', ...line);
      return (await ask('--', ...line)).stdout.split('\t')[0];
    };
    expect(await names([])).toBe('billing-bot');
    expect(await names(['--server', 'http://127.0.0.1:1'])).toBe('');
    expect(await names([], { AIM_TOKEN: 'refused' })).toBe('');
  });
});

function isThere(shell: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${shell}`]);
    return true;
  } catch {
    return false;
  }
}
