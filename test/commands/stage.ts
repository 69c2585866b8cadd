// A server, a signed-in operator and an agent that asks, all real: the built program in processes of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { type Finished, freshMachine, type Machine, program, run, waitUntil } from '../pty/terminal.ts';

export const admin = { email: 'ada@example.com', password: 'correct horse battery staple' };

export type Stage = {
  machine: Machine;
  url: string;
  aim(...args: string[]): Promise<Finished>;
  aimWith(options: { input?: string; env?: Record<string, string>; cwd?: string }, ...args: string[]): Promise<Finished>;
  /** What `--json` printed; fails with what was said otherwise. */
  json(...args: string[]): Promise<Record<string, unknown>>;
  end(): Promise<void>;
};

/** A control plane, and a machine on which the administrator is signed in to it. */
export async function openStage(): Promise<Stage> {
  const machine = freshMachine();
  const environment = { ...machine.env, AIM_ADMIN_EMAIL: admin.email, AIM_ADMIN_PASSWORD: admin.password };
  const server = spawn(process.execPath, [program, 'serve', '--data', join(machine.root, 'data')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = collect(server);
  const url = await waitUntil(() => /^listening on (\S+)$/m.exec(said())?.[1], 20_000, said);
  const aimWith: Stage['aimWith'] = ({ input, env = {}, cwd }, ...args) =>
    run(args, {
      env: { ...machine.env, ...env },
      ...(input === undefined ? {} : { input }),
      ...(cwd === undefined ? {} : { cwd }),
    });
  const aim: Stage['aim'] = (...args) => aimWith({}, ...args);
  const login = await aimWith(
    { input: admin.password },
    'login',
    '--server',
    url,
    '--email',
    admin.email,
    '--password-stdin',
    '--store',
    'file',
  );
  if (login.code !== 0) throw new Error(login.stderr);
  return {
    machine,
    url,
    aim,
    aimWith,
    json: async (...args) => {
      const { code, stdout, stderr } = await aim(...args, '--json');
      if (code !== 0) throw new Error(`aim ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Record<string, unknown>;
    },
    end: async () => {
      const ended = new Promise((resolve) => server.once('close', resolve));
      server.kill('SIGTERM');
      await ended;
      machine.remove();
    },
  };
}

function collect(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return () => text;
}

export type Asked = { id: string; status: string; denialReason?: string };
export type TestAgent = {
  id: string;
  name: string;
  ask(capability: string, resource: string, context?: object): Promise<Asked>;
};

/** Registers an agent through `aim api` and lets it act by signed requests of its own. */
export async function enrolAgent(stage: Stage, name: string): Promise<TestAgent> {
  const key = generateSigningKey();
  const body = { name, displayName: name, agentType: 'custom', publicKey: key.publicKey, capabilities: ['db:read'] };
  const created = await stage.aimWith(
    { input: JSON.stringify(body) },
    'api',
    'POST',
    '/api/v1/agents',
    '--body',
    '-',
    '--json',
  );
  if (created.code !== 0) throw new Error(created.stderr);
  const { id } = JSON.parse(created.stdout) as { id: string };
  await stage.json('agents', 'verify', name, '--yes');
  return {
    id,
    name,
    async ask(capability, resource, context = {}) {
      const timestamp = actionTimestamp();
      const signature = key.sign(actionMessage(toSignedAction({ agentId: id, capability, resource, context, timestamp })));
      const response = await fetch(`${stage.url}/api/v1/sdk-api/verifications`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ agentId: id, capability, resource, context, timestamp, signature, publicKey: key.publicKey }),
      });
      return (await response.json()) as Asked;
    },
  };
}

export type ScriptedServer = { url: string; requests: IncomingMessage[]; close(): Promise<void> };

/** A server that answers everything alike: for answers that a well-behaved control plane does not give on demand. */
export async function scriptedServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ScriptedServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const refusing =
  (status: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: `refused with ${status}` }));
  };
