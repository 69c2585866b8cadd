// Above the log: where it comes from, how much there was of each severity, and when.

import { basename } from 'node:path';
import { severities } from '../../src/security-log/entry.ts';
import { histogram, type LiveLog, type LogView } from '../../src/security-log/live-log.ts';
import { ours } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import { sparkline } from '../look.ts';
import type { Run } from '../paint.ts';
import { own, words } from '../words.ts';
import { severityTone } from './log-columns.ts';

export function LogSummary({ log, view, width }: { log: LiveLog; view: LogView; width: number }) {
  const { theme } = useDashboard();
  const read = [...log.sources].filter(([, { lines }]) => lines > 0);
  const names = read.map(([file]) => visible(basename(file), { max: 30 }));
  const sources =
    names.length === 0
      ? ours('no source yet')
      : words`${names[0] ?? ours('')}${names.length > 1 ? words` +${names.length - 1}` : ours('')}`;
  const counts = severities
    .filter((severity) => log.counts[severity] > 0)
    .reverse()
    .map(
      (severity): Run => ({
        text: words`  ${own(severity.toLowerCase())} ${log.counts[severity]}`,
        tone: severityTone[severity],
      }),
    );
  const dropped = log.rows.dropped;
  const { counts: slices } = histogram(view, Math.max(8, Math.min(40, width - 60)));
  const runs: Run[] = [{ text: words`  ${sources}`, tone: 'accent' }, ...counts];
  if (dropped > 0) runs.push({ text: words`  ${dropped} older not kept`, tone: 'warning' });
  return <Line runs={runs} right={[{ ...sparkline(slices, Math.max(...slices), theme), tone: 'info' }]} width={width} />;
}

/** The ten types that came most often, live. */
export function TypeCounts({ log, width }: { log: LiveLog; width: number }) {
  const most = [...log.types].sort((a, b) => b[1] - a[1]).slice(0, 10);
  const runs = most.map(([type, count]): Run => ({ text: words`  ${visible(type, { max: 30 })} ${count}`, tone: 'muted' }));
  return <Line runs={runs} width={width} />;
}
