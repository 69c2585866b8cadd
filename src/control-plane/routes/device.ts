// Signing in on a machine without a browser: the device authorization grant, and the page that asks the person (wire-auth §1.3).

import { deviceApproval, deviceCodeRequest, deviceForm, deviceTokenRequest } from '../../wire/requests/sign-in.ts';
import { accountByPassword } from '../auth/by-password.ts';
import { csrfToken, isOurForm, newVisitor, visitorCookie } from '../auth/csrf.ts';
import {
  byUserCode,
  decideDevice,
  newDeviceCode,
  oauthRefusal,
  POLL_SECONDS,
  pollDevice,
  shownCode,
} from '../auth/device-codes.ts';
import { actorOf } from '../auth/principal.ts';
import type { DeviceCodeTable, UserTable } from '../database/tables/people.ts';
import { Refusal } from '../refusal.ts';
import { Answer, type Call, type Origin, personOf, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { escapeHtml, page } from '../views/page.ts';
import { timeView } from '../views/time.ts';
import { signIn } from './session.ts';
import { toProvider } from './to-provider.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
// What clients of this grant are told; the token itself says when it ends.
const EXPIRES_IN = 7200;

export const deviceRoutes: Route[] = [
  route('POST /api/v1/oauth/device/code', {
    summary: 'Begins a sign-in for a device without a browser',
    access: { anyone: true },
    limit: 'strict',
    body: deviceCodeRequest,
    run: async ({ services, body, origin }) => {
      const { deviceCode, row } = await services.changes.record((change) =>
        newDeviceCode(change, {
          clientId: body.clientId,
          scope: body.scope ?? null,
          requestedFrom: origin.ip,
          userAgent: origin.userAgent,
        }),
      );
      const verificationUri = `${services.publicUrl}/device`;
      const userCode = shownCode(row.userCode);
      return {
        deviceCode,
        userCode,
        verificationUri,
        verificationUriComplete: `${verificationUri}?user_code=${userCode}`,
        expiresIn: Math.floor((row.expiresAt - row.createdAt) / 1000),
        interval: POLL_SECONDS,
      };
    },
  }),
  route('POST /api/v1/oauth/device/token', {
    summary: 'A device asks whether the person has said yes',
    access: { anyone: true },
    limit: 'strict',
    body: deviceTokenRequest,
    run: async ({ services, body, origin }) => {
      if (body.grantType !== DEVICE_GRANT) throw oauthRefusal('unsupported_grant_type', `grantType must be ${DEVICE_GRANT}`);
      const { deviceCode } = body;
      if (!deviceCode) throw oauthRefusal('invalid_request', 'deviceCode is required');
      const poll = await services.changes.record((change) => pollDevice(change, deviceCode));
      // 403 and no description: a description would end the login of aim-sdk.
      if ('state' in poll) return new Answer(403, { error: poll.state });
      const user = await services.queries.selectFrom('users').selectAll().where('id', '=', poll.userId).executeTakeFirst();
      if (user === undefined || user.status !== 'active') return new Answer(403, { error: 'access_denied' });
      const tokens = await signIn(services, user, origin, 'device code', { provedAt: poll.provedAt });
      return { ...tokens, tokenType: 'Bearer', expiresIn: EXPIRES_IN };
    },
  }),
  route('GET /api/v1/oauth/device/verify', {
    summary: 'How a device code stands',
    access: { anyone: true },
    limit: 'strict',
    run: async ({ services, query, now }) => {
      const typed = (query as { user_code?: string } | undefined)?.user_code;
      if (typed === undefined) return { status: 'ready', message: 'Give the code as user_code' };
      const row = await byUserCode(services.queries, typed, now);
      return {
        userCode: shownCode(row.userCode),
        clientId: row.clientId,
        scope: row.scope,
        status: row.status,
        expiresAt: timeView(row.expiresAt),
      };
    },
  }),
  ...(['approve', 'deny'] as const).map((verb) =>
    route(`POST /api/v1/oauth/device/${verb}`, {
      summary:
        verb === 'approve'
          ? 'Lets the device that shows this code sign in as the caller'
          : 'Keeps the device that shows this code out',
      access: { user: 'viewer' },
      limit: 'strict',
      body: deviceApproval,
      run: async (call) => {
        const person = personOf(call);
        await decide(
          call.services,
          call.body.userCode,
          person,
          verb === 'approve' ? 'approved' : 'denied',
          call.origin,
          // Who is signed in already proves nothing anew: else a stolen session could make itself a fresh one.
          person.provedAt,
        );
        return { message: verb === 'approve' ? 'The device may sign in' : 'The device may not sign in' };
      },
    }),
  ),
  route('GET /device', {
    summary: 'The page on which a person lets a device sign in',
    access: { anyone: true },
    limit: 'strict',
    run: (call) => show(call, (call.query as { user_code?: string } | undefined)?.user_code ?? ''),
  }),
  route('POST /device', {
    summary: 'What the person decided',
    access: { anyone: true },
    limit: 'strict',
    run: async (call) => {
      const { services, text, headers, origin, now } = call;
      const sent = deviceForm.parse(Object.fromEntries(new URLSearchParams(text)));
      if (sent.csrf === '') return show(call, sent.user_code);
      if (!isOurForm(services.csrfKey, headers['cookie'], sent.csrf, [sent.user_code]))
        return show(call, sent.user_code, 'This page was open for too long. Try again.');
      try {
        if (sent.decision === 'provider' && services.oidc !== null)
          return await toProvider(call, services.oidc, { kind: 'device', userCode: sent.user_code, decision: 'allow' });
        const user = await accountByPassword(services, sent, origin.ip, now);
        const status = sent.decision === 'allow' ? 'approved' : 'denied';
        await decide(services, sent.user_code, user, status, origin, now);
        const words =
          status === 'approved'
            ? 'The device is signed in. You can close this page.'
            : 'The device was refused. You can close this page.';
        return page(200, 'Device', `<h1>${status === 'approved' ? 'Allowed' : 'Refused'}</h1><p>${words}</p>`);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return show(call, sent.user_code, `${error.message}.`, sent.email);
      }
    },
  }),
];

export async function decide(
  services: Services,
  typed: string,
  user: Pick<UserTable, 'id' | 'organizationId' | 'email'>,
  status: 'approved' | 'denied',
  origin: Origin,
  provedAt: number | null,
): Promise<void> {
  await services.changes.record(async (change) => {
    const row = await decideDevice(change, typed, user, status, provedAt);
    change.audit(
      actorOf({ kind: 'user', organizationId: user.organizationId, id: user.id, email: user.email } as never, origin),
      {
        organizationId: user.organizationId,
        action: status === 'approved' ? 'approve' : 'deny',
        resourceType: 'device',
        metadata: { clientId: row.clientId, requestedFrom: row.requestedFrom, userAgent: row.userAgent },
      },
    );
  });
}

async function show({ services, now }: Call<unknown, unknown>, typed: string, problem = '', email = ''): Promise<Answer> {
  const visitor = newVisitor();
  const headers = { 'Set-Cookie': visitorCookie(visitor, '/device', services.publicUrl) };
  const alert = problem === '' ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`;
  const options = { formAction: "'self'", headers };
  if (typed === '') return page(200, 'Device', `<h1>Sign in a device</h1>${alert}${CODE_FORM}`, options);
  let row: DeviceCodeTable;
  try {
    row = await byUserCode(services.queries, typed, now);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return page(
      error.status,
      'Device',
      `<h1>Sign in a device</h1><p role="alert" class="problem">${escapeHtml(error.message)}.</p>${CODE_FORM}`,
      options,
    );
  }
  if (row.status !== 'pending')
    return page(200, 'Device', '<h1>Already decided</h1><p>Ask the device for a new code.</p>', options);
  const minutes = Math.max(1, Math.round((row.expiresAt - now) / 60_000));
  const facts: [string, string][] = [
    ['Code', shownCode(row.userCode)],
    ['Asked from', `${row.requestedFrom ?? 'unknown'} (${row.userAgent ?? 'unknown program'})`],
    ['Program', row.clientId],
    ['To act for you on', services.publicUrl],
    ['Asked', `${timeView(row.createdAt)?.replace('T', ' ').slice(0, 19)} UTC, good for ${minutes} more minutes`],
  ];
  const body = `
<h1>Sign in a device</h1>
<p>Allow this only if you started it yourself, just now, and the device shows the same code.</p>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>
${alert}
<form method="post" action="/device">
<input type="hidden" name="user_code" value="${escapeHtml(shownCode(row.userCode))}">
<input type="hidden" name="csrf" value="${csrfToken(services.csrfKey, visitor, [shownCode(row.userCode)])}">
<label>E-mail address <input name="email" type="email" autocomplete="username" required value="${escapeHtml(email)}"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Refuse</button>
${services.oidc === null ? '' : `<button type="submit" name="decision" value="provider" formnovalidate>${escapeHtml(`Allow with ${services.oidc.label}`)}</button>`}
</form>`;
  return page(200, 'Device', body, options);
}

const CODE_FORM = `<form method="get" action="/device"><label>Code <input name="user_code" autocomplete="off" required placeholder="BCDF-2345"></label><button type="submit">Continue</button></form>`;
