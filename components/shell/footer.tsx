// The last row: the keys that matter now, made from the bindings that are live. And above it, what was just said.

import { useSyncExternalStore } from 'react';
import { ours, type Printable } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { type Binding, keyLabel } from '../keys/keymap.ts';
import { Line } from '../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../paint.ts';
import { useEachFrame } from '../use-frame.ts';
import { words } from '../words.ts';

export function Footer({ width }: { width: number }) {
  const { keyboard, theme } = useDashboard();
  useSyncExternalStore(keyboard.subscribe, () => keyboard.version);
  return <Line runs={footerRuns(keyboard.live(), width, theme.ascii)} width={width} />;
}

/** As many hints as fit, by their place; disabled ones stay, in brackets. The help is always among them: it has all the others. */
export function footerRuns(live: readonly Binding[], width: number, ascii = false): Runs {
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
  return wanted.filter((binding) => kept.has(binding)).flatMap((binding) => hintRuns(binding, ascii));
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
  const { shell, now, theme } = useDashboard();
  useEachFrame();
  const { toasts, mentioned } = useSyncExternalStore(shell.subscribe, shell.getState);
  // The latest alone: an older one must not come back when it has gone.
  const latest = toasts.at(-1);
  const toast = latest && latest.until > now() ? latest : mentioned && mentioned.until > now() ? mentioned : null;
  const runs: Runs = toast
    ? [{ text: words`${theme.glyphs.own as Printable}`, tone: toast.tone }, ours(' '), { text: toast.text, tone: toast.tone }]
    : [];
  return <Line runs={runs} width={width} />;
}
