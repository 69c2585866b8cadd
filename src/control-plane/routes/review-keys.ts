// The keys that sign receipts: registered by each reviewer for each machine, revoked by them or an administrator, and told to whoever checks.

import { isPublicKey } from '../../crypto/ed25519.ts';
import { reviewKey } from '../../wire/requests/administration.ts';
import { userById, userView } from '../accounts/change-user.ts';
import { keysOf, keyView, registerKey, revokeKeys } from '../accounts/review-keys.ts';
import { actorOf } from '../auth/principal.ts';
import { invalid, notFound } from '../refusal.ts';
import { personOf, type Route, route } from '../route.ts';
import { timeView } from '../views/time.ts';

export const reviewKeyRoutes: Route[] = [
  route('PUT /api/v1/users/me/review-key', {
    summary: 'Registers a key that signs the own receipts; a further one only with a sign-in of the last quarter of an hour',
    access: { user: 'viewer' },
    body: reviewKey,
    run: async (call) => {
      const person = personOf(call);
      const { publicKey } = call.body;
      if (!isPublicKey(publicKey)) throw invalid('publicKey: must be base64 of 32 bytes', 'publicKey');
      return call.services.changes.run(async (change) => {
        await registerKey(change, person, actorOf(person, call.origin), publicKey);
        return { success: true, publicKey };
      });
    },
  }),
  route('GET /api/v1/users/me/review-keys', {
    summary: 'The keys that sign the own receipts, one for each machine, revoked ones among them',
    access: { user: 'viewer' },
    run: async (call) => ({ keys: (await keysOf(call.services.queries, personOf(call).id)).map(keyView) }),
  }),
  route('POST /api/v1/users/me/review-keys/:id/revoke', {
    summary:
      'Ends one of the own keys for good: what it signs from now on is refused, and what it has signed is handed to no agent',
    access: { user: 'viewer' },
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const which = { id: call.params['id'] ?? '' };
        const about = { organizationId: person.organizationId, userId: person.id };
        if ((await revokeKeys(change, about, actorOf(person, call.origin), which)) === 0) throw notFound();
        return { keys: (await keysOf(change.queries, person.id)).map(keyView) };
      });
    },
  }),
  route('GET /api/v1/reviewers/keys', {
    summary: 'The keys that sign the receipts of reviewers, to be pinned; and those that were revoked',
    access: { user: 'viewer', agent: 'any', key: 'any' },
    run: async ({ services, principal }) => {
      const rows = await services.queries
        .selectFrom('reviewKeys')
        .innerJoin('users', 'users.id', 'reviewKeys.userId')
        .select(['users.id', 'users.email', 'users.status', 'reviewKeys.publicKey', 'reviewKeys.registeredAt'])
        .select('reviewKeys.revokedAt')
        .where('reviewKeys.organizationId', '=', principal.organizationId)
        .orderBy('reviewKeys.registeredAt')
        .execute();
      const views = rows.map(({ id, email, status, publicKey, registeredAt, revokedAt }) => ({
        isLive: revokedAt === null && status === 'active',
        view: { userId: id, email, publicKey, registeredAt: timeView(registeredAt), revokedAt: timeView(revokedAt) },
      }));
      return {
        reviewers: views.filter(({ isLive }) => isLive).map(({ view }) => view),
        former: views.filter(({ isLive }) => !isLive).map(({ view }) => view),
      };
    },
  }),
  route('GET /api/v1/admin/users/:id/review-keys', {
    summary: 'The keys that sign the receipts of a person',
    access: { user: 'admin' },
    run: async (call) => {
      const { id } = await userById(call.services.queries, call.principal.organizationId, call.params['id'] ?? '');
      return { keys: (await keysOf(call.services.queries, id)).map(keyView) };
    },
  }),
  route('DELETE /api/v1/admin/users/:id/review-keys/:key', {
    summary: 'Ends one key of a person, such as that of a machine that was lost',
    access: { user: 'admin' },
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const { id, organizationId } = await userById(change.queries, person.organizationId, call.params['id'] ?? '');
        const which = { id: call.params['key'] ?? '' };
        if ((await revokeKeys(change, { organizationId, userId: id }, actorOf(person, call.origin), which)) === 0)
          throw notFound();
        return { keys: (await keysOf(change.queries, id)).map(keyView) };
      });
    },
  }),
  route('DELETE /api/v1/admin/users/:id/review-key', {
    summary: 'Ends every key of a person, so that they begin anew: the next one needs no proof',
    access: { user: 'admin' },
    run: (call) => {
      const person = personOf(call);
      return call.services.changes.run(async (change) => {
        const { id, organizationId } = await userById(change.queries, person.organizationId, call.params['id'] ?? '');
        await revokeKeys(change, { organizationId, userId: id }, actorOf(person, call.origin), 'all');
        const after = await userById(change.queries, organizationId, id);
        return { ...userView(after), message: 'User: remove-review-key' };
      });
    },
  }),
];
