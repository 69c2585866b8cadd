// The HTTP server: every route of the table behind authentication, authorisation and schemas; every failure as one shape.

import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { brokenChain } from './audit/broken-chain.ts';
import { authenticate } from './auth/authenticate.ts';
import { authorize } from './auth/authorize.ts';
import type { Principal } from './auth/principal.ts';
import { networkOf } from './auth/rate-limits.ts';
import { isFull, sayFull } from './full-disk.ts';
import { HANDLED } from './handled.ts';
import { mustBeNamedHere } from './named-here.ts';
import type { Certificate } from './operation/certificate.ts';
import { requestLogger } from './operation/request-logger.ts';
import { goPastFramework, type PlainReply, type PlainRequest } from './past-framework.ts';
import { bodyText, parsed } from './read-body.ts';
import { Refusal } from './refusal.ts';
import { Answer, type Call, type Route } from './route.ts';
import { routes } from './routes/table.ts';
import type { Services } from './services.ts';
import { answerOnce } from './store/answer-once.ts';
import { answerUnusual, mustNameOneHost, refuseUnreadable } from './unusual-requests.ts';

const LARGEST_BODY = 1024 * 1024;
// Where anybody may send something, before we know who it is.
const LARGEST_OF_STRANGERS = 64 * 1024;
// Headers and body. Whoever sends a byte now and then holds a connection no longer than this.
const ARRIVES_WITHIN = 30_000;
// Sign-in routes: above what one device login and its polling need (wire-auth §4.2), and thirty agents restarted together.
const STRICT_PER_MINUTE = 120;
// Scripts and tests of the same machine sign in for each command.
const STRICT_PER_MINUTE_HERE = 3000;

export function createServer(
  services: Services,
  logger: FastifyBaseLogger | undefined,
  tls: Certificate | null = null,
  arrivesWithin = ARRIVES_WITHIN,
): FastifyInstance {
  const fail = failing(services.place);
  const patience = {
    headersTimeout: arrivesWithin,
    connectionsCheckingInterval: Math.min(5000, arrivesWithin / 4),
    // We say ourselves what is wrong with a request that names none.
    requireHostHeader: false,
  };
  const app = fastify({
    ...(tls === null ? { http: patience } : { https: { ...tls, ...patience, minVersion: 'TLSv1.2' as const } }),
    bodyLimit: LARGEST_BODY,
    // A proxy on this machine says for whom it asks; without that everybody behind it would pass for local.
    trustProxy: 'loopback',
    genReqId: () => randomUUID(),
    childLoggerFactory: requestLogger,
    requestTimeout: arrivesWithin,
    connectionTimeout: 0,
    keepAliveTimeout: 75_000,
    // Long polls and streams are told to end by the stop signal; what is idle is closed.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 500 },
    // What does not even get to a route is answered in the same shape.
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
    clientErrorHandler: refuseUnreadable,
    ...(logger === undefined ? { logger: false } : { loggerInstance: logger }),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => fail(error, request, reply));
  app.addHook('onResponse', (request, reply, done) => {
    services.metrics.answered(
      request.method,
      request.routeOptions.url ?? 'unknown',
      reply.statusCode,
      reply.elapsedTime / 1000,
    );
    done();
  });
  app.setNotFoundHandler((request, reply) => fail(unknownRoute(request), request, reply));
  for (const each of routes) {
    app.route({
      method: each.method,
      url: each.path,
      bodyLimit: each.largestBody ?? (each.limit === 'strict' ? LARGEST_OF_STRANGERS : LARGEST_BODY),
      handler: (request, reply) => serve(services, each, request, reply),
    });
  }
  const often = new Map(routes.filter(({ isOften }) => isOften).map((each) => [each.path, each]));
  answerUnusual(app.server);
  goPastFramework(app.server, {
    paths: new Set(often.keys()),
    mostBytes: LARGEST_BODY,
    // It logs each request where that is wanted, and refuses them at the end.
    isFrameworkNeeded: () => services.isStopping() || app.log.info !== app.log.silent,
    logOf: (reqId) => requestLogger(app.log, { reqId }, {}),
    answer: (path, request, reply) => {
      serve(services, often.get(path) as Route, request, reply)
        .catch((error) => fail(error, request, reply))
        .finally(() => services.metrics.answered('POST', path, reply.statusCode, reply.elapsedTime / 1000));
    },
  });
  return app;
}

type Request = FastifyRequest | PlainRequest;
type Reply = FastifyReply | PlainReply;

async function serve(services: Services, route: Route, request: Request, reply: Reply): Promise<unknown> {
  const now = services.clock();
  if ((request.raw.url ?? '').includes('%00')) throw new Refusal(400, 'invalidText', 'The address holds a NUL character');
  mustNameOneHost(request.raw);
  mustBeNamedHere(request.headers.host, request.raw.socket.localAddress, services.publicUrl);
  // A proxy that hands on whatever it got may say anything.
  const ip = isIP(request.ip) === 0 ? 'unknown' : request.ip;
  const text = bodyText(request.body);
  const isHead = request.method === 'HEAD';
  // What is answered over time has no head of its own: a HEAD gets that of the answer at once.
  const headers = (isHead ? { ...request.headers, accept: undefined } : request.headers) as Record<string, string | undefined>;
  const params = request.params as Record<string, string>;
  if (route.limit === 'strict')
    await services.limits.use('sign-in', networkOf(ip), isHere(ip) ? STRICT_PER_MINUTE_HERE : STRICT_PER_MINUTE, now);
  const principal = await whoCalls(services, route, request, text, now);
  authorize(route.access, principal, params);
  let gone: AbortSignal | undefined;
  const call: Call<unknown, unknown> = {
    services,
    // Routes for anyone never look at it.
    principal: principal as Principal,
    params,
    query: route.query === null ? request.query : route.query.parse(request.query),
    body: route.body === null ? undefined : route.body.parse(parsed(text, headers['content-type'])),
    text,
    headers,
    target: request.raw.url ?? '/',
    origin: { ip, userAgent: headers['user-agent']?.slice(0, 300) ?? null },
    // Most routes answer before anybody can go away, and never look.
    get signal() {
      gone ??= goneSignal(reply);
      return gone;
    },
    reply: reply as FastifyReply,
    now,
  };
  const run = (made: Call<unknown, unknown>): unknown => route.run(made as Call<never, never>);
  const answer = await (route.method === 'GET' || principal === null ? run(call) : answerOnce(call, run));
  if (answer === HANDLED) {
    if (isHead) reply.raw.end();
    return reply;
  }
  reply.headers({ 'X-Request-Id': request.id, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  if (!(answer instanceof Answer)) return reply.send(answer);
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

function goneSignal({ raw }: Reply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort(GONE);
  else raw.once('close', () => gone.abort(GONE));
  return gone.signal;
}

const GONE = new Error('The caller is gone.');

const isHere = (address: string): boolean => address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';

async function whoCalls(
  services: Services,
  route: Route,
  request: Request,
  text: string,
  now: number,
): Promise<Principal | null> {
  const credentials = {
    headers: request.headers as Record<string, string | undefined>,
    method: request.method,
    target: request.raw.url ?? '/',
    text,
  };
  // A route for anyone must not fail because of a stale token that it does not need.
  if (route.access.anyone === true) return authenticate(services, credentials, now).catch(() => null);
  return authenticate(services, credentials, now);
}

function failing(place: string): (error: unknown, request: Request, reply: Reply) => Reply {
  const refusedAsFull = sayFull();
  return (error, request, reply) => {
    const refusal = asRefusal(error, place);
    if (refusal.reasonCode === 'storageFull')
      refusedAsFull((more) => request.log.error(more === 0 ? { err: error } : { more }, 'there is no space left'));
    else if (refusal.status >= 500) request.log.error({ err: error }, 'request failed');
    return answer(refusal, request, reply);
  };
}

function answer(refusal: Refusal, request: Request, reply: Reply): Reply {
  reply.headers({ 'X-Request-Id': request.id, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
  reply.code(refusal.status);
  if (refusal.retryAfter !== undefined) reply.header('Retry-After', String(refusal.retryAfter));
  if (refusal.status === 401) reply.header('WWW-Authenticate', 'Bearer');
  return reply.send({ error: refusal.message, reasonCode: refusal.reasonCode, ...refusal.members, requestId: request.id });
}

function asRefusal(error: unknown, place: string): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') ?? '';
    return new Refusal(400, 'invalidRequest', `${field === '' ? 'The request' : field}: ${issue?.message ?? 'is not valid'}`, {
      field,
    });
  }
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Refusal(413, 'bodyTooLarge', 'The body is larger than this route takes');
  if (code === 'FST_ERR_BAD_URL') return new Refusal(400, 'invalidAddress', 'The address is not one that can be read');
  if (statusCode !== undefined && statusCode < 500)
    return new Refusal(statusCode, 'invalidRequest', message ?? 'The request is not valid');
  // PostgreSQL keeps no NUL, wherever one came in.
  if (code === '22021') return new Refusal(400, 'invalidText', 'The request holds a NUL character');
  if (statusCode === 503) return new Refusal(503, 'stopping', 'The server is stopping', {}, 1);
  if (isFull(error)) return new Refusal(507, 'storageFull', `There is no space left in ${place}. Nothing was changed.`, {}, 30);
  return brokenChain(error) ?? new Refusal(500, 'internalError', 'An internal error occurred. Please try again later.');
}

function unknownRoute(request: FastifyRequest): Refusal {
  const path = (request.raw.url ?? '/').split('?')[0] ?? '/';
  const methods = routes.filter((each) => matches(each.path, path)).map(({ method }) => method);
  if (methods.length === 0) return new Refusal(404, 'routeNotFound', `Cannot ${request.method} ${path.slice(0, 200)}`);
  return new Refusal(405, 'methodNotAllowed', `${request.method} is not possible here; possible: ${methods.join(', ')}`);
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}
