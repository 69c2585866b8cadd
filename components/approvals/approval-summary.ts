// One sentence of what an approval will allow, shown where it is confirmed.

import { actionOf } from '../../src/state/approvals/action-facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import type { Printable } from '../../src/text/brand.ts';
import { counted } from '../../src/text/say.ts';
import { duration } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';

/** `file:write on /etc/hosts, for 15m, 1 use`. Long names are cut here, with a count: above they stand in full. */
export function approvalSummary({ shown, narrow }: Panel): Printable {
  const { request, verdict } = shown;
  const action = actionOf(request, verdict);
  const resource = narrow.resource ?? action.resource;
  const seconds = narrow.durationSeconds ?? request.allowed?.suggestedDurationSeconds ?? request.asked?.durationSeconds ?? null;
  const uses = narrow.uses ?? request.allowed?.suggestedUses ?? request.asked?.uses ?? null;
  const on = resource === null ? '' : ` on ${visible(resource, { max: 60 })}`;
  const span = seconds === null ? '' : `, for ${duration(seconds)}`;
  const times = uses === null ? '' : `, ${counted(uses, 'use')}`;
  return `${visible(action.capability, { max: 60 })}${on}${span}${times}` as Printable;
}
