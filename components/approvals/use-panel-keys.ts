// The panel's keys. Which key it is, and how it came, goes to the approvals machine; this file decides nothing.

import type { Panel } from '../../src/state/approvals/model.ts';
import type { PressedKey } from '../../src/state/approvals/press.ts';
import { whyNotApproveAction, whyNotDecide } from '../../src/state/approvals/why-not.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { say } from '../../src/text/say.ts';
import type { KeyPress } from '../keys/key-press.ts';
import type { Binding } from '../keys/keymap.ts';
import { useKeys } from '../keys/use-keys.ts';
import { useApprovals } from './approvals-store.ts';
import type { DisabledKey } from './why-dialog.tsx';

/** Far from `a` on QWERTY, AZERTY, Dvorak and Colemak: a finger that slips, or a hand that types a word, does not find it. */
export const CONFIRM_KEY = 'p';

export type PanelScroll = { at: number; last: number; page: number; to(row: number): void };
export type PanelKeysOptions = {
  panel: Panel;
  scroll: PanelScroll;
  toggleExpanded(): void;
  goNext(): void;
  openLimits(): void;
  openWhy(off: readonly DisabledKey[]): void;
};

export function usePanelKeys({ panel, scroll, toggleExpanded, goNext, openLimits, openWhy }: PanelKeysOptions): void {
  const { approvals, model } = useApprovals();
  const { shown, step } = panel;
  const press = (key: PressedKey) => (event: KeyPress) =>
    approvals.dispatch({ kind: 'pressed', key, at: event.at, lone: event.lone, repeat: event.repeat });
  const closed = whyNotDecide(shown.request, model.inFlight.has(shown.request.id));
  const isUnproven = shown.verdict.kind !== 'signed';
  const off = (closed ?? whyNotApproveAction(shown, false))?.words ?? null;
  const noLimits =
    shown.request.allowed === null ? ours('This server takes an approval as it was asked, or not at all.') : null;
  // AIM's own server keeps what is decided, and nothing that is said around it.
  const isBare = shown.request.quorum === null && shown.request.binding === null;
  const noOthers = isBare ? ours('This server knows one reviewer at a time.') : null;
  const moves = scrollKeys(scroll);

  const bindings: Binding[] = [
    bind('approval.approve', ['a'], 'approve', 'First step of an approval, once everything was read', press('approve'), 1, off),
    bind('approval.deny', ['d'], 'deny', 'Deny, with a reason', press('deny'), 2, closed?.words ?? null),
    bind(
      'approval.limits',
      ['l'],
      'limits',
      'Give less than was asked: duration, uses, resource, start',
      openLimits,
      3,
      closed?.words ?? noLimits,
    ),
    bind('approval.next', ['n'], 'next', 'Open the request that has waited longest', goNext, 4),
    bind('approval.confirm', [CONFIRM_KEY], 'confirm', 'Second step of an approval', press('confirm')),
    bind(
      'approval.why',
      ['w'],
      'why',
      'Show why it waits: rule, data and missing reviewers',
      () => openWhy(disabledIn(bindings)),
      5,
    ),
    bind('approval.comment', ['c'], 'comment', 'Say something to the other reviewers', press('comment'), undefined, noOthers),
    bind(
      'approval.escalate',
      ['E'],
      'escalate',
      'Ask for more eyes on it',
      press('escalate'),
      undefined,
      closed?.words ?? noOthers,
    ),
    bind(
      'approval.nudge',
      ['N'],
      'nudge',
      'Remind those who could review it',
      press('nudge'),
      undefined,
      closed?.words ?? noOthers,
    ),
    bind(
      'approval.undo',
      ['z'],
      'undo',
      'Take your decision back, for ten seconds and while nothing has come of it',
      press('undo'),
      shown.request.undoUntil === null ? undefined : 1,
    ),
    bind('approval.expand', ['e'], 'all of it', 'Show all of what the agent says, or its beginning', toggleExpanded),
    bind(
      'approval.unproven',
      ['U'],
      'unproven',
      'Approve what is not proven, with more steps',
      press('approve-unproven'),
      isUnproven ? 5 : undefined,
      closed?.words ?? null,
    ),
    bind(
      'approval.accept-key',
      ['K'],
      'accept key',
      "Accept the agent's new key",
      press('accept-key'),
      shown.verdict.kind === 'key-changed' ? 5 : undefined,
    ),
    ...moves.map(({ id, keys, summary, run }) => bind(id, keys, 'scroll', summary, run)),
  ];
  useKeys(bindings, { id: 'approval', level: 'screen' });

  // While the second step is open every key is the machine's: one confirms, all others go back.
  useKeys(
    [
      ...(step.kind === 'confirming'
        ? [bind('approval.yes', [CONFIRM_KEY], 'approve', 'Approve it', press('confirm'), 1)]
        : []),
      bind('approval.back', ['esc'], 'go back', 'Do not approve', press('back'), 2),
    ],
    {
      id: 'approval:confirm',
      level: 'overlay',
      modal: true,
      active: step.kind === 'confirming' || step.kind === 'signing-in',
      type: (event) => {
        const move = moves.find(({ keys }) => keys.includes(event.name));
        if (event.name.startsWith('ctrl-')) return false;
        if (event.name === CONFIRM_KEY) press('confirm')(event);
        else if (event.name === 'esc') press('back')(event);
        else if (move === undefined) press('other')(event);
        else move.run();
        return true;
      },
    },
  );
}

/** As `a approve`, with the reason that the key itself gives. */
const disabledIn = (bindings: readonly Binding[]): DisabledKey[] =>
  bindings.flatMap(({ keys, label, disabled }) =>
    disabled ? [{ label: say`${keys[0] ?? ''} ${label}`, because: disabled }] : [],
  );

function scrollKeys({ at, last, page, to }: PanelScroll) {
  return [
    { id: 'approval.down', keys: ['down', 'j'], summary: 'Scroll down', run: () => to(at + 1) },
    { id: 'approval.up', keys: ['up', 'k'], summary: 'Scroll up', run: () => to(at - 1) },
    {
      id: 'approval.page-down',
      keys: ['pgdn', 'space', 'ctrl-f', 'ctrl-d'],
      summary: 'Scroll down by a page',
      run: () => to(at + page),
    },
    { id: 'approval.page-up', keys: ['pgup', 'ctrl-b', 'ctrl-u'], summary: 'Scroll up by a page', run: () => to(at - page) },
    { id: 'approval.first', keys: ['home', 'g'], summary: 'Scroll to the beginning', run: () => to(0) },
    { id: 'approval.last', keys: ['end', 'G'], summary: 'Scroll to the end', run: () => to(last) },
  ];
}

function bind(
  id: string,
  keys: readonly string[],
  label: string,
  summary: string,
  run: (key: KeyPress) => void,
  footer?: number,
  disabled: Printable | null = null,
): Binding {
  return { id, keys, label: ours(label), summary: ours(summary), run, disabled, ...(footer === undefined ? {} : { footer }) };
}
