// One sentence of what an approval will allow, shown where it is confirmed.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import { givenBy, givenWords } from '../../src/state/approvals/narrowing.ts';
import type { Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';

/** `file:write on /etc/hosts: 15m from the approval, 1 use`. Long names are cut here, with a count: above they stand in full. */
export function approvalSummary({ shown, narrow }: Panel): Printable {
  const { capability, resource } = actionOf(shown.request, shown.verdict);
  const on = resource === null ? '' : ` on ${visible(resource, { max: 60 })}`;
  return `${visible(capability, { max: 60 })}${on}: ${givenWords(givenBy(shown.request, narrow))}` as Printable;
}
