// `aim api`: any call to the server, signed in, for what has no verb.

import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import { refusal } from '../../src/http/refusal.ts';
import { asUntrusted } from '../../src/text/brand.ts';
import { terminalJson } from '../../src/text/json.ts';
import { type Action, type Argument, defineAction } from '../action.ts';
import { idempotencyKeyOption } from '../change-options.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const method: Argument<(typeof methods)[number]> = {
  summary: `One of ${methods.join(', ')}`,
  parse: (text) => {
    const found = methods.find((known) => known === text.toUpperCase());
    if (found !== undefined) return found;
    throw new UsageError('api.method', {
      message: `There is no method ${JSON.stringify(text)}.`,
      next: `It is one of: ${methods.join(', ')}`,
    });
  },
};

const path: Argument<string> = {
  summary: 'The path on the server, as /api/v1/agents',
  parse: (text) => {
    if (/^\/(?!\/)/.test(text)) return text;
    // An address here would take the sign-in elsewhere.
    throw new UsageError('api.path', {
      message: `The path ${JSON.stringify(text.slice(0, 80))} does not begin with one /.`,
      next: 'Choose the server with --server, and give the path alone.',
    });
  },
};

const api = defineAction({
  id: 'api',
  summary: 'Make any call to the server, signed in',
  description:
    'Prints the body of the answer as the server sent it. An answer of 400 or more is an error with the exit code of the table.',
  examples: [
    { command: 'api GET /api/v1/agents', summary: 'Read' },
    { command: 'api POST /api/v1/agents --body @agent.json', summary: 'Send a file' },
    { command: 'api GET /api/v1/agents --query limit=5', summary: 'With a query' },
  ],
  args: { method, path },
  options: {
    body: {
      summary: 'The JSON to send; - reads standard input, @FILE a file',
      value: 'JSON',
      schema: z.string().optional(),
      readable: true,
    },
    query: {
      summary: 'A member of the query; give it again for more',
      value: 'NAME=VALUE',
      schema: z.array(z.string().regex(/^[^=]+=/, 'it is not NAME=VALUE')).default([]),
      repeatable: true,
    },
    include: { summary: 'Print the status and headers too', short: 'i', schema: z.boolean().default(false) },
    idempotencyKey: idempotencyKeyOption,
  },
  commandLineOnly: true,
  run: async (context, args, { body, query, include, idempotencyKey }) => {
    const pairs = query.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
    const answer = await context.api.raw(args.method, args.path, {
      body: body === undefined ? undefined : parsed(body),
      query: Object.fromEntries(pairs),
      idempotencyKey,
      signal: context.signal,
    });
    if (answer.status >= 400 && !include) throw refusal({ ...answer, subject: 'routes', server: context.api.server });
    return include ? answer : answer.body;
  },
  view: {
    kind: 'text',
    lines: (body) =>
      body === undefined || body === null || body === ''
        ? []
        : terminalJson(body, 2)
            .split('\n')
            .map((row) => [asUntrusted(row)]),
  },
  exitCode: (result) => (isRefused(result) ? ExitCode.Failure : ExitCode.Ok),
});

const isRefused = (result: unknown) =>
  typeof result === 'object' && result !== null && 'status' in result && 'headers' in result && Number(result.status) >= 400;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('api.body', {
      message: `--body is not valid JSON: ${(cause as Error).message}.`,
      next: 'Quote it for the shell, or read it from a file: --body @FILE',
      cause,
    });
  }
}

export const apiActions: readonly Action[] = [api];
