// `aim audit check`: is an exported audit log still what the server wrote? Without the server.

import { z } from 'zod';
import { ExitCode, PolicyError, UsageError } from '../../src/errors.ts';
import { type AuditExportCheck, type AuditFault, checkAuditExport } from '../../src/security-log/audit-export.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { defineAction } from '../action.ts';
import { readFileArgument } from '../read-options.ts';

export const check = defineAction({
  id: 'audit.check',
  summary: 'Check an exported audit log, offline',
  description:
    'Follows the hash chain through one or several exports (JSON) and checks the receipts of the decisions in them. Exit 5 at the first entry that does not fit, by its number. The head that it prints, kept elsewhere, proves later that nothing before it was changed; --head checks that.',
  examples: [
    { command: 'audit check audit.json', summary: 'What was exported with: aim audit export > audit.json' },
    { command: 'audit check january.json february.json --head 5f7a…', summary: 'Two exports, up to a head that was noted' },
  ],
  args: { file: { summary: 'An export; - for standard input', variadic: true, parse: (text: string) => text } },
  options: {
    head: {
      summary: 'The hash of an entry that must be there',
      value: 'SHA256',
      schema: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    },
    key: {
      summary: 'A public key of a reviewer; with any, receipts must be signed with one of them; again for more',
      value: 'KEY',
      schema: z.array(z.string().length(44, 'it is not 32 bytes in base64')).default([]),
      repeatable: true,
    },
  },
  needs: 'none',
  commandLineOnly: true,
  run: async ({ io }, { file }, { head, key }): Promise<AuditExportCheck> => {
    const exported: unknown[] = [];
    for (const name of file) exported.push(await readJson(name, io));
    const checked = checkedExport(exported, head, key);
    if (checked.fault === null) return checked;
    throw new PolicyError('audit.broken', {
      message: sentence(checked.fault),
      next: 'Keep the export and the server as they are, and compare with an export that was kept elsewhere',
      exitCode: ExitCode.Forbidden,
      current: checked,
    });
  },
  view: {
    kind: 'text',
    lines: ({ checked, first, last, head, before, decisions, receipts }) => [
      [ours(`whole: ${checked} entries${first === null ? '' : `, ${first} to ${last}`}`)],
      [ours(`  ${decisions} decisions, ${receipts} of them with a receipt that holds`)],
      ...(head === null ? [] : [[ours('  head '), visible(head, { max: 64 })]]),
      ...(before === null || /^0+$/.test(before) ? [] : [[ours('  follows '), visible(before, { max: 64 })]]),
    ],
  },
});

async function readJson(name: string, io: Parameters<typeof readFileArgument>[2]): Promise<unknown> {
  const text = await readFileArgument(name, 'audit check', io);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw noExport(cause);
  }
}

function checkedExport(exported: readonly unknown[], head: string | undefined, keys: readonly string[]): AuditExportCheck {
  try {
    return checkAuditExport(exported, { head, keys });
  } catch (cause) {
    throw noExport(cause);
  }
}

const noExport = (cause: unknown): UsageError =>
  new UsageError('audit.export', {
    message: 'That is no export of an audit log with its chain.',
    next: 'Make one: aim audit export > audit.json',
    field: 'file',
    cause,
  });

function sentence({ sequence, fault, id, action }: AuditFault): string {
  const which = id === null ? '' : ` (${visible(action ?? id, { max: 40 })}, ${visible(id, { max: 60 })})`;
  switch (fault) {
    case 'changed':
      return `Entry ${sequence}${which} was changed after it was written.`;
    case 'missing':
      return `Entry ${sequence} is missing.`;
    case 'reordered':
      return `Entry ${sequence}${which} does not follow the one before it.`;
    case 'receipt':
      return `The receipt of entry ${sequence}${which} is not that of its decision.`;
    case 'head':
      return 'The head that was named is not in this export.';
  }
}
