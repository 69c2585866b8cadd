// Where an audit log ended when it was last verified from here. Whoever owns the database can write all of it anew, its end included; not this.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../src/errors.ts';
import { makeFolderSync } from '../../src/settings/make-folder.ts';

export type LastHead = z.infer<typeof lastHead>;

const lastHead = z.object({
  sequence: z.number().int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
});

/** One for each organisation: their ids are their own wherever they move, which the address of a server is not. */
export const lastHeadPath = (stateFolder: string, organizationId: string): string =>
  join(stateFolder, 'audit-heads', `${encodeURIComponent(organizationId)}.json`);

/** Null where none was kept. @throws UsageError where there is something else: what cannot be read proves nothing. */
export function readLastHead(path: string): LastHead | null {
  try {
    return lastHead.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return null;
    throw new UsageError('audit.anchor', {
      message: `${path} does not say where the audit log ended.`,
      next: 'Find out who changed it. To begin anew from what the log says now: aim audit verify --anew',
      field: 'anchor',
      cause,
    });
  }
}

/** Whole or not at all. */
export function keepLastHead(path: string, head: LastHead): void {
  makeFolderSync(dirname(path));
  writeFileSync(`${path}.${process.pid}.new`, `${JSON.stringify(head)}\n`, { mode: 0o600 });
  renameSync(`${path}.${process.pid}.new`, path);
}
