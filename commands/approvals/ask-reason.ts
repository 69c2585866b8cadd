// The reason of a denial, asked for where the command line gave none. No reason is no denial.

import { AIMError, ExitCode } from '../../src/errors.ts';
import { whyNotDecide } from '../../src/state/approvals/why-not.ts';
import type { ActionContext } from '../action.ts';
import { ask } from '../ask-line.ts';
import { reasonOption } from '../change-options.ts';
import type { ExaminedRequest } from './request-argument.ts';
import { whatDecides } from './what-decides.ts';

/** @returns empty where it takes no decision, which is refused next. @throws AIMError exit 3 where nothing is typed. */
export async function askReason(examined: ExaminedRequest, { io, signal }: ActionContext): Promise<string> {
  if (whyNotDecide(examined.shown.request, false) !== null) return '';
  const width = io.stderr.isTTY === true ? io.stderr.columns || 80 : null;
  io.stderr.write(`${whatDecides(examined, width).join('\n')}\n`);
  const typed = await ask('Deny it, because (the agent is told; Enter alone leaves it): ', io, signal);
  const { success, data, error } = reasonOption.schema.safeParse(typed.trim() === '' ? undefined : typed);
  if (success && data !== undefined) return data;
  const why = error?.issues[0]?.message;
  throw new AIMError('usage', 'declined', {
    message: why === undefined ? 'Nothing was done.' : `The reason is not taken: ${why}. Nothing was done.`,
    exitCode: ExitCode.Cancelled,
  });
}
