// `--wait`: until a request is decided, or as long as `--timeout` says.

import { z } from 'zod';
import { ExitCode, RemoteError } from '../../src/errors.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { VerificationId } from '../../src/wire/scalars.ts';
import type { ApprovalRequest } from '../../src/wire/verification.ts';
import type { ActionContext, Option } from '../action.ts';

export const waitOption = {
  summary: 'Wait until it is decided, for at most --timeout (exit 11 then; without it as long as it takes)',
  schema: z.boolean().default(false),
} as const satisfies Option;

/** @throws RemoteError, exit 11, when the patience ends first. */
export async function whenDecided(id: VerificationId, context: ActionContext): Promise<ApprovalRequest> {
  const { api, signal } = context;
  const patience = patienceOf(context);
  try {
    const heard = api.events.stream({ types: ['approval'], signal: AbortSignal.any([signal, patience.signal]) });
    for await (const item of heard) {
      // Looked at once the stream stands, so that nothing falls between the two; a link that came back may have missed it.
      if (item.kind === 'link' && item.link.state !== 'live' && item.link.state !== 'polling') continue;
      if (item.kind === 'event' && (item.event.type !== 'approval' || item.event.subject.id !== id)) continue;
      const request = await api.approvals.get(id, { signal });
      if (request.status !== 'pending') return request;
    }
  } finally {
    patience.end();
  }
  signal.throwIfAborted();
  throw tooLong(id);
}

/** `--timeout` as it was given on this command line; the setting of the same name is about single calls. */
export function patienceOf({ settings }: Pick<ActionContext, 'settings'>): { signal: AbortSignal; end(): void } {
  const { value, layer } = settings.explain('timeoutSeconds');
  const controller = new AbortController();
  const timer = layer === 'flag' ? setTimeout(() => controller.abort(), Number(value) * 1000) : undefined;
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

export const tooLong = (id: string | null) =>
  new RemoteError('approval.still-waiting', {
    message: id === null ? 'Nothing was decided in time.' : `Nobody has decided ${id} in time. It still waits.`,
    next: id === null ? 'What waits: aim approvals ls' : `Look: aim approvals show ${id}`,
    exitCode: ExitCode.Timeout,
  });

/** So that `aim approvals show ID --wait && …` goes on only where it was approved. */
export const exitCodeOf = ({ status }: Pick<ApprovalRequest, 'status'>): ExitCode =>
  status === 'approved' ? ExitCode.Ok : status === 'pending' ? ExitCode.Pending : ExitCode.Forbidden;

type Decision = { request: ApprovalRequest; words: Printable; exitCode: ExitCode; toJSON(): ApprovalRequest };

/** A decision that is recorded but needs more of them, once those are there: what then holds is what is told. */
export async function settled<Decided extends Decision>(
  verb: 'approve' | 'deny',
  decided: Decided,
  context: ActionContext,
): Promise<Decided> {
  if (decided.request.status !== 'pending') return decided;
  context.io.note(`aim: ${decided.words}`);
  const request = await whenDecided(decided.request.id, context);
  const isAsWanted = request.status === (verb === 'approve' ? 'approved' : 'denied');
  return {
    ...decided,
    request,
    words: ours(`The request is ${request.status}.`),
    exitCode: isAsWanted ? ExitCode.Ok : ExitCode.Conflict,
    toJSON: () => request,
  };
}
