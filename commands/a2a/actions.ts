// `aim a2a`: agent cards: made, fetched, checked, and how far their agents are trusted.

import { z } from 'zod';
import { A2AAgentCard } from '../../src/a2a/agent-card.ts';
import { verifyCard } from '../../src/a2a/card-signature.ts';
import { type AgentCard, readAgentCard } from '../../src/a2a/read-agent-card.ts';
import { PolicyError } from '../../src/errors.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { agentArgument } from '../agents/agent-argument.ts';
import type { View } from '../output/view.ts';
import { callForRow, column, rowRecord } from '../rows.ts';
import { fetchCard } from './fetch-card.ts';

const cardView: View<AgentCard> = {
  kind: 'record',
  fields: [
    { key: 'name', title: 'Name', value: (card) => asUntrusted(card.name) },
    { key: 'description', title: 'Description', value: (card) => asUntrusted(card.description) },
    { key: 'version', title: 'Version', value: (card) => asUntrusted(card.version) },
    {
      key: 'interfaces',
      title: 'Answers at',
      value: ({ supportedInterfaces }) =>
        asUntrusted(
          supportedInterfaces
            .map(({ url, protocolBinding, protocolVersion }) => `${url} (${protocolBinding} ${protocolVersion})`)
            .join(', '),
        ),
    },
    { key: 'skills', title: 'Skills', value: ({ skills }) => asUntrusted(skills.map(({ id }) => id).join(', ')) },
    { key: 'signatures', title: 'Signatures', value: ({ signatures }) => signatures?.length ?? 0, format: 'number' },
  ],
  next: () => 'Its signatures: aim a2a verify URL --key KEY',
};

const source: Argument<string> = { summary: 'The address of an agent or of its card, or a file', parse: (text) => text };

const card = defineAction({
  id: 'a2a.card',
  summary: 'Print the agent card of an agent, to publish',
  examples: [
    {
      command: 'a2a card billing-bot --url https://billing.example > agent-card.json',
      summary: 'For /.well-known/agent-card.json',
    },
  ],
  args: { agent: agentArgument },
  options: { url: { summary: 'Where the agent answers', value: 'URL', schema: z.url().optional() } },
  run: async ({ api }, { agent }, { url }) =>
    new A2AAgentCard({
      agentId: agent.id,
      name: agent.name,
      description: agent.description ?? '',
      capabilities: agent.capabilities,
      publicKey: agent.publicKey ?? undefined,
      aimUrl: api.server,
      version: agent.version ?? undefined,
      url,
    }).toJSON(),
  view: {
    kind: 'text',
    lines: (made) =>
      terminalJson(made, 2)
        .split('\n')
        .map((row) => [asUntrusted(row)]),
  },
});

const discover = defineAction({
  id: 'a2a.discover',
  summary: 'Fetch the card of an agent and show it',
  examples: [{ command: 'a2a discover https://billing.example', summary: 'From its well-known address' }],
  args: { source },
  options: {},
  needs: 'none',
  run: async (context, args) => readAgentCard(await fetchCard(args.source, context)),
  view: cardView,
});

const verify = defineAction({
  id: 'a2a.verify',
  summary: 'Check the signatures of an agent card',
  description:
    'Exit 5 where there is no signature, or one does not fit. Without --key the keys are those that the cards themselves name, which proves only that the card is whole.',
  examples: [{ command: 'a2a verify https://billing.example --key R1kR…', summary: 'With the key that the agent has' }],
  args: { source },
  options: {
    key: {
      summary: 'A public key that may have signed it; give it again for more',
      value: 'KEY',
      schema: z.array(z.string().length(44, 'it is not 32 bytes in base64')).default([]),
      repeatable: true,
    },
  },
  needs: 'none',
  run: async (context, args, { key }) => {
    const found = readAgentCard(await fetchCard(args.source, context));
    const { valid, verified, failed } = verifyCard(found, (kid) => (key.length === 0 || key.includes(kid) ? kid : null));
    if (valid) return { valid, name: found.name, verified, isKeyKnown: key.length > 0 };
    throw new PolicyError('a2a.signature', {
      message:
        failed.length === 0
          ? 'The card has no signature.'
          : 'A signature of the card does not fit, or is of no key that was named.',
      next: 'Ask its operator for the card and the key, another way.',
      current: { verified, failed },
    });
  },
  view: {
    kind: 'text',
    lines: ({ name, verified, isKeyKnown }) => [
      [
        ours('The card of '),
        asUntrusted(name),
        ours(isKeyKnown ? ' is signed with a key that you named:' : ' is whole, signed with a key that it names itself:'),
      ],
      ...verified.map((key) => [ours('  '), asUntrusted(key)]),
    ],
  },
});

const trust = defineAction({
  id: 'a2a.trust',
  summary: 'Show how far other agents trust an agent',
  args: { agent: agentArgument },
  options: {},
  run: (context, { agent }) => callForRow(context, { path: `/api/v1/a2a/agents/${agent.id}/trust-score`, subject: 'a2a' }),
  view: rowRecord([
    column('a2aTrustScore', 'Trust'),
    column('peerTrustAverage', 'Average of peers'),
    column('uniquePeersCount', 'Peers'),
  ]),
});

export const a2aActions: readonly Action[] = [card, discover, verify, trust];
