// Deciding several at once: every one of them listed, also those that a filter hides, and nothing sent before all were on screen.

import { Box } from 'ink';
import { useEffect, useLayoutEffect, useState } from 'react';
import { actionOf } from '../../src/state/approvals/action-facts.ts';
import { dossierOf } from '../../src/state/approvals/facts.ts';
import type { Bulk, Shown } from '../../src/state/approvals/model.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { counted, say } from '../../src/text/say.ts';
import { visible } from '../../src/text/visible.ts';
import { wrap } from '../../src/text/wrap.ts';
import { useDashboard } from '../dashboard-context.ts';
import type { KeyPress } from '../keys/key-press.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Blank, Line } from '../line.tsx';
import type { Runs } from '../paint.ts';
import { useEachFrame } from '../use-frame.ts';
import { useApprovals } from './approvals-store.ts';
import { LinePrompt } from './line-prompt.tsx';
import { CONFIRM_KEY } from './use-panel-keys.ts';

export type BulkDialogProps = { hidden: ReadonlySet<string>; width: number; height: number; close(): void };

export function BulkDialog({ hidden, width, height, close }: BulkDialogProps) {
  const { approvals, model } = useApprovals();
  const { bulk } = model;
  useEachFrame();
  // Sent, or nothing is left of it.
  useEffect(() => {
    if (bulk === null) close();
  }, [bulk, close]);
  useEffect(() => () => approvals.dispatch({ kind: 'bulk-closed' }), [approvals]);
  return bulk === null ? (
    <Blank rows={height} />
  ) : (
    <OpenBulk bulk={bulk} hidden={hidden} width={width} height={height} close={close} />
  );
}

function OpenBulk({ bulk, hidden, width, height, close }: BulkDialogProps & { bulk: Bulk }) {
  const { now, theme } = useDashboard();
  const { approvals } = useApprovals();
  const [wanted, setTop] = useState(0);
  const rows = bulkRows(bulk.items, hidden, width, bulk.openedAt);
  const room = Math.max(1, height - 4);
  const last = Math.max(0, rows.length - room);
  const top = Math.min(wanted, last);
  const bottom = Math.min(rows.length, top + room);
  useLayoutEffect(() => {
    const { layout, seen } = bulk;
    if (layout?.width === width && layout.height === height && layout.total === rows.length && seen >= bottom) return;
    approvals.dispatch({ kind: 'bulk-laid-out', width, height, total: rows.length, top, bottom, at: now() });
  });
  const press = (key: 'approve' | 'confirm' | 'back' | 'other') => (event: KeyPress) =>
    approvals.dispatch({ kind: 'bulk-pressed', key, at: event.at, lone: event.lone, repeat: event.repeat });
  const scroll = (by: number) => () => setTop(Math.max(0, Math.min(last, top + by)));
  const isPrompting = bulk.verb === 'deny' || bulk.step === 'counting';
  const isConfirming = bulk.step === 'confirming';
  const key = (id: string, keys: string[], label: string, run: (event: KeyPress) => void, footer?: number) => ({
    id,
    keys,
    label: ours(label),
    summary: ours(label),
    run,
    ...(footer === undefined ? {} : { footer }),
  });
  useKeys(
    [
      ...(isConfirming ? [key('bulk.confirm', [CONFIRM_KEY], 'approve all', press('confirm'), 1)] : []),
      ...(isConfirming || isPrompting ? [] : [key('bulk.approve', ['a'], 'approve', press('approve'), 1)]),
      key('bulk.down', isPrompting ? ['down'] : ['down', 'j'], 'scroll', scroll(1)),
      key('bulk.up', isPrompting ? ['up'] : ['up', 'k'], 'scroll', scroll(-1)),
      key('bulk.page-down', isPrompting ? ['pgdn'] : ['pgdn', 'space'], 'scroll', scroll(room - 1), 3),
      key('bulk.page-up', ['pgup'], 'scroll', scroll(1 - room)),
      key('bulk.back', ['esc', 'ctrl-c'], 'go back', (event) => (bulk.step === 'reading' ? close() : press('back')(event)), 2),
    ],
    {
      id: 'bulk',
      level: 'overlay',
      modal: true,
      type: (event) => {
        if (!isConfirming || event.name === CONFIRM_KEY || /^(esc|ctrl-|pg|up|down)/.test(event.name)) return false;
        press('other')(event);
        return true;
      },
    },
  );
  const count = counted(bulk.items.length, 'request');
  const title = bulk.verb === 'approve' ? say`Approve ${count}, all the same` : say`Deny ${count} with one reason`;
  const below = rows.length - bottom;
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line
        runs={[{ text: `${theme.glyphs.own} ${title}` as Printable, tone: 'accent' }]}
        right={below > 0 ? [{ text: say`${below} more rows (pgdn)`, tone: 'warning' }] : []}
        width={width}
      />
      {rows.slice(top, bottom).map((runs, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are keyed by their slot, so that scrolling remounts nothing
        <Line key={slot} runs={runs} width={width} />
      ))}
      <Blank rows={room - (bottom - top)} />
      {isPrompting ? (
        <LinePrompt
          key={bulk.step}
          label={bulk.verb === 'deny' ? ours('Reason for denying them all') : ours('How many are they? Type the number')}
          width={width}
          onEnter={(text, { at, lone, repeat }) => approvals.dispatch({ kind: 'bulk-submitted', text, at, lone, repeat })}
        />
      ) : (
        <Line
          runs={[
            {
              text: isConfirming
                ? say`${CONFIRM_KEY} APPROVES ${count}. Any other key goes back.`
                : say`a approves them, once all were read.`,
              tone: 'strong',
            },
          ]}
          width={width}
        />
      )}
      <Line runs={bulk.notice === null ? [] : [{ text: bulk.notice.words, tone: bulk.notice.tone }]} width={width} />
      <Blank rows={1} />
    </Box>
  );
}

/** The shared facts once, then every request with its id, and whether the filter of the list hides it. */
function bulkRows(items: readonly Shown[], hidden: ReadonlySet<string>, width: number, now: number): Runs[] {
  const [first] = items;
  if (first === undefined) return [];
  const isOneGroup = items.every(
    ({ request }) => request.agentId === first.request.agentId && request.capability === first.request.capability,
  );
  const facts = isOneGroup
    ? dossierOf(first.request, first.verdict, { ...first.around, now })
        .facts.filter(({ id, origin }) => origin !== 'server' || SHARED.has(id))
        .flatMap(({ label, value, tone }) =>
          wrap(`${label}: ${value}` as Printable, width).map((text): Runs => [{ text, tone }]),
        )
    : [];
  return [
    ...facts,
    ...items.flatMap(({ request, verdict }) => {
      const { capability, resource } = actionOf(request, verdict);
      const what = `${visible(request.agentName ?? request.agentId)} ${visible(capability)} ${visible(resource ?? '')}`;
      const filtered = hidden.has(request.id) ? ' (hidden by the filter)' : '';
      const proven = verdict.kind === 'signed' ? '' : `, ${verdict.title}`;
      const line = `${visible(request.id)}  ${what}, ${request.riskLevel}${proven}${filtered}` as Printable;
      return wrap(line, width - 2).map((text, at): Runs => [at === 0 ? ours('- ') : ours('  '), text]);
    }),
  ];
}

/** What holds for each of them, of what the server says: the rest is each one's own. */
const SHARED: ReadonlySet<string> = new Set(['action', 'resource', 'risk', 'added', 'given', 'own', 'lookalike', 'renamed']);
