// The first row, which no screen can write to: where we are, who we are, and whether what is shown is still so.

import { type LinkModel, linkWord } from '../../src/state/link.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { age, countdown } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../paint.ts';
import type { Glyphs, Tone } from '../theme.ts';
import { useEachFrame } from '../use-frame.ts';
import { own, words } from '../words.ts';
import { type Environment, hostOf } from './environment.ts';

export function Header({ width, environment }: { width: number; environment: Environment }) {
  const { theme, api, account, state, now, context, signInEndsAt } = useDashboard();
  useEachFrame();
  const { trouble } = state.link.getState();
  const link: Run[] =
    trouble === null
      ? linkRuns(state.link.getState(), now(), theme.glyphs)
      : [
          {
            text: words`${theme.glyphs.failed as Printable} ${visible(trouble, { max: Math.max(20, width - 20) })}`,
            tone: 'bad',
          },
        ];
  const name: Run = { text: words`${theme.glyphs.own as Printable}aim `, tone: 'accent' };
  const where: Run = { text: words` ${environment.word} `, tone: environment.tone };
  const readOnly: Run[] = context.settings.get('readOnly') ? [{ text: ours(' READ-ONLY'), tone: 'warning' }] : [];
  const ending = endingRuns(signInEndsAt?.() ?? null, now());
  const server: Run = { text: words` ${visible(hostOf(api.server), { max: 40 })}`, tone: 'normal' };
  const who: Run = { text: words`  ${visible(account.email, { max: 40 })} `, tone: 'normal' };
  const role: Run = { text: words`(${own(account.role)})`, tone: 'muted' };
  // Given up from the right, the least telling first. Where we are and the link stay.
  const choices: Runs[] = [
    [name, where, ...readOnly, ...ending, server, who, role],
    [name, where, ...readOnly, ...ending, server, who],
    // Who is signed in says more than an end that is hours away.
    ...(ending[0]?.tone === 'muted' ? [[name, where, ...readOnly, server, who]] : []),
    [name, where, ...readOnly, ...ending, server],
    [name, where, ...readOnly, ...ending],
    [name, where, ...readOnly],
  ];
  const room = width - widthOfRuns(link) - 1;
  const left = choices.find((runs) => widthOfRuns(runs) <= room) ?? choices.at(-1) ?? [];
  return <Line runs={left} right={link} width={width} />;
}

/** Said in its last day, and as a warning in its last quarter of an hour: a sign-in that just ends is a surprise in the middle of work. */
function endingRuns(endsAt: number | null, now: number): Run[] {
  if (endsAt === null || endsAt - now > 24 * HOUR) return [];
  if (endsAt <= now) return [{ text: ours(' signed out, ^O signs in '), tone: 'bad' }];
  const left = countdown(new Date(endsAt).toISOString() as Timestamp, now);
  return [{ text: words` sign-in ends in ${left} `, tone: endsAt - now < HOUR / 4 ? 'warning' : 'muted' }];
}

const HOUR = 3_600_000;

/** What the header says of the link, in a word, a glyph and a tone that agree. */
export function linkRuns(model: LinkModel, now: number, glyphs: Glyphs): Run[] {
  const { link, lastEventAt, downSince } = model;
  const word = linkWord(model);
  const [glyph, tone] = looks(word, glyphs);
  const last = lastEventAt === null ? ours('no events yet') : words`last event ${age(lastEventAt, now)}`;
  const details: Record<typeof word, () => Printable> = {
    connecting: () => ours('connecting'),
    live: () => words`live, ${last}`,
    polling: () => words`polling, ${last}`,
    reconnecting: () =>
      link.state === 'reconnecting'
        ? words`stale since ${age(downSince ?? now, now)}, again in ${countdownOrNow(link.retryAt, now)}`
        : ours(''),
    offline: () => words`offline: ${visible(link.state === 'offline' ? link.because : '', { max: 30 })}`,
    restarting: () => ours('control plane died, restarting'),
  };
  return [{ text: words`${glyph as Printable} ${details[word]()}`, tone }];
}

function countdownOrNow(at: string, now: number): Printable {
  return Date.parse(at) <= now ? ours('a moment') : countdown(at, now);
}

function looks(word: ReturnType<typeof linkWord>, glyphs: Glyphs): [glyph: string, tone: Tone] {
  if (word === 'live') return [glyphs.live, 'good'];
  if (word === 'polling' || word === 'connecting') return [glyphs.stale, 'info'];
  if (word === 'reconnecting' || word === 'restarting') return [glyphs.stale, 'warning'];
  return [glyphs.down, 'bad'];
}
