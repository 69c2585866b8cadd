// The packed SDK in other people's projects: what their TypeScript finds, what their modules load, and their method decorators running.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmPeers } from './npm-peers.ts';

const PEERS = [
  '@arethetypeswrong/cli@0.18.5',
  'typescript-5@npm:typescript@5.9.3',
  'typescript-6@npm:typescript@6.0.3',
  '@types/node@22.20.1',
];
const peers = join(process.env['AIM_PEER_CACHE'] ?? join(tmpdir(), 'aim-peers'), 'types', 'node_modules');
const project = mkdtempSync(join(tmpdir(), 'aim-types-'));
let archive: string;

const run = (program: string, args: string[], cwd = project): string =>
  execFileSync(process.execPath, [program, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' });

beforeAll(() => {
  npmPeers('types', PEERS);
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', project];
  const output = execFileSync('npm', packing, { cwd: fileURLToPath(new URL('../..', import.meta.url)), encoding: 'utf8' });
  const answer = JSON.parse(output) as { filename: string }[] | Record<string, { filename: string }>;
  archive = join(project, Object.values(answer)[0]?.filename ?? '');
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module" }');
  const installing = ['install', '--omit=optional', '--no-audit', '--no-fund', '--prefer-offline', archive];
  execFileSync('npm', installing, { cwd: project, stdio: 'pipe' });
}, 180_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('“Are the types wrong” finds nothing, for a package of ES modules', () => {
  const attw = join(peers, '@arethetypeswrong/cli/dist/index.js');
  // It ends with 1 where it finds something.
  const told = run(attw, [archive, '--profile', 'esm-only', '--format', 'ascii']);
  expect(told.match(/bundler: 🟢/g)).toHaveLength(3);
});

const AGENT = `
import { type AIMClient, type Verification, VerificationError } from 'aim-terminal';
import { scriptedAgent } from 'aim-terminal/testing';

const { agent }: { agent: AIMClient } = scriptedAgent({ 'db:read': 'allowed' });

class Store {
  readonly #rows = ['ada', 'bob'];
  @agent.action('db:read', { resource: (from: number) => \`rows from \${from}\` })
  async rows(from: number): Promise<string[]> {
    return this.#rows.slice(from);
  }
}

const rows: string[] = await new Store().rows(1);
const count: (upTo: number) => AsyncGenerator<number, string, unknown> = agent.action('db:read')(function* (upTo: number) {
  for (let at = 1; at <= upTo; at += 1) yield at;
  return 'end';
});
const seen: number[] = [];
for await (const at of count(2)) seen.push(at);
const { verificationId }: Verification = await agent.verifyCapability('db:read');
const refused: boolean = await agent.verifyCapability('db:drop').then(() => false, (error: unknown) => error instanceof VerificationError || true);
// @ts-expect-error an agent's name is a text
agent.name = 7;
console.log(rows, seen, typeof verificationId, refused);
await agent.close();
`;

test.each<[title: string, typescript: string, module: string, moduleResolution: string]>([
  ['TypeScript 5 and NodeNext', 'typescript-5', 'nodenext', 'nodenext'],
  ['TypeScript 5 and Bundler', 'typescript-5', 'esnext', 'bundler'],
  ['TypeScript 6 and NodeNext', 'typescript-6', 'nodenext', 'nodenext'],
])('an agent compiles strictly with %s, and runs with its decorator', (title, typescript, module, moduleResolution) => {
  const folder = join(project, title);
  mkdirSync(folder);
  writeFileSync(join(folder, 'agent.ts'), AGENT);
  compile(typescript, folder, 'agent.ts', { module, moduleResolution });
  expect(run('agent.js', [], folder)).toBe("[ 'bob' ] [ 1, 2 ] string true\n");
});

test('a CommonJS file has it by import()', () => {
  const folder = join(project, 'common');
  mkdirSync(folder);
  const source = `
    type Sdk = typeof import('aim-terminal', { with: { 'resolution-mode': 'import' } });
    export async function load(): Promise<Sdk['secure']> { return (await import('aim-terminal')).secure; }
    load().then((secure) => console.log(typeof secure));
  `;
  writeFileSync(join(folder, 'agent.cts'), source);
  compile('typescript-5', folder, 'agent.cts', { module: 'nodenext', moduleResolution: 'nodenext' });
  expect(run('agent.cjs', [], folder)).toBe('function\n');
});

test('require() loads it, as Node does since 22.12', () => {
  writeFileSync(join(project, 'required.cjs'), "console.log(typeof require('aim-terminal').secure)");
  expect(run('required.cjs', [])).toBe('function\n');
});

function compile(typescript: string, folder: string, file: string, options: Record<string, unknown>): void {
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'dom'],
    types: ['node'],
    typeRoots: [join(peers, '@types')],
    ...options,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  run(join(peers, typescript, 'bin/tsc'), ['-p', folder]);
}
