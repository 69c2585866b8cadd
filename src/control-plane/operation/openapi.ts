// The OpenAPI document, made from the route table, so that it cannot say what the server does not do.

import { z } from 'zod';
import { version } from '../../version.ts';
import type { Access, Route } from '../route.ts';

/** What was seen to be answered, by route, status and media type. */
export type Answers = Record<string, Record<string, Record<string, unknown>>>;

export function openApiDocument(routes: readonly Route[], server: string, answers: Answers): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, answers[`${route.method} ${route.path}`]);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AIM control plane', version, description: 'Identity, permission and approval for AI agents.' },
    servers: [{ url: server }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        agentSignature: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Signature',
          description: 'Ed25519 over method, target, X-Timestamp and body; with X-Agent-ID, X-Timestamp and X-Public-Key',
        },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['error', 'reasonCode'],
          properties: { error: { type: 'string' }, reasonCode: { type: 'string' }, requestId: { type: 'string' } },
        },
      },
    },
  };
}

function operation({ method, path, summary, access, body, query }: Route, answers: Answers[string] | undefined): object {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replace(/[^a-z0-9]+(.)?/gi, (_, letter: string | undefined) => letter?.toUpperCase() ?? '')}`,
    'x-access': access,
    security: securityOf(access),
    parameters: [...named, ...queryParameters(query)],
    ...(body === null ? {} : { requestBody: { content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      ...(summary.startsWith('Refused') ? {} : answersOf(answers ?? STREAMS[`${method} ${path}`])),
      ...(path === '/auth/login' && method === 'POST' ? REDIRECT : {}),
      '4XX': {
        description: 'Refused',
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/Error' } },
          // People are told on the page where they are.
          ...(PAGES.test(path) ? { 'text/html': { schema: { type: 'string' } } } : {}),
        },
      },
    },
  };
}

function answersOf(answers: Answers[string] = { 200: {} }): Record<string, object> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, media]) => {
      const content = Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema: spoken(schema) }]));
      return [status, { description: DONE[status] ?? 'Done', content }];
    }),
  );
}

// A member that was only ever seen to be null: what else it may be is not known.
const spoken = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (_, part: { type?: unknown }) => (part?.type === 'null' ? {} : part));

const PAGES = /^\/(auth|device)\b/;
const REDIRECT = { 302: { description: 'Back to the program that waits, with a code' } };

// What never ends is no answer that could have been seen.
const STREAMS: Answers = {
  'GET /api/v1/events/stream': { 200: { 'text/event-stream': { type: 'string' } } },
  'GET /api/v1/embedded/hold': { 200: { 'application/x-ndjson': { type: 'string' } } },
};

const DONE: Record<string, string> = { 200: 'Done', 201: 'Made', 202: 'Waits for somebody', 204: 'Done, and nothing to say' };

function securityOf({ anyone, user, agent, key }: Access): object[] {
  if (anyone === true) return [];
  return [
    ...(user === undefined ? [] : [{ bearer: [] }]),
    ...(agent === undefined ? [] : [{ agentSignature: [] }]),
    ...(key === undefined ? [] : [{ apiKey: [] }]),
  ];
}

function queryParameters(query: z.ZodType | null): object[] {
  if (query === null) return [];
  const { properties = {} } = schemaOf(query) as { properties?: Record<string, object> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }));
}

const schemaOf = (schema: z.ZodType): object =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-2020-12' });
