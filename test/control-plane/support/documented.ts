// Every answer that a test of the control plane gets is held against the OpenAPI document; or is noted, for the next one (`node scripts/openapi-answers.ts`).

import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import answers from '../../../src/control-plane/operation/answers.json' with { type: 'json' };
import { routes } from '../../../src/control-plane/routes/table.ts';
import { type Shape, shapeOf, unlike } from './shape.ts';

type Answered = { method: string; path: string; status: number; type: string; body: unknown };

/** @throws Error where a successful answer is not what the document says. */
export function holdAgainstDocument({ method, path, status, type, body }: Answered): void {
  if (status >= 300) return;
  const pattern = patternOf(method, path);
  if (pattern === null) return;
  const name = `${method} ${pattern}`;
  const isJson = type.startsWith('application/json');
  const notes = process.env['AIM_COLLECT_ANSWERS'];
  if (notes !== undefined) {
    const [mediaType = ''] = type.split(';');
    const schema = isJson ? shapeOf(body) : { type: 'string' };
    appendFileSync(notes, `${JSON.stringify({ name, status, mediaType, schema })}\n`);
    return;
  }
  // The tests of other rooms bring servers of their own, and those that try tricks with paths get to other routes than the path says.
  if (!isJson || !/\/test\/control-plane\/(?!fuzz)/.test(expect.getState().testPath ?? '')) return;
  const ofRoute = (answers as Record<string, Record<string, Record<string, Shape>>>)[name];
  // One of which nothing is said at all, openapi.test names.
  if (ofRoute === undefined) return;
  const documented = ofRoute[status]?.['application/json'];
  const wrong = documented === undefined ? [`nothing is said of ${status}`] : unlike(documented, body);
  if (wrong.length > 0)
    throw new Error(
      `The OpenAPI document is not true of ${name}: ${wrong.slice(0, 5).join('; ')} (scripts/openapi-answers.ts)`,
    );
}

/** The path of the table that a request goes to; null where there is none. */
export function patternOf(method: string, path: string): string | null {
  const given = (path.split('?')[0] ?? '').split('/');
  const fits = routes.filter((route) => {
    const wanted = route.path.split('/');
    return (
      route.method === method &&
      wanted.length === given.length &&
      wanted.every((part, index) => part.startsWith(':') || part === given[index])
    );
  });
  return fits.toSorted((left, right) => left.path.split(':').length - right.path.split(':').length)[0]?.path ?? null;
}
