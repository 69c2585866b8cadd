// `aim logs export`: to files, syslog receivers and collectors, in the formats that they know.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, UsageError } from '../../src/errors.ts';
import { csvHeading, type ExportFormat, exportFormats } from '../../src/security-log/export/formats.ts';
import { shipLog } from '../../src/security-log/export/ship.ts';
import type { Sink } from '../../src/security-log/export/sink.ts';
import { sinkFor } from '../../src/security-log/export/sinks.ts';
import { openSpool, type Spool, type SpoolState } from '../../src/security-log/export/spool.ts';
import { terminalJson } from '../../src/text/json.ts';
import { type ActionContext, defineAction } from '../action.ts';
import { fileArgument, filesOf, queryOptions } from './options.ts';
import { compiledQuery } from './query.ts';

type Exported = SpoolState & { to: string; format: ExportFormat };

export const exportLogs = defineAction({
  id: 'logs.export',
  summary: 'Send security logs to a file, a syslog receiver or a collector',
  description: `Formats: ${exportFormats.join(', ')}. Targets: - (standard output), file:PATH, syslog://HOST (UDP), syslog+tcp://HOST, syslog+tls://HOST, https://HOST/PATH. With --spool, every line is sent at least once over restarts and outages; what waits is kept on disk. Tokens for HTTP receivers come from AIM_LOG_EXPORT_AUTHORIZATION, not from the command line.`,
  examples: [
    { command: 'logs export --format cef --since 24h > today.cef', summary: 'The last day as CEF' },
    { command: 'logs export --to syslog+tls://siem.example.com --follow --spool', summary: 'Keep a SIEM up to date' },
    {
      command: 'logs export --to https://collector.example.com/v1/logs --format otlp --follow --spool',
      summary: 'The same over OTLP/HTTP',
    },
  ],
  args: { file: fileArgument },
  options: {
    ...queryOptions,
    to: { summary: 'Where to (default standard output)', value: 'TARGET', schema: z.string().default('-') },
    format: {
      summary: `One of ${exportFormats.join(', ')} (default jsonl)`,
      value: 'FORMAT',
      schema: z.enum(exportFormats).default('jsonl'),
    },
    follow: { summary: 'Go on with new lines as they come', schema: z.boolean().default(false) },
    spool: { summary: 'Keep the queue on disk, and go on where the last run ended', schema: z.boolean().default(false) },
    ca: {
      summary: 'PEM file of the authority behind the certificate of a TLS receiver',
      value: 'FILE',
      schema: z.string().optional(),
    },
  },
  needs: 'none',
  risk: 'change',
  async run(context, { file }, { to, format, follow, spool, ca, ...wanted }): Promise<Exported> {
    const { io, signal } = context;
    const { files } = filesOf(context, file, { mayComeLater: follow });
    const { fits } = compiledQuery(wanted);
    const authorization = io.env['AIM_LOG_EXPORT_AUTHORIZATION'];
    const sink = sinkOf(to, {
      format,
      stdout: io.stdout,
      ca: ca === undefined ? undefined : readFileSync(ca, 'utf8'),
      headers: authorization ? { authorization } : {},
    });
    const queue = spoolFor(spool ? spoolPath(context, format, to) : ':memory:');
    if (to === '-' && format === 'csv') io.stdout.write(`${csvHeading}\n`);
    let said: string | null = null;
    try {
      const state = await shipLog({
        ...{ files, spool: queue, sink, fits, follow, signal },
        onState({ failing, queued }) {
          if (failing !== said)
            io.note(failing === null ? 'aim: the receiver takes lines again' : `aim: ${queued} lines wait: ${failing}`);
          said = failing;
        },
      });
      if (to !== '-')
        io.note(
          `${state.sent} sent${state.queued > 0 ? `, ${state.queued} still wait` : ''}${state.refused > 0 ? `, ${state.refused} refused for good` : ''}`,
        );
      const done = { ...state, to, format };
      // Standard output is either what was exported or what became of it.
      if (to !== '-' && io.json) io.stdout.write(`${terminalJson(done)}\n`);
      return done;
    } finally {
      queue.close();
    }
  },
  async plan(context, { file }, { to, format, follow, spool, ca, ...wanted }) {
    const { files } = filesOf(context, file, { mayComeLater: follow });
    compiledQuery(wanted);
    if (ca !== undefined) readFileSync(ca);
    const sink = sinkOf(to, { format, stdout: context.io.stdout, ca: undefined, headers: {} });
    await sink.close();
    const path = spoolPath(context, format, to);
    return [
      ...files.map((path) => `${path} would be read`),
      `its lines that fit would go to ${to === '-' ? 'standard output' : to}, as ${format}`,
      ...(spool ? [`${existsSync(path) ? 'from where the last run ended, by' : 'what waits would be kept in'} ${path}`] : []),
      ...(follow ? ['and so on with new lines, until it is ended'] : []),
    ];
  },
  view: { kind: 'none' },
});

const spoolPath = ({ settings }: ActionContext, format: ExportFormat, to: string): string =>
  join(settings.paths.state, 'log-export', `${encodeURIComponent(`${format} ${to}`)}.db`);

function sinkOf(to: string, options: Parameters<typeof sinkFor>[1]): Sink {
  try {
    return sinkFor(to, options);
  } catch (error) {
    throw new UsageError('logs.export-target', {
      message: `${JSON.stringify(to)} is no target.`,
      next: 'Use - or file:PATH, syslog://HOST, syslog+tcp://HOST, syslog+tls://HOST, https://HOST/PATH',
      field: 'to',
      cause: error,
    });
  }
}

function spoolFor(path: string): Spool {
  try {
    return openSpool(path);
  } catch (error) {
    throw new ConfigurationError('logs.export-spool', {
      message: `The spool ${path} cannot be used: ${error instanceof Error ? error.message : error}.`,
      next: 'Another export to the same target may be running',
      cause: error,
    });
  }
}
