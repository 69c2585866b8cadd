// What the server is, whether it is well, and how to hold an embedded one.

import { sql } from 'kysely';
import { version } from '../../version.ts';
import { features } from '../../wire/session.ts';
import { hasNoSpace } from '../full-disk.ts';
import { HANDLED } from '../handled.ts';
import { Refusal } from '../refusal.ts';
import { Answer, type Route, route } from '../route.ts';
import { escapeHtml, page } from '../views/page.ts';
import { timeView } from '../views/time.ts';

export const statusRoutes: Route[] = [
  route('GET /', {
    summary: 'Says that this is an AIM control plane',
    access: { anyone: true },
    run: ({ services }) => new Answer(200, { product: 'aim-terminal', version, status: `${services.publicUrl}/api/v1/status` }),
  }),
  route('GET /api/v1/status', {
    summary: 'Product, version and features',
    access: { anyone: true },
    run: ({ services, now }) => ({
      product: 'aim-terminal',
      version,
      instanceId: services.instanceId,
      features,
      time: timeView(now),
    }),
  }),
  route('GET /healthz', { summary: 'The process is alive', access: { anyone: true }, run: () => ({ status: 'ok' }) }),
  route('GET /health', {
    summary: 'The process is alive',
    access: { anyone: true },
    run: ({ now }) => ({ status: 'healthy', service: 'aim-terminal', time: timeView(now) }),
  }),
  ...(['GET /readyz', 'GET /health/ready'] as const).map((at) =>
    route(at, {
      summary: 'The process can answer: database and all',
      access: { anyone: true },
      run: async ({ services }) => {
        if (services.isStopping()) throw new Refusal(503, 'stopping', 'The server is stopping', {}, 1);
        await sql`select 1`.execute(services.queries);
        if (hasNoSpace(services.place))
          throw new Refusal(507, 'storageFull', `There is no space left in ${services.place}.`, {}, 30);
        return { status: 'ready', ready: true, database: 'connected' };
      },
    }),
  ),
  route('GET /api/v1/embedded/hold', {
    summary: 'Keeps an embedded control plane running while this request is open',
    access: { user: 'viewer' },
    run: async ({ services, signal, reply }) => {
      const letGo = services.holds.take();
      signal.addEventListener('abort', letGo);
      reply.hijack();
      reply.raw.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
      reply.raw.write('{"held":true}\n');
      // Says now and then that it is still there, and notices a peer that went away without a word.
      const pulse = setInterval(() => reply.raw.write('{"held":true}\n'), 10_000);
      signal.addEventListener('abort', () => clearInterval(pulse));
      services.stopping.addEventListener('abort', () => reply.raw.end('{"held":false}\n'));
      return HANDLED;
    },
  }),
  route('GET /approvals/:id', {
    summary: 'Where the link of a message leads: says which command shows the request, and nothing else',
    access: { anyone: true },
    run: ({ params }) => {
      const id = /^[\w-]{1,100}$/.exec(params['id'] ?? '')?.[0] ?? 'ID';
      return page(
        200,
        'A request that waits',
        `<h1>Decide in the terminal</h1>
<p>What is decided here has to be read where its signature is checked:</p>
<p><code>aim approvals show ${escapeHtml(id)}</code></p>
<p>Or open the dashboard and press <code>4</code>:</p><p><code>aim</code></p>`,
      );
    },
  }),
  route('GET /dashboard/admin/verifications', {
    summary: 'Where aim-sdk sends people: says how to decide',
    access: { anyone: true },
    run: () =>
      page(
        200,
        'Requests that wait',
        `<h1>Decide in the terminal</h1>
<p>Open the dashboard and press <code>3</code> for approvals:</p><p><code>aim</code></p>
<p>Or, command by command:</p>
<p><code>aim approvals ls</code><br><code>aim approvals show ID</code><br><code>aim approvals approve ID</code><br><code>aim approvals deny ID --reason "…"</code></p>`,
      ),
  }),
];
