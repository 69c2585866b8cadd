// `aim logs verify`: is this still what was written?

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ExitCode, UsageError } from '../../src/errors.ts';
import type { LogFinding, LogVerification } from '../../src/security-log/verify-log.ts';
import { verifyLog } from '../../src/security-log/verify-log.ts';
import { asUntrusted, ours } from '../../src/text/brand.ts';
import { defineAction } from '../action.ts';
import type { Cell, View } from '../output/view.ts';
import { fileArgument, filesOf } from './options.ts';

type Verifications = { logs: LogVerification[]; isIntact: boolean };

const verifyView: View<Verifications> = {
  kind: 'text',
  lines: ({ logs }) =>
    logs.flatMap((log) => [...summary(log), ...log.findings.slice(0, SHOWN).map((finding) => sentence(finding)), ...rest(log)]),
};

export const verify = defineAction({
  id: 'logs.verify',
  keys: { logs: 'V' },
  summary: 'Check that nothing was changed in security logs',
  description:
    'Follows the hash chain through all parts of a log and names the first line that does not fit. Exit 1 where something does not. The head that it prints, kept elsewhere, proves later that nothing before it was changed; --head checks that.',
  examples: [
    { command: 'logs verify /var/log/aim/security.log', summary: 'Check one log and its rotated parts' },
    { command: 'logs verify --key auditor.pub', summary: 'Accept only checkpoints that this key signed' },
  ],
  args: { file: fileArgument },
  options: {
    key: {
      summary: 'A public key in base64, or a file with it, that checkpoints must be signed with; again for more',
      value: 'KEY',
      schema: z.array(z.string().min(1)).default([]),
      repeatable: true,
    },
    head: {
      summary: 'A head that was printed before, which must still be there',
      value: 'SHA256',
      schema: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    },
  },
  needs: 'none',
  async run(context, { file }, { key, head }): Promise<Verifications> {
    const keys = key.map(readKey);
    const logs: LogVerification[] = [];
    for (const log of filesOf(context, file).files)
      logs.push(await verifyLog(log, { keys, ...(head === undefined ? {} : { head }) }));
    return { logs, isIntact: logs.every(({ verdict }) => verdict !== 'broken') };
  },
  exitCode: ({ isIntact }) => (isIntact ? ExitCode.Ok : ExitCode.Failure),
  view: verifyView,
});

function readKey(text: string): string {
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return text;
  try {
    return readFileSync(text, 'utf8').trim();
  } catch {
    throw new UsageError('logs.key', {
      message: 'This is neither a public key in base64 nor a file that can be read.',
      field: 'key',
    });
  }
}

function summary({ file, verdict, lines, links, first, last, unchained, head, checkpoints }: LogVerification): Cell[][] {
  const words = { intact: ours('intact'), broken: ours('BROKEN'), none: ours('no chain') };
  const counted = `: ${lines} lines, ${links} in the chain${first === null ? '' : ` (${first} to ${last})`}${unchained > 0 ? `, ${unchained} without a place in it` : ''}`;
  const signed = `  ${checkpoints.count} signed checkpoints${checkpoints.lastSeq === null ? '' : `, the last at ${checkpoints.lastSeq}`}`;
  return [
    [words[verdict], ours('  '), asUntrusted(file), ours(counted)],
    ...(checkpoints.count > 0 ? [[ours(signed)]] : []),
    ...(head === null ? [] : [[ours(`  head ${head}`)]]),
  ];
}

function sentence(finding: LogFinding): Cell[] {
  const what = ours(`  ${describe(finding)}`);
  return 'line' in finding
    ? [what, ours(`  (`), asUntrusted(finding.file), ours(`, line ${finding.line}, byte ${finding.offset})`)]
    : [what];
}

function describe(finding: LogFinding): string {
  switch (finding.kind) {
    case 'gap':
      return `${finding.count} missing after number ${finding.after}`;
    case 'tampered':
      return `number ${finding.seq}, or a line right behind it, was changed`;
    case 'disordered':
      return `number ${finding.seq} stands after number ${finding.after}`;
    case 'repeated':
      return `${finding.count} from number ${finding.seq} on ${finding.count === 1 ? 'stands' : 'stand'} twice, unchanged`;
    case 'restarted':
      return `a new chain begins after number ${finding.after}`;
    case 'unsealed':
      return `${finding.count} before number ${finding.seq} are sealed by nothing`;
    case 'unchecked':
      return `too much of others before number ${finding.seq} to check`;
    case 'forged':
      return finding.because === 'key'
        ? `the checkpoint at number ${finding.seq} is signed with another key`
        : `the checkpoint at number ${finding.seq} has a wrong signature`;
    case 'cut':
      return `the log once went to number ${finding.until}, and ends at ${finding.after}`;
    case 'headless':
      return 'the head that was named is not in this log';
    case 'unreadable':
      return `a part cannot be read: ${finding.because}`;
  }
}

const rest = ({ findings, moreFindings }: LogVerification): Cell[][] => {
  const more = moreFindings + Math.max(0, findings.length - SHOWN);
  return more > 0 ? [[ours(`  and ${more} more`)]] : [];
};

const SHOWN = 20;
