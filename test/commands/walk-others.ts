// The walk's steps that need somebody else: an MCP server that answers and changes, an agent card, a program to run, a control plane to stop.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signCard } from '../../src/a2a/card-signature.ts';
import { readAgentCard } from '../../src/a2a/read-agent-card.ts';
import { saveAgentCredentials } from '../../src/credentials/agent-credentials.ts';
import { generateSigningKey, type SigningKey } from '../../src/crypto/ed25519.ts';
import type { Walk } from './walk.ts';

const mcpServer = fileURLToPath(new URL('../fixtures/mcp/servers/server.mjs', import.meta.url));

type Listed = { items: { id: string; email?: string }[] };

export function stepsWithOthers({ machine, plane, prints }: Walk, agent: { id: string; key: SigningKey }) {
  return {
    'about agent cards': async () => {
      const signer = generateSigningKey();
      const unsigned = readAgentCard(await prints('a2a.card', ['billing-bot', '--url', 'https://billing.example']));
      const card = join(machine.root, 'agent-card.json');
      writeFileSync(card, JSON.stringify(signCard(unsigned, signer)));
      await prints('a2a.discover', [card]);
      await prints('a2a.verify', [card, '--key', signer.publicKey]);
    },
    'about MCP servers that change': async () => {
      const words = join(machine.root, 'words.json');
      const says = (description: string) => writeFileSync(words, JSON.stringify({ description }));
      says('Adds two numbers.');
      mkdirSync(join(machine.home, '.cursor'), { recursive: true });
      const mcpServers = { sums: { command: process.execPath, args: [mcpServer, 'words', words] } };
      writeFileSync(join(machine.home, '.cursor', 'mcp.json'), JSON.stringify({ mcpServers }), { mode: 0o600 });
      const { privateKey, publicKey } = agent.key;
      const held = { agentId: agent.id, name: 'billing-bot', aimUrl: plane.url, privateKey, publicKey };
      await saveAgentCredentials({ ...held, status: null, trustScore: null }, { folder: join(machine.home, '.aim') });
      await prints('mcp.inspect', ['sums', '--yes']);
      await prints('mcp.record', ['sums', '--yes']);
      await prints('mcp.attest', ['sums', '--agent', 'billing-bot', '--yes']);
      await prints('mcp.attestations', ['sums']);
      for (const [verb, description] of [
        ['approve', 'Adds numbers.'],
        ['deny', 'Adds numbers, and more.'],
      ] as const) {
        says(description);
        await prints('mcp.record', ['sums', '--yes']);
        await prints('mcp.drift.show', ['sums']);
        await prints('mcp.drift.acknowledge', ['sums']);
        await prints(`mcp.drift.${verb}`, ['sums', '--yes', '--reason', 'looked at']);
      }
      await prints('mcp.history', ['sums']);
    },
    'about other programs': async () => {
      await prints('exec', ['--as', 'billing-bot', '--capability', 'db:read', '--', 'true']);
      const data = join(machine.root, 'another plane');
      mkdirSync(data, { recursive: true });
      await prints('serve', ['--detach', '--data', data]);
      await prints('serve.stop', ['--data', data]);
    },
    'about keys and the sign-in': async () => {
      const { items } = (await prints('approvals.keys')) as Listed;
      await prints('approvals.revoke-key', [items[0]?.id ?? '', '--yes']);
      const people = (await prints('users.ls')) as Listed;
      const me = people.items.find(({ email }) => email === plane.admin.email)?.id ?? '';
      await prints('users.remove-key', [me, '--yes']);
      await prints('logout');
    },
  };
}
