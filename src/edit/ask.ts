// One call of an editor that has no method of its own in the client.

import { refusal } from '../http/refusal.ts';
import type { EditApi } from './document.ts';

/** The body of the answer. @throws AIMError for every refusal, by the table of exit codes. */
export async function ask(
  api: EditApi,
  method: string,
  path: string,
  body: unknown,
  signal: AbortSignal,
  ifMatch?: string | undefined,
): Promise<unknown> {
  const answer = await api.raw(method, path, { body, signal, ifMatch });
  if (answer.status >= 400) throw refusal({ ...answer, subject: path.split('/')[3] ?? 'routes', server: api.server });
  return answer.body;
}
