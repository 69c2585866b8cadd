// How requests for approval look on the command line: facts first, what the agent claims last and labelled as such.

import type { Page } from '../../src/http/api.ts';
import { asUntrusted, ours, type Printable } from '../../src/text/brand.ts';
import type { ApprovalRequest, DecisionAnswer } from '../../src/wire/verification.ts';
import { moreHint } from '../lists.ts';
import { type Pages, rowsOf } from '../output/pages.ts';
import { type Cell, tableView, type View } from '../output/view.ts';
import type { ExaminedRequest } from './request-argument.ts';

export const approvalTable: View<Page<ApprovalRequest> | Pages<ApprovalRequest>> = tableView({
  rows: rowsOf<ApprovalRequest>,
  columns: [
    { key: 'id', title: 'Id', value: (request) => asUntrusted(request.id), format: 'id' },
    { key: 'agentName', title: 'Agent', value: (request) => request.agentName ?? asUntrusted(request.agentId) },
    { key: 'capability', title: 'Capability', value: (request) => request.capability },
    { key: 'resource', title: 'Resource', value: (request) => request.resource, grow: true },
    { key: 'riskLevel', title: 'Risk', value: (request) => asUntrusted(request.riskLevel) },
    { key: 'status', title: 'Status', value: (request) => asUntrusted(request.status) },
    { key: 'requestedAt', title: 'Asked', value: (request) => request.requestedAt, format: 'age', giveUp: 1 },
    { key: 'expiresAt', title: 'Ends', value: (request) => request.expiresAt, format: 'time', giveUp: 2 },
  ],
  empty: 'Nothing waits for a decision.',
  next: (result) =>
    moreHint('approvals ls')(result) ??
    (rowsOf(result).length > 0 ? 'Look at one before deciding: aim approvals show ID' : null),
});

/** Facts first, in the order of the decision panel; then what the agent claims, each line in a gutter of its own. */
export const approvalView: View<ExaminedRequest> = {
  kind: 'text',
  lines: (request) => [
    ...factLines(request),
    ...(request.status === 'pending' ? [[], ...howToDecide(request)] : [[ours(label('status')), asUntrusted(request.status)]]),
  ],
};

/** What is shown before the command line asks, too. */
export function factLines({ id, dossier: { verdict, facts, claims } }: ExaminedRequest): readonly (readonly Cell[])[] {
  return [
    [ours(label('request')), asUntrusted(id)],
    [ours(label('signature')), verdict.title],
    [ours(label('')), verdict.because],
    ...facts.flatMap((fact) => block(fact.label, fact.value)),
    ...(verdict.signed === null ? [] : [[ours(label('action hash')), asUntrusted(verdict.signed.hash)]]),
    ...(claims.length === 0 ? [] : [[], [ours('The agent says (nobody has checked this):')]]),
    ...claims.flatMap((claim) =>
      claim.text.split('\n').map((row) => [ours('  | '), claim.label, ours(': '), row as Printable]),
    ),
  ];
}

// A value of several lines stays below its label, so that no line of it passes for a label of ours.
function block(name: Printable, value: Printable): (readonly Cell[])[] {
  return value.split('\n').map((row, index) => [ours(label(index === 0 ? name : '')), row as Printable]);
}

const label = (text: string) => text.padEnd(18);

function howToDecide({ id, verdict: { actionHash } }: ExaminedRequest): (readonly Cell[])[] {
  const bound = actionHash === null ? '--yes' : `--if-match ${actionHash}`;
  return [
    [ours(label('approve')), asUntrusted(`aim approvals approve ${id} ${bound}`)],
    [ours(label('deny')), asUntrusted(`aim approvals deny ${id} --reason TEXT`)],
  ];
}

/** What now holds on the server, not what was sent. */
export const decisionRecord: View<DecisionAnswer> = {
  kind: 'record',
  fields: [
    { key: 'id', title: 'Request', value: (answer) => asUntrusted(answer.id), format: 'id' },
    { key: 'status', title: 'Now', value: (answer) => asUntrusted(answer.status) },
    {
      key: 'approvals',
      title: 'Approvals',
      value: ({ quorum }) =>
        quorum === null
          ? null
          : asUntrusted(
              `${quorum.reviews.filter(({ decision }) => decision === 'approve').length} of ${quorum.approvalsNeeded}`,
            ),
    },
    { key: 'by', title: 'By', value: (answer) => answer.approvedBy ?? answer.deniedBy },
    { key: 'at', title: 'At', value: (answer) => answer.approvedAt ?? answer.deniedAt, format: 'time' },
    { key: 'denialReason', title: 'Reason', value: (answer) => answer.denialReason },
    { key: 'grantId', title: 'Grant', value: ({ grant }) => (grant === null ? null : asUntrusted(grant.id)), format: 'id' },
    { key: 'grantExpiresAt', title: 'Until', value: ({ grant }) => grant?.expiresAt, format: 'time' },
    { key: 'grantUses', title: 'Uses', value: ({ grant }) => grant?.usesAllowed, format: 'number' },
    { key: 'message', title: 'Server says', value: (answer) => answer.message },
  ],
  next: ({ grant }) => (grant === null ? null : `Take it back: aim approvals revoke ${grant.id}`),
};
