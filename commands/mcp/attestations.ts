// `aim mcp attestations`: who vouched for a server, whether their signatures hold, and how far all of them are from consensus.

import { ExitCode, UsageError } from '../../src/errors.ts';
import { consensusProgress } from '../../src/mcp/registry-facts.ts';
import { type Verdict, verifyAttestations } from '../../src/mcp/verify-attestation.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import type { McpAttestation, McpConsensus } from '../../src/wire/mcp.ts';
import { defineAction } from '../action.ts';
import { tableView } from '../output/view.ts';
import { serverArgument } from './servers.ts';

export type CheckedAttestation = {
  id: string;
  by: string;
  kind: 'sdk' | 'manual';
  verifiedAt: string | null;
  isValid: boolean;
  tools: string[];
  signature: Verdict;
};
type Listed = { items: CheckedAttestation[]; nextCursor: null; total: number; consensus: McpConsensus | null };

export const attestations = defineAction({
  id: 'mcp.attestations',
  summary: 'List who vouches for an MCP server, and check their signatures here',
  description:
    "Each signature is checked on this machine with the agent's public key, so that the control plane's word is not needed for it. Exit 1 where one does not hold or is there twice.",
  examples: [{ command: 'mcp attestations notes', summary: 'Who vouches, and how far it is to consensus' }],
  args: { server: serverArgument },
  options: {},
  run: async ({ api, signal }, { server }): Promise<Listed> => {
    if (server.id === null)
      throw new UsageError('mcp.not-registered', {
        message: `The control plane does not know ${server.name}.`,
        next: `Attest it: aim mcp attest ${server.name} --agent NAME`,
        exitCode: ExitCode.NotFound,
      });
    const id = server.id as never;
    const [found, consensus] = await Promise.all([
      api.mcp.attestations(id, { signal }),
      // A progress that a server does not tell is not shown.
      api.mcp.consensus(id, { signal }).catch(() => null),
    ]);
    const verdicts = await verifyAttestations(found);
    const items = found.map((each) => checked(each, verdicts.get(each) ?? 'unchecked'));
    return { items, nextCursor: null, total: items.length, consensus };
  },
  view: tableView({
    rows: ({ items }: Listed) => items,
    columns: [
      { key: 'by', title: 'By', value: ({ by }: CheckedAttestation) => asUntrusted(by) },
      { key: 'signature', title: 'Signature', value: ({ signature }: CheckedAttestation) => asUntrusted(signature) },
      { key: 'isValid', title: 'Valid', value: ({ isValid }: CheckedAttestation) => isValid },
      {
        key: 'verifiedAt',
        title: 'At',
        value: ({ verifiedAt }: CheckedAttestation) => (verifiedAt === null ? null : asUntrusted(verifiedAt)),
        format: 'time',
        giveUp: 2,
      },
      {
        key: 'tools',
        title: 'Tools',
        value: ({ tools }: CheckedAttestation) => asUntrusted(tools.join(' ')),
        grow: true,
        giveUp: 1,
      },
    ],
    empty: 'Nobody has attested this server: aim mcp attest NAME --agent AGENT',
    next: ({ consensus }: Listed) => (consensus === null ? null : consensusProgress(consensus)),
  }),
  exitCode: ({ items }) =>
    items.some(({ signature }) => signature === 'broken' || signature === 'replayed') ? ExitCode.Failure : ExitCode.Ok,
});

function checked(attestation: McpAttestation, signature: Verdict): CheckedAttestation {
  const { id, agentName, attestationType, verifiedAt, isValid, capabilitiesConfirmed } = attestation;
  return {
    id,
    by: agentName ?? (attestationType === 'manual' ? 'a person' : 'an agent that is gone'),
    kind: attestationType,
    verifiedAt,
    isValid: isValid === true,
    tools: capabilitiesConfirmed.map(String),
    signature,
  };
}
