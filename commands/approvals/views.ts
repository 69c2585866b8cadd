// How requests for approval look on the command line: facts first, what the agent claims last and labelled as such.

import type { Page } from '../../src/http/api.ts';
import { statusWords } from '../../src/state/approvals/outcome.ts';
import { asUntrusted, ours, type Printable, type Untrusted } from '../../src/text/brand.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import { moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Cell, tableView, type View } from '../output/view.ts';
import type { Decided } from './decide.ts';
import type { ExaminedRequest } from './request-argument.ts';

export const approvalTable: View<Page<ApprovalRequest> | Pages<ApprovalRequest>> = tableView({
  rows: rowsOf<ApprovalRequest>,
  columns: [
    { key: 'id', title: 'Id', value: (request) => asUntrusted(request.id), format: 'id' },
    { key: 'agentName', title: 'Agent', value: (request) => request.agentName ?? asUntrusted(request.agentId) },
    { key: 'capability', title: 'Capability', value: (request) => request.capability },
    { key: 'resource', title: 'Resource', value: (request) => request.resource, grow: true },
    { key: 'riskLevel', title: 'Risk', value: (request) => asUntrusted(request.riskLevel) },
    { key: 'status', title: 'Status', value: statusWords },
    { key: 'requestedAt', title: 'Asked', value: (request) => request.requestedAt, format: 'age', giveUp: 1 },
    { key: 'expiresAt', title: 'Ends', value: (request) => request.expiresAt, format: 'time', giveUp: 2 },
  ],
  empty: 'Nothing waits for a decision.',
  next: (result) =>
    moreHint(result) ??
    (rowsOf(result).some(({ status }) => status === 'pending')
      ? 'Look at one before deciding: aim approvals show ID'
      : rowsOf(result).length > 0
        ? 'Look at one: aim approvals show ID'
        : null),
});

/** Nothing in it can be anything but a command: also an id is a word of letters and digits. */
const COMMAND = /^aim approvals (approve|deny) [\w-]{1,64} (--yes|--if-match [0-9a-f]{64}|--reason TEXT)$/;

/** Facts first, in the order of the decision panel; then what the agent claims, each line in a gutter of its own. */
export const approvalView: View<ExaminedRequest> = {
  kind: 'text',
  lines: (examined) => [...factLines(examined), ...howToDecide(examined)],
  isWhole: ([label, command]) => typeof label === 'string' && /^(approve|deny) +$/.test(label) && COMMAND.test(String(command)),
};

/** What is shown before the command line asks, too. */
export function factLines({ id, shown: { request }, dossier: { verdict, facts, claims } }: ExaminedRequest): Lines {
  return [
    ...block('request', asUntrusted(id)),
    ...block('status', statusWords(request)),
    ...block('signature', verdict.title),
    ...block('', verdict.because),
    ...facts.flatMap((fact) => block(fact.label, fact.value)),
    ...(verdict.signed === null ? [] : block('action hash', asUntrusted(verdict.signed.hash))),
    ...(claims.length === 0 ? [] : [[], [ours('The agent says (unverified):')]]),
    ...claims.flatMap((claim) =>
      claim.text.split('\n').map((row) => [ours('  | '), claim.label, ours(': '), row as Printable]),
    ),
  ];
}

type Lines = readonly (readonly Cell[])[];

// A value of several lines stays beside its label, so that no line of it passes for a label of ours.
const block = (label: string, value: Printable | Untrusted): Lines =>
  value.split('\n').map((row, index) => [ours((index === 0 ? label : '').padEnd(18)), row as Printable]);

function howToDecide({ id, shown: { request, verdict } }: ExaminedRequest): Lines {
  if (request.status !== 'pending') return [];
  const bound = verdict.signed === null ? '--yes' : `--if-match ${verdict.signed.hash}`;
  return [
    [],
    ...block('approve', asUntrusted(`aim approvals approve ${id} ${bound}`)),
    ...block('deny', asUntrusted(`aim approvals deny ${id} --reason TEXT`)),
  ];
}

/** What now holds on the server, not what was sent. `--json` is the request as it is now. */
export const decisionView: View<Decided> = {
  kind: 'text',
  lines: ({ request: { id, grant, undoUntil }, words }) => [
    [words],
    ...(undoUntil === null ? [] : [[ours('Take it back with: aim approvals undo '), asUntrusted(id)]]),
    ...(grant === null ? [] : [[ours('End the permission with: aim approvals revoke '), asUntrusted(grant.id)]]),
  ],
};
