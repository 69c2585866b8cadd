// At the first sign-in the reviewer's key is made, and its public half registered: before the first decision, so that agents can pin it.

import type { Session } from '../../src/auth/session.ts';
import type { ActionContext } from '../action.ts';

/** Never in the way of a sign-in: what fails here is made up for with the first receipt. */
export async function registerReviewKey(session: Session, { settings, io, signal }: ActionContext): Promise<void> {
  const { createApi } = await import('../../src/http/create-api.ts');
  const { openReviewerKey } = await import('../../src/credentials/reviewer-key.ts');
  const { server, credentials } = session;
  try {
    const { transportTo } = await import('../connection.ts');
    const transport = transportTo(server, settings, io.env);
    const api = createApi({ server, credentials, timeoutSeconds: PATIENCE, retries: 0, signal, transport });
    if (!(await api.has('approvals.receipt'))) return;
    const { id } = await api.me();
    const store = settings.get('store');
    const register = async (renew: boolean) => {
      const key = { folder: settings.paths.aim, server, userId: id, store, env: io.env, renew };
      const { publicKey } = await openReviewerKey(key);
      return api.raw('PUT', '/api/v1/users/me/review-key', { body: { publicKey } });
    };
    const first = await register(false);
    const isRevoked = (first.body as { reasonCode?: string } | null)?.reasonCode === 'reviewKeyRevoked';
    const { status } = isRevoked ? await register(true) : first;
    if (isRevoked && status === 200) io.note('aim: the key of this machine was revoked; another one signs your decisions now.');
    if (status >= 400)
      io.note('aim: the key that signs your decisions here could not be registered: aim approvals keys shows those that are.');
  } catch {
    // The sign-in stands; the first receipt registers the key.
  }
}

const PATIENCE = 5;
