// The last row: the keys that matter now, made from the bindings that are live. And above it, what was just said.

import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import { ours, type Printable } from '../../src/text/brand.ts';
import type { AreaPart } from '../areas.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Binding, keyLabel } from '../keys/keymap.ts';
import { Line } from '../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../paint.ts';
import { useArea } from '../use-area.ts';
import { useEachFrame } from '../use-frame.ts';
import { words } from '../words.ts';
import { hintFor } from './hints.ts';
import { partOf } from './message-part.ts';
import type { Toast } from './shell.ts';

export function Footer({ width }: { width: number }) {
  const { keyboard, theme, shell, now } = useDashboard();
  useSyncExternalStore(keyboard.subscribe, () => keyboard.version);
  const hints = footerHints(keyboard.live(), width, theme.ascii);
  const parts = (): (AreaPart & { binding: Binding })[] => {
    let column = 0;
    return hints.map((binding) => {
      const columns = widthOfRuns(hintRuns(binding, theme.ascii));
      const part = { id: binding.id, binding, column, row: 0, columns, rows: 1 };
      column += columns;
      return part;
    });
  };
  const box = useArea('footer', {
    isOver: true,
    parts,
    onPress({ column }) {
      const hint = parts().find((part) => column >= part.column && column < part.column + part.columns)?.binding;
      if (!hint) return;
      const label = keyLabel(hint.keys[0] ?? '', { ascii: theme.ascii });
      if (hint.disabled) return shell.say(words`${label}: ${hint.disabled}.`, 'warning');
      // A click is not what a decision is made with: a hand that misses by a cell must cost nothing.
      if (hint.decides || shell.place.screen === 'approval')
        return shell.say(words`${label} is for the keyboard alone.`, 'warning');
      keyboard.dispatch({ kind: 'key', key: { name: hint.keys[0] ?? '', text: null, lone: false, repeat: false, at: now() } });
    },
  });
  return (
    <Box ref={box} height={1} flexShrink={0}>
      <Line runs={hints.flatMap((binding) => hintRuns(binding, theme.ascii))} width={width} />
    </Box>
  );
}

/** As many hints as fit, by their place; disabled ones stay, in brackets. The help is always among them: it has all the others. */
function footerHints(live: readonly Binding[], width: number, ascii: boolean): Binding[] {
  const wanted = live.filter(({ footer }) => footer !== undefined).sort((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
  const help = wanted.filter(({ id }) => id === 'shell.help');
  const kept = new Set<Binding>();
  let left = width;
  for (const binding of [...help, ...wanted]) {
    const cells = widthOfRuns(hintRuns(binding, ascii));
    if (kept.has(binding) || cells > left) continue;
    kept.add(binding);
    left -= cells;
  }
  return wanted.filter((binding) => kept.has(binding));
}

function hintRuns(binding: Binding, ascii: boolean): Run[] {
  const key = keyLabel(binding.keys[0] ?? '', { ascii });
  if (binding.disabled) return [{ text: words`(${key} ${binding.label})  `, tone: 'muted' }];
  return [
    { text: key, tone: 'key' },
    { text: words` ${binding.label}  `, tone: 'muted' },
  ];
}

/** One message at a time, the latest; it leaves by itself. */
export function MessageLine({ width }: { width: number }) {
  const dashboard = useDashboard();
  const { shell, now, theme, meter } = dashboard;
  useEachFrame();
  const { toasts, mentioned, overlay } = useSyncExternalStore(shell.subscribe, shell.getState);
  const shown = (toast: Toast | null | undefined) => (toast ? partOf(toast, width - 2, now()) : null);
  // The latest alone: an older one must not come back when it has gone.
  const said = shown(toasts.at(-1)) ?? shown(mentioned);
  const runs: Runs = said
    ? [{ text: words`${theme.glyphs.own as Printable}`, tone: said.tone }, ours(' '), ...said.runs]
    : meter.isOn
      ? [{ text: meter.line() ?? ours(''), tone: 'muted' }]
      : tipRuns(overlay === null ? hintFor(dashboard) : null); // in front of a dialog the keys that it tells of do not work
  return <Line runs={runs} width={width} />;
}

const tipRuns = (hint: Printable | null): Runs =>
  hint === null
    ? []
    : [
        { text: ours('  Tip: '), tone: 'accent' },
        { text: hint, tone: 'muted' },
      ];
