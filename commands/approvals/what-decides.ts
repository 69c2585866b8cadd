// What a decision hangs on, in three rows: they stand right above the question, where nothing has scrolled them away.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Verdict } from '../../src/state/approvals/verdict.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { oneRow } from '../output/one-row.ts';
import type { ExaminedRequest } from './request-argument.ts';

/** Our own words come first in each row, so that no name of others passes for one of them. */
export function whatDecides({ id, shown: { request, verdict } }: ExaminedRequest, width: number | null): Printable[] {
  const { capability, resource } = actionOf(request, verdict);
  const what = oneRow(named(capability), width === null ? null : Math.max(20, Math.floor(width / 2)));
  const rows = [
    `risk ${request.riskLevel}, ${signature(verdict)}, id ${visible(id)}`,
    `agent ${visible(request.agentName ?? request.agentId)}`,
    `action ${what} on ${resource === null ? 'nothing named' : visible(resource)}`,
  ];
  return rows.map((row) => oneRow(row as Printable, width));
}

/** A name that is no plain word stands in quotes: what it holds may not pass for the resource. */
const named = (capability: string): Printable =>
  (capability === '' ? 'not said' : PLAIN.test(capability) ? capability : JSON.stringify(visible(capability))) as Printable;
const PLAIN = /^[\w:.*/@-]+$/;

const signature = ({ kind, isFirstUse }: Verdict): string =>
  kind === 'signed' && isFirstUse ? 'signed (new key)' : words[kind];

const words: Record<Verdict['kind'], string> = {
  signed: 'signed',
  unsigned: 'NOT SIGNED',
  misfit: 'SIGNATURE DOES NOT FIT',
  uninspectable: 'CANNOT BE INSPECTED',
  'key-changed': 'signed with ANOTHER KEY',
};
