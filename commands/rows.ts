// Answers of the server that have no shape of their own in src/http: rows of members, taken in one way and shown by name.

import { z } from 'zod';
import { RemoteError } from '../src/errors.ts';
import type { Page, PageOptions } from '../src/http/api.ts';
import { offsetOf, pageOf } from '../src/http/paging.ts';
import { refusal } from '../src/http/refusal.ts';
import { asUntrusted } from '../src/text/brand.ts';
import { camelMembers } from '../src/wire/casing.ts';
import type { ActionContext } from './action.ts';
import { moreHint } from './lists.ts';
import { type Pages, rowsOf } from './output/pages.ts';
import { type Cell, type Column, tableView, type View } from './output/view.ts';

export type Row = Readonly<Record<string, unknown>>;

const row = z.preprocess(camelMembers, z.looseObject({}));

export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  idempotencyKey?: string | undefined;
  /** What it is about, as errors name it: `users`. */
  subject: string;
};

/** One answer. An empty one is an empty row. @throws AIMError for every refusal, by the table of exit codes. */
export async function callForRow({ api, signal }: Pick<ActionContext, 'api' | 'signal'>, call: Call): Promise<Row> {
  const body = await send({ api, signal }, call);
  const parsed = row.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw unexpected(api.server, call);
}

/** Pages of a list: a bare array, or the first array among the members of the answer. */
export function rowPages(
  { api, signal }: Pick<ActionContext, 'api' | 'signal'>,
  call: Call,
): (page: PageOptions) => Promise<Page<Row>> {
  return async (page) => {
    const asked = offsetOf(page);
    const body = camelMembers(await send({ api, signal }, { ...call, query: { ...call.query, ...asked } }));
    const members = (typeof body === 'object' && body !== null ? body : {}) as Row;
    const found = Array.isArray(body) ? body : (Object.values(members).find(Array.isArray) ?? []);
    const items = z.array(row).safeParse(found);
    if (!items.success) throw unexpected(api.server, call);
    const total = typeof members['total'] === 'number' ? members['total'] : null;
    // A bare list that is exactly as long as was asked for may be a page or whole: only another question tells.
    return pageOf(asked, { items: items.data, total });
  };
}

async function send(
  { api, signal }: Pick<ActionContext, 'api' | 'signal'>,
  { method = 'GET', path, query, body, idempotencyKey, subject }: Call,
) {
  const answer = await api.raw(method, path, { ...(query && { query }), body, idempotencyKey, signal });
  if (answer.status >= 400) throw refusal({ ...answer, subject, server: api.server });
  return answer.body;
}

const unexpected = (server: string, { subject }: Call) =>
  new RemoteError('remote.unexpected-answer', {
    message: `${server} answered about ${subject} in a form that this version does not know.`,
    next: 'Is it an AIM server, and of which version? aim status',
  });

/** A member of a row as a column. Lists are joined, objects are shown as JSON. */
export function column(
  key: string,
  title: string,
  options: Partial<Pick<Column<Row>, 'format' | 'giveUp' | 'grow'>> = {},
): Column<Row> {
  return { key, title, value: (item) => cellOf(item[key]), ...options };
}

export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return asUntrusted(value);
  if (Array.isArray(value))
    return value.length === 0
      ? null
      : asUntrusted(value.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item))).join(', '));
  return Object.keys(value).length === 0 ? null : asUntrusted(JSON.stringify(value));
}

export function rowTable(empty: string, columns: readonly Column<Row>[]): View<Page<Row> | Pages<Row>> {
  return tableView({ rows: rowsOf<Row>, columns, empty, next: moreHint });
}

/** `lastUsedAt` as a person reads it. */
const titleOf = (key: string): string => {
  const words = key.replace(/[A-Z]+/g, (letters) => ` ${letters.toLowerCase()}`).trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** All that there is, in the order of the server, the named ones first. */
export function rowRecord(first: readonly Column<Row>[]): View<Row> {
  const whole = new Set(first.filter(({ format }) => format === 'id').map(({ title }) => title));
  return {
    kind: 'text',
    isWhole: ([title]) => whole.has(String(title).trimEnd()),
    lines: (item) => {
      const named = first.map((field): [string, Cell] => [field.title, field.value(item)]);
      const rest = Object.keys(item)
        .filter((key) => !first.some((field) => field.key === key))
        .map((key): [string, Cell] => [titleOf(key), cellOf(item[key])]);
      const shown = [...named, ...rest].filter(([, value]) => value !== null && value !== undefined && value !== '');
      const width = Math.max(0, ...shown.map(([title]) => title.length)) + 2;
      return shown.map(([title, value]) => [asUntrusted(title.padEnd(width)), value]);
    },
  };
}

/** An argument that is an id as the server gave it, and the verb that lists those. */
export const idArgument = (summary: string, ...listedBy: readonly string[]) => ({
  summary,
  listedBy,
  parse: (text: string) => encodeURIComponent(text.trim()),
});
