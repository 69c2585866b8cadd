// Where a page ends: time and id of its last row, opaque to clients.

import { invalid } from '../refusal.ts';

export const writeCursor = (at: number, id: string): string => Buffer.from(`${at}:${id}`).toString('base64url');

/** @throws Refusal 400 where it is none of ours. */
export function readCursor(cursor: string): { at: number; id: string } {
  const [, at, id] = /^(\d{1,16}):([\x20-\x7e]{1,100})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined) throw invalid('cursor: is not one that this server gave', 'cursor');
  return { at: Number(at), id };
}
