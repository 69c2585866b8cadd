// Two rows of what an approval will allow, shown where it is confirmed: our own words first, so that no name can push them out.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import { givenBy, givenWords } from '../../src/state/approvals/narrowing.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { wrap } from '../../src/text/wrap.ts';

/** `p APPROVES …: 15m from the approval, 1 use: file:write on /etc/hosts`. Long names are cut, with a count: above they stand in full. */
export function approvalSummary({ shown, narrow }: Panel, head: Printable, width: number): Printable {
  const { capability, resource } = actionOf(shown.request, shown.verdict);
  const given = givenWords(givenBy(shown.request, narrow));
  const within = (max: number): Printable => {
    const on = resource === null ? '' : ` on ${visible(resource, { max })}`;
    return `${head} ${given}: ${visible(capability, { max })}${on}` as Printable;
  };
  const longest = LENGTHS.find((max) => wrap(within(max), width).length <= ROWS);
  return longest === undefined ? (`${head} ${given}: what stands above` as Printable) : within(longest);
}

const ROWS = 2;
const LENGTHS = [120, 60, 40, 30, 20, 12, 8];
