// One action for all marked rows: every one of them is listed before, also those that the filter hides now.

import { Box } from 'ink';
import { createElement } from 'react';
import type { Action } from '../../commands/action.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { visible } from '../../src/text/visible.ts';
import { type Dashboard, useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Line } from '../line.tsx';
import type { Mark, OverlayProps } from '../shell/shell.ts';
import { Detail, type DetailItem } from '../widgets/detail.tsx';
import { own, words } from '../words.ts';
import { ActionForm } from './action-form.tsx';
import { errorLine } from './error-line.ts';
import { execute } from './execute.ts';
import { planOf } from './plan.ts';
import { twinText } from './twin.ts';

/** The marks that this action is for; none where it is not done to several at once. */
export function marksFor(action: Action, marks: readonly Mark[]): readonly Mark[] {
  const needed = Object.values(action.args).filter(({ optional }) => !optional);
  const [first] = needed;
  const isForOne = needed.length === 1 && first?.subject !== undefined && !ALONE.has(first.subject);
  // Named ones want a name typed each; what is edited is edited one by one; reading one shows one.
  if (!isForOne || action.risk === 'named' || action.document || (action.risk ?? 'read') === 'read' || 'stream' in action)
    return [];
  return marks.filter(({ subject }) => subject === first.subject);
}

/** Requests for approval are decided in their own dialog, with their own care. */
const ALONE: ReadonlySet<string> = new Set(['approval', 'grant']);

export function runMarked(dashboard: Dashboard, action: Action, marks: readonly Mark[]): void {
  const { shell } = dashboard;
  const [name = ''] = Object.keys(action.args);
  const { fields } = planOf(action, { [marks[0]?.subject ?? 'agent']: { value: marks[0]?.value ?? '', label: '' } });
  const title = words`${visible(action.summary)}: ${marks.length} marked`;
  const confirm = (options: Record<string, string>): void => {
    shell.open({
      kind: 'dialog',
      render: (props) =>
        createElement(ConfirmMarked, {
          ...props,
          title,
          marks,
          line: twinText(action, [marks[0]?.value ?? ''], options),
          onYes: () => void carryOut(dashboard, action, name, marks, options),
        }),
    });
  };
  if (fields.length === 0) {
    confirm({});
    return;
  }
  shell.open({
    kind: 'dialog',
    rows: Math.min(20, fields.length * 2 + 4),
    render: ({ width, height, close }) =>
      createElement(ActionForm, {
        action,
        title,
        fields,
        width,
        height,
        close,
        onSubmit: async (values: Record<string, string>) =>
          confirm(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))),
      }),
  });
}

async function carryOut(
  { shell, context }: Dashboard,
  action: Action,
  name: string,
  marks: readonly Mark[],
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const failed: Printable[] = [];
  let done = 0;
  for (const mark of marks) {
    shell.mention(words`${done + failed.length + 1} of ${marks.length}: ${mark.label}`);
    try {
      await execute({ action, args: { [name]: mark.value }, options }, context);
      done++;
    } catch (error) {
      failed.push(words`${mark.label}: ${errorLine(error)}`);
    }
    if (context.signal.aborted) return;
  }
  if (failed.length === 0) shell.say(words`Done for all ${done}: aim ${own(action.id.replaceAll('.', ' '))}`, 'good');
  else shell.say(words`Done for ${done} of ${marks.length}; not for ${failed[0] ?? ours('')}`, 'bad');
}

type ConfirmMarkedProps = OverlayProps & { title: Printable; marks: readonly Mark[]; line: Printable; onYes(): void };

function ConfirmMarked({ title, marks, line, width, height, close, onYes }: ConfirmMarkedProps) {
  const { theme } = useDashboard();
  const yes = () => {
    close();
    onYes();
  };
  useKeys(
    [
      { id: 'marked.yes', keys: ['y'], label: ours('yes'), summary: ours('Do it to all of them'), footer: 1, decides: true, run: yes },
      { id: 'marked.no', keys: ['n', 'esc', 'enter', 'q', 'ctrl-c'], label: ours('no'), summary: ours('Leave them as they are'), footer: 2, run: close },
    ],
    { id: 'marked', level: 'overlay', modal: true },
  ); // biome-ignore format: one table
  const hidden = marks.filter(({ isHidden }) => isHidden).length;
  const items: DetailItem[] = marks.map(({ label, isHidden }) => ({
    kind: 'line',
    runs: [ours('  '), label, { text: isHidden ? ours('  hidden by the filter') : ours(''), tone: 'warning' }],
  }));
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Line runs={[{ text: words`${theme.glyphs.own as Printable} ${title}?`, tone: 'warning' }]} width={width} />
      <Line
        runs={[
          ours('  '),
          { text: ours('y'), tone: 'key' },
          ours(' yes, all of them    '),
          { text: ours('n'), tone: 'key' },
          ours(' no (also Enter, esc)'),
          { text: hidden > 0 ? words`    ${hidden} of them hidden by the filter` : ours(''), tone: 'warning' },
        ]}
        width={width}
      />
      <Line runs={[ours('  each as '), { text: line, tone: 'muted' }]} width={width} />
      <Detail name="marked" items={items} width={width} height={height - 3} level="overlay" />
    </Box>
  );
}
