// One event in full: what was asked, by whom, what became of it and why.

import { useEffect, useMemo, useState } from 'react';
import { ours } from '../../../src/text/brand.ts';
import { visible } from '../../../src/text/visible.ts';
import type { VerificationEvent } from '../../../src/wire/event.ts';
import { verificationId } from '../../../src/wire/scalars.ts';
import { useDashboard } from '../../dashboard-context.ts';
import type { Binding } from '../../keys/keymap.ts';
import { useKeys } from '../../keys/use-keys.ts';
import { Line } from '../../line.tsx';
import type { Screen, ScreenProps } from '../../screen.ts';
import { useSelection } from '../../shell/use-selection.ts';
import { useFrame } from '../../use-frame.ts';
import { Detail } from '../../widgets/detail.tsx';
import { words } from '../../words.ts';
import { eventDetail } from './event-detail.ts';

function EventScreen({ width, height, of }: ScreenProps) {
  const { state, shell, theme } = useDashboard();
  const live = useFrame(() => (of === null ? undefined : state.events.find(verificationId.parse(of)))) ?? null;
  const { event: fetched, failure } = useFetched(of, live === null);
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

/** An event that is no longer in the buffer is asked for. */
function useFetched(id: string | null, isWanted: boolean): { event: VerificationEvent | null; failure: string | null } {
  const { api } = useDashboard();
  const [answer, setAnswer] = useState<{ event: VerificationEvent | null; failure: string | null }>({
    event: null,
    failure: null,
  });
  useEffect(() => {
    if (id === null || !isWanted) return;
    const asking = new AbortController();
    api.events.get(verificationId.parse(id), { signal: asking.signal }).then(
      (event) => setAnswer({ event, failure: null }),
      (error: unknown) => {
        if (!asking.signal.aborted) setAnswer({ event: null, failure: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => asking.abort();
  }, [api, id, isWanted]);
  return answer;
}

export const eventScreen: Screen = { id: 'event', title: ours('Event'), Component: EventScreen };
