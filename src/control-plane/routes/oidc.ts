// Coming back from the identity provider: who it is, and what they were about to do.

import { externalAccount } from '../auth/external-account.ts';
import { CALLBACK, type Purpose } from '../auth/oidc.ts';
import type { UserTable } from '../database/tables/people.ts';
import { forbidden, notFound, Refusal } from '../refusal.ts';
import { type Answer, type Call, type Route, route } from '../route.ts';
import { escapeHtml, page } from '../views/page.ts';
import { decide } from './device.ts';
import { backWithCode } from './sign-in-page.ts';

export const oidcRoutes: Route[] = [
  route(`GET ${CALLBACK}`, {
    summary: 'Where the identity provider sends people back to',
    access: { anyone: true },
    limit: 'strict',
    run: async (call) => {
      const { services, headers, target } = call;
      const { oidc } = services;
      if (oidc === null) throw notFound();
      try {
        const visitor = /(?:^|;\s*)aim_oidc=([A-Za-z0-9_-]+)/.exec(headers['cookie'] ?? '')?.[1] ?? null;
        const { identity, purpose } = await oidc.finish(services, { query: target.split('?')[1] ?? '', visitor }, call.now);
        const user = await services.changes.run((change) => externalAccount(change, identity, oidc.settings));
        if (user.status === 'pending')
          throw forbidden('accountPending', 'Your account is made; an administrator has to let you in first');
        if (user.status !== 'active') throw forbidden('accountNotActive', 'This account is not active');
        return await goOn(call, purpose, user, identity.provedAt);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return page(
          error.status,
          'Sign in',
          `<h1>Not signed in</h1><p role="alert" class="problem">${escapeHtml(error.message)}.</p>`,
        );
      }
    },
  }),
];

async function goOn(call: Call<unknown, unknown>, purpose: Purpose, user: UserTable, provedAt: number | null): Promise<Answer> {
  const { services, origin } = call;
  if (purpose.kind === 'program') return backWithCode(call, purpose, user, { by: 'identity provider', provedAt });
  const isAllowed = purpose.decision === 'allow';
  await decide(services, purpose.userCode, user, isAllowed ? 'approved' : 'denied', origin, provedAt);
  return page(
    200,
    'Device',
    isAllowed
      ? '<h1>Allowed</h1><p>The device is signed in. You can close this page.</p>'
      : '<h1>Refused</h1><p>The device was refused. You can close this page.</p>',
  );
}
