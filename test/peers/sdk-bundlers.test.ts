// An agent in one file, as people deploy it: bundled by what they bundle with, it registers, acts, waits, looks around and logs.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { npmPeers } from './npm-peers.ts';

const PEERS = [
  'rollup@4.68.7',
  '@rollup/plugin-node-resolve@16.0.3',
  '@rollup/plugin-commonjs@29.0.3',
  '@rollup/plugin-json@6.1.0',
  'webpack@5.112.2',
  'webpack-cli@7.3.1',
  '@vercel/ncc@0.45.0',
  'vite@8.3.8',
];
const peers = join(process.env['AIM_PEER_CACHE'] ?? join(tmpdir(), 'aim-peers'), 'bundlers', 'node_modules');
const root = fileURLToPath(new URL('../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'aim-bundlers-'));

const AGENT = `
import { A2AClient, AttestationCache, SecurityLogger, autoDetectAgentType, autoDetectCapabilities, autoDetectMcps, secure } from 'aim-terminal';
import { scriptedAgent, startTestControlPlane } from 'aim-terminal/testing';
import { readFileSync } from 'node:fs';
async function main() {
  const { agent: double } = scriptedAgent({ 'db:read': 'allowed' });
  const plane = await startTestControlPlane();
  const agent = await secure('bundled', { aimUrl: plane.url, apiKey: await plane.apiKey(), telemetry: true, autoDetectMcp: true });
  await plane.trust(agent.agentId, ['db:read']);
  const waiting = agent.requireApproval('pay:out', { timeoutSeconds: 20 }, () => 'approved');
  await plane.approve(await plane.nextPending());
  const log = new SecurityLogger({ logFile: process.env.HOME + '/security.log' });
  log.logAuthorization('CAPABILITY_GRANTED', { action: 'db:read', granted: true });
  await log.flush();
  console.log(JSON.stringify([
    await double.performAction('db:read', () => 'ran'),
    await agent.performAction('db:read', () => 'ran'),
    await agent.performAction('db:drop', () => 'ran').catch(({ code }) => code),
    await waiting,
    typeof (await autoDetectAgentType()).type,
    Array.isArray(await autoDetectCapabilities()),
    Array.isArray(await autoDetectMcps()),
    (await new AttestationCache({ agentId: agent.agentId }).shouldAttest('server')).reason,
    typeof new A2AClient(agent).signRequest('POST', '/', '{}').signature,
    readFileSync(process.env.HOME + '/security.log', 'utf8').includes('db:read'),
  ]));
  await agent.close();
  await plane.stop();
}
main();
`;
const DONE = ['ran', 'ran', 'action.denied', 'approved', 'string', true, true, 'first_use', 'string', true];

const ROLLUP = (format: string) => `
import resolve from '@rollup/plugin-node-resolve'; import commonjs from '@rollup/plugin-commonjs'; import json from '@rollup/plugin-json';
const ending = '${format === 'cjs' ? 'cjs' : 'mjs'}';
export default { input: 'agent.js', plugins: [resolve({ preferBuiltins: true }), commonjs(), json()],
  output: { dir: 'rollup-${format}', format: '${format}', entryFileNames: '[name].' + ending, chunkFileNames: '[name]-[hash].' + ending } };`;
const ESBUILD = `
import { buildSync } from 'esbuild';
const [format, outfile, minified] = process.argv.slice(2);
buildSync({ entryPoints: ['agent.js'], bundle: true, platform: 'node', logLevel: 'error', format, outfile, minify: minified !== undefined });`;
const WEBPACK = `export default { target: 'node', mode: 'none', entry: './agent.js', output: { path: process.cwd() + '/webpack', filename: 'agent.cjs' } };`;
const VITE = `export default { ssr: { noExternal: true }, build: { ssr: 'agent.js', outDir: 'vite', rollupOptions: { output: { entryFileNames: '[name].mjs' } } } };`;

beforeAll(() => {
  npmPeers('bundlers', PEERS);
  const installed = join(project, 'node_modules');
  mkdirSync(installed);
  for (const name of ['zod', 'esbuild', '@esbuild']) symlinkSync(join(root, 'node_modules', name), join(installed, name));
  for (const name of ['@rollup', 'rollup']) symlinkSync(join(peers, name), join(installed, name));
  mkdirSync(join(installed, 'aim-terminal'));
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, 'aim-terminal', name), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "bundled", "type": "module" }');
  writeFileSync(join(project, 'agent.js'), AGENT);
  writeFileSync(join(project, 'esbuild.js'), ESBUILD);
  writeFileSync(join(project, 'rollup-es.js'), ROLLUP('es'));
  writeFileSync(join(project, 'rollup-cjs.js'), ROLLUP('cjs'));
  writeFileSync(join(project, 'webpack.js'), WEBPACK);
  writeFileSync(join(project, 'vite.js'), VITE);
}, 300_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test.each<[title: string, bundling: string[], bundle: string]>([
  ['esbuild, ES modules', ['esbuild.js', 'esm', 'esbuild/agent.mjs'], 'esbuild/agent.mjs'],
  ['esbuild, CommonJS', ['esbuild.js', 'cjs', 'esbuild/agent.cjs'], 'esbuild/agent.cjs'],
  ['esbuild, minified', ['esbuild.js', 'esm', 'esbuild/small.mjs', 'minified'], 'esbuild/small.mjs'],
  ['rollup, ES modules', ['rollup/dist/bin/rollup', '-c', 'rollup-es.js', '--silent'], 'rollup-es/agent.mjs'],
  ['rollup, CommonJS', ['rollup/dist/bin/rollup', '-c', 'rollup-cjs.js', '--silent'], 'rollup-cjs/agent.cjs'],
  ['webpack', ['webpack-cli/bin/cli.js', '-c', 'webpack.js', '--stats', 'errors-only'], 'webpack/agent.cjs'],
  ['vite, for a server', ['vite/bin/vite.js', 'build', '-c', 'vite.js', '--logLevel', 'error'], 'vite/agent.mjs'],
  ['ncc', ['@vercel/ncc/dist/ncc/cli.js', 'build', 'agent.js', '-o', 'ncc', '-q'], 'ncc/index.js'],
])(
  '%s',
  (_, [program = '', ...words], bundle) => {
    execFileSync(process.execPath, [program === 'esbuild.js' ? program : join(peers, program), ...words], {
      cwd: project,
      stdio: 'pipe',
    });
    // What it needs must be in it: a folder without a node_modules above.
    const away = mkdtempSync(join(tmpdir(), 'aim-bundle-'));
    try {
      cpSync(join(project, dirname(bundle)), away, { recursive: true });
      const file = join(away, bundle.slice(dirname(bundle).length + 1));
      const env = { PATH: process.env['PATH'], HOME: away };
      expect(JSON.parse(execFileSync(process.execPath, [file], { cwd: away, env, encoding: 'utf8' }))).toEqual(DONE);
    } finally {
      rmSync(away, { recursive: true, force: true });
    }
  },
  180_000,
);
