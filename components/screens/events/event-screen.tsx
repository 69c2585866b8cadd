// One event in full: what was asked, by whom, what became of it and why.

import { useMemo } from 'react';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import { verificationId } from '../../../src/wire/scalars.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Line } from '../../line.tsx';
import type { Screen, ScreenProps } from '../../screen.ts';
import { useSelection } from '../../shell/use-selection.ts';
import { useAnswer } from '../../use-answer.ts';
import { useFrame } from '../../use-frame.ts';
import { Detail } from '../../widgets/detail.tsx';
import { words } from '../../words.ts';
import { eventDetail } from './event-detail.ts';

function EventScreen({ width, height, of }: ScreenProps) {
  const { api, state, shell, theme } = useDashboard();
  const live = useFrame(() => (of === null ? undefined : state.events.find(verificationId.parse(of)))) ?? null;
  // An event that is no longer in the buffer is asked for.
  const { value: fetched, failure } = useAnswer(live === null ? of : null, (signal) =>
    api.events.get(verificationId.parse(of), { signal }),
  );
  const event = live ?? fetched;
  const items = useMemo(() => (event ? eventDetail(event, theme.glyphs) : []), [event, theme]);
  useSelection(event ? { subject: 'event', value: event.id, label: visible(event.action ?? event.id, { max: 60 }) } : null);
  const agentId = event?.agentId ?? null;
  const itsAgent: Binding = {
    id: 'event.agent',
    keys: ['a'],
    label: ours('its agent'),
    summary: ours('Show the agent that asked'),
    footer: 2,
    disabled: agentId ? null : ours('This event names no agent'),
    run: () => shell.go('agent', agentId, visible(event?.agentName ?? '', { max: 40 })),
  };
  useKeys([itsAgent], { id: 'event', level: 'screen' });
  if (!event)
    return <Line runs={[failure ? words`  ${visible(failure, { max: 200 })}` : ours('  Asking the server…')]} width={width} />;
  return <Detail name="event" items={items} width={width} height={height} />;
}

export const eventScreen: Screen = { id: 'event', title: ours('Event'), Component: EventScreen };
