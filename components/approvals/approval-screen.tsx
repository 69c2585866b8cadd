// The decision panel: one request, pinned, with its verdict on top, its facts in the middle and the decision at the bottom.

import { Box } from 'ink';
import { useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import type { Panel } from '../../src/state/approvals/model.ts';
import { givenBy, givenWords } from '../../src/state/approvals/narrowing.ts';
import { newCount, nextWaiting, waitingCount } from '../../src/state/approvals/queue.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import { visible } from '../../src/text/visible.ts';
import type { VerificationId } from '../../src/wire/scalars.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Blank, Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import type { Screen, ScreenProps } from '../screen.ts';
import { useEachFrame } from '../use-frame.ts';
import { useApprovals } from './approvals-store.ts';
import { NarrowDialog } from './narrow-dialog.tsx';
import { PanelFoot } from './panel-foot.tsx';
import { panelRows } from './panel-rows.ts';
import { usePanelKeys } from './use-panel-keys.ts';
import { WhyDialog } from './why-dialog.tsx';

function ApprovalPanel({ width, height, of }: ScreenProps) {
  const { clock, shell } = useDashboard();
  const { approvals, model } = useApprovals();
  const [failure, setFailure] = useState<Printable | null>(null);
  useEachFrame();
  // Four times a second: a countdown, and the moment from which keys count.
  useEffect(() => clock.tickEvery(250), [clock]);
  useEffect(() => {
    if (of === null) return;
    approvals.open(of as VerificationId).catch((error: Error) => setFailure(say`${error.message}`));
    // Help, palette and dialogs lie over the panel for a while; leaving it is what closes it.
    return () => {
      if (shell.getState().overlay === null || shell.place.of !== of) approvals.close();
    };
  }, [approvals, shell, of]);
  const panel = model.panel?.shown.request.id === of ? model.panel : null;
  if (panel !== null) return <OpenPanel panel={panel} width={width} height={height} />;
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line
        runs={[failure === null ? { text: ours('Fetching the request.'), tone: 'muted' } : { text: failure, tone: 'bad' }]}
        width={width}
      />
      <Blank rows={height - 1} />
    </Box>
  );
}

function OpenPanel({ panel, width, height }: { panel: Panel; width: number; height: number }) {
  const { theme, now, shell } = useDashboard();
  const { approvals, model } = useApprovals();
  const [place, setPlace] = useState({ top: 0, since: panel.changedAt });
  const [isExpanded, setExpanded] = useState(false);
  const { request, verdict, around } = panel.shown;
  const told = model.told.get(request.id) ?? null;
  const second = Math.floor(now() / 1000);
  const rows = useMemo(
    () =>
      panelRows({
        dossier: dossierOf(request, verdict, { ...around, now: second * 1000 }),
        changes: panel.changes,
        told,
        isSettled: request.status !== 'pending',
        given: Object.keys(panel.narrow).length === 0 ? null : givenWords(givenBy(request, panel.narrow)),
        width,
        gutter: theme.glyphs.bar as Printable,
        isExpanded,
      }),
    [request, verdict, around, second, panel.changes, panel.narrow, told, width, theme, isExpanded],
  );

  const bodyHeight = Math.max(1, height - 1 - FOOT);
  const last = Math.max(0, rows.length - bodyHeight);
  // A change begins at its first row again: what was scrolled past may be what changed.
  const at = place.since === panel.changedAt ? Math.min(place.top, last) : 0;
  const bottom = Math.min(rows.length, at + bodyHeight);
  const isSameSize = panel.layout?.width === width && panel.layout.height === height;
  useLayoutEffect(() => {
    if (panel.layout !== null && panel.layout.total === rows.length && panel.seen >= bottom && isSameSize) return;
    approvals.dispatch({ kind: 'laid-out', width, height, total: rows.length, top: at, bottom, at: now() });
  });

  // With the commit, not after it: no key may come between the rows and their arming.
  useLayoutEffect(() => approvals.dispatch({ kind: 'uncovered', at: now() }), [approvals, now]);

  usePanelKeys({
    panel,
    scroll: {
      at,
      last,
      // A row of overlap is for the eye; of two or three rows it would be half of the way.
      page: bodyHeight < 4 ? bodyHeight : bodyHeight - 1,
      to: (row) => setPlace({ top: Math.max(0, Math.min(last, row)), since: panel.changedAt }),
    },
    openWhy: (off) =>
      shell.open({
        kind: 'dialog',
        render: (props) => <WhyDialog request={request} verdict={verdict} agent={around.agent} off={off} {...props} />,
      }),
    openLimits: () =>
      shell.open({ kind: 'dialog', rows: LIMITS_ROWS, render: (props) => <NarrowDialog panel={panel} {...props} /> }),
    toggleExpanded: () => setExpanded(!isExpanded),
    goNext: () => {
      const next = nextWaiting(model.queue, request.id);
      if (next === null) return shell.say(ours('Nothing else waits.'));
      approvals.open(next).catch((error: Error) => shell.say(say`${error.message}`, 'bad'));
      const label = model.queue.rows.find(({ id }) => id === next)?.request.agentName ?? next;
      shell.back();
      shell.go('approval', next, visible(label, { max: 40 }));
    },
  });

  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={titleRuns()} right={othersRuns()} width={width} />
      {rows.slice(at, bottom).map((runs, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are keyed by their slot, so that scrolling remounts nothing
        <Line key={slot} runs={runs} width={width} />
      ))}
      <Blank rows={bodyHeight - (bottom - at)} />
      <PanelFoot panel={panel} width={width} from={at + 1} bottom={bottom} total={rows.length} />
    </Box>
  );

  function titleRuns(): Runs {
    const isSigned = verdict.kind === 'signed';
    const glyph = `${theme.glyphs.own} ${isSigned ? theme.glyphs.allowed : theme.glyphs.denied} ` as Printable;
    return [
      { text: glyph, tone: isSigned ? 'good' : 'bad' },
      { text: verdict.title, tone: isSigned ? 'good' : 'bad' },
    ];
  }

  function othersRuns(): Runs {
    const others = waitingCount(model.queue) - (request.status === 'pending' ? 1 : 0);
    const fresh = newCount(model.queue);
    if (others <= 0) return [];
    const isNew = fresh > 0 ? say` (${fresh} new)` : ours('');
    return [{ text: `${counted(others, 'more waits', 'more wait')}${isNew}` as Printable, tone: 'muted' }];
  }
}

/** The scroll line, two lines for the decision, one for what the last key did. */
const FOOT = 4;
const LIMITS_ROWS = 12;

export const approvalScreen: Screen = { id: 'approval', title: ours('Request'), Component: ApprovalPanel };
