// One route, declared once: where it is, who may use it, what it takes, what it does. The table of all is routes/table.ts.

import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Role } from '../wire/session.ts';
import type { Principal, UserPrincipal } from './auth/principal.ts';
import { unauthenticated } from './refusal.ts';
import type { Services } from './services.ts';

/**
 * Who may. A principal that is not named gets 401, a person whose role is too low 403.
 * `self` means: the agent that the path names with `:id`; `any`: every agent of the organisation.
 */
export type Access = {
  anyone?: true;
  user?: Role;
  agent?: 'self' | 'any';
  key?: 'self' | 'any';
};

export type Origin = { ip: string; userAgent: string | null };

export type Call<Body, Query> = {
  services: Services;
  principal: Principal;
  params: Readonly<Record<string, string>>;
  query: Query;
  body: Body;
  /** The body as it came, for signatures and exact numbers. */
  text: string;
  headers: Readonly<Record<string, string | undefined>>;
  /** Path and query exactly as sent. */
  target: string;
  origin: Origin;
  /** Aborts when the caller goes away or the server stops. */
  signal: AbortSignal;
  /** For what answers over time: hijack it and give `HANDLED` back. */
  reply: FastifyReply;
  now: number;
};

/** Anything else that `run` gives back is answered with 200. */
export class Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}
export const created = (body: unknown): Answer => new Answer(201, body);

export type Limit = 'strict' | 'none';

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the root, parameters as `:name`. */
  path: string;
  summary: string;
  access: Access;
  limit: Limit;
  /** In bytes, where it may be more than usual. */
  largestBody: number | null;
  body: z.ZodType | null;
  query: z.ZodType | null;
  /** Asked so often that the HTTP framework would cost more than the answer; its path has no parameters. */
  isOften: boolean;
  run(call: Call<never, never>): unknown;
};

type RouteDraft<Body extends z.ZodType, Query extends z.ZodType> = {
  summary: string;
  access: Access;
  limit?: Limit;
  largestBody?: number;
  body?: Body;
  query?: Query;
  isOften?: true;
  run(call: Call<z.output<Body>, z.output<Query>>): unknown;
};

/** `at` is the method and the path, as documentation writes it: `GET /api/v1/agents/:id`. */
export function route<Body extends z.ZodType = z.ZodUnknown, Query extends z.ZodType = z.ZodUnknown>(
  at: string,
  { summary, access, limit = 'none', largestBody, body, query, isOften, run }: RouteDraft<Body, Query>,
): Route {
  const [method, path] = at.split(' ');
  return {
    method: method as Route['method'],
    path: path ?? '/',
    summary,
    access,
    limit,
    largestBody: largestBody ?? null,
    body: body ?? null,
    query: query ?? null,
    isOften: isOften === true,
    run,
  };
}

/** The person who calls. For routes that admit others too, where this part is for people. */
export function personOf({ principal }: Pick<Call<unknown, unknown>, 'principal'>): UserPrincipal {
  if (principal.kind !== 'user') throw unauthenticated('userSessionRequired', 'Authentication required');
  return principal;
}
