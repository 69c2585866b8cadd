// The whole screen: header and footer that are ours alone, and between them one screen or what lies over it.

import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import { ours } from '../../src/text/brand.ts';
import { useDashboard } from '../dashboard-context.ts';
import { useKeys } from '../keys/use-keys.ts';
import { Blank, Line } from '../line.tsx';
import { useFrame } from '../use-frame.ts';
import { words } from '../words.ts';
import { actionBindings } from './action-keys.ts';
import type { Environment } from './environment.ts';
import { Footer, MessageLine } from './footer.tsx';
import { alwaysBindings, type GlobalCommands, globalBindings } from './global-keys.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { Palette } from './palette.tsx';
import type { Overlay } from './shell.ts';
import { Breadcrumbs, Tabs } from './tabs.tsx';
import { useFeatures } from './use-features.ts';
import { useSize } from './use-size.ts';

const LOOK = 250; // milliseconds
export const SMALLEST = { columns: 40, rows: 12 };

export type ShellViewProps = { environment: Environment; commands: GlobalCommands };

export function ShellView({ environment, commands }: ShellViewProps) {
  const dashboard = useDashboard();
  const { shell, screens } = dashboard;
  const { columns, rows } = useSize();
  const { trail, overlay } = useSyncExternalStore(shell.subscribe, shell.getState);
  // What an action may do depends on what is known of its subject: mostly an agent; the rest is looked up often enough for a hand.
  useFrame(dashboard.state.agents.getState);
  useFrame(() => Math.floor(performance.now() / LOOK));
  useFrame(() => dashboard.registry.length);
  const features = useFeatures();
  useKeys(globalBindings(dashboard), { id: 'global', level: 'global' });
  useKeys(alwaysBindings(commands), { id: 'always', level: 'always' });
  useKeys(actionBindings(dashboard, features), { id: 'actions', level: 'screen' });

  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return <TooSmall columns={columns} rows={rows} />;
  const place = trail.at(-1) ?? shell.place;
  const screen = screens.find(({ id }) => id === place.screen);
  // Away from the tabs, the breadcrumbs say where.
  const isDeep = trail.length > 1 || screens.find(({ id }) => id === trail[0]?.screen)?.tab === undefined;
  const bodyHeight = rows - (isDeep ? 5 : 4);
  // Rows are cut to their width before Ink sees them: clipping sideways would make it take every row apart once more.
  const over = overlay ? Math.min(bodyHeight, rowsOf(overlay, bodyHeight)) : 0;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header width={columns} environment={environment} />
      <Tabs width={columns} current={trail[0] ?? place} />
      {isDeep ? <Breadcrumbs width={columns} trail={trail} /> : null}
      <Box height={bodyHeight - over} width={columns} flexDirection="column" overflowY="hidden">
        {bodyHeight - over < 3 ? null : screen ? (
          <screen.Component
            key={`${place.screen}:${place.of ?? ''}`}
            id={screen.id}
            width={columns}
            height={bodyHeight - over}
            of={place.of}
          />
        ) : (
          <Line runs={[words`  ${ours('There is no such screen here.')}`]} width={columns} />
        )}
      </Box>
      {overlay ? (
        <Box height={over} width={columns} flexDirection="column" overflowY="hidden">
          <Over overlay={overlay} width={columns} height={over} close={shell.close} />
        </Box>
      ) : null}
      <MessageLine width={columns} />
      <Footer width={columns} />
    </Box>
  );
}

function rowsOf(overlay: Overlay, bodyHeight: number): number {
  if (overlay.kind === 'palette') return Math.max(6, Math.floor(bodyHeight / 2));
  return overlay.kind === 'dialog' && overlay.rows !== undefined ? overlay.rows : bodyHeight;
}

function Over({ overlay, width, height, close }: { overlay: Overlay; width: number; height: number; close(): void }) {
  if (overlay.kind === 'help') return <Help width={width} height={height} close={close} />;
  if (overlay.kind === 'palette') return <Palette initial={overlay.text} width={width} height={height} close={close} />;
  return <>{overlay.render({ width, height, close })}</>;
}

function TooSmall({ columns, rows }: { columns: number; rows: number }) {
  const lines = [
    ours('aim needs a terminal of'),
    words`${SMALLEST.columns}×${SMALLEST.rows} cells or more;`,
    words`this one has ${columns}×${rows}.`,
    ours('q quits.'),
  ];
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {lines.slice(0, rows).map((line) => (
        <Line key={line} runs={[line]} width={columns} />
      ))}
      <Blank rows={Math.max(0, rows - lines.length)} />
    </Box>
  );
}
