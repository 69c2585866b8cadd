// The first row, which no screen can write to: where we are, who we are, and whether what is shown is still so.

import { type LinkModel, linkWord } from '../../src/state/link.ts';
import { ours, type Printable } from '../../src/text/brand.ts';
import { age, countdown } from '../../src/text/time.ts';
import { visible } from '../../src/text/visible.ts';
import { useDashboard } from '../dashboard-context.ts';
import { Line } from '../line.tsx';
import { type Run, type Runs, widthOfRuns } from '../paint.ts';
import type { Glyphs, Tone } from '../theme.ts';
import { useEachFrame } from '../use-frame.ts';
import { own, words } from '../words.ts';
import { type Environment, hostOf } from './environment.ts';

export function Header({ width, environment }: { width: number; environment: Environment }) {
  const { theme, api, account, state, now, context } = useDashboard();
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
  const server: Run = { text: words` ${visible(hostOf(api.server), { max: 40 })}`, tone: 'normal' };
  const who: Run = { text: words`  ${visible(account.email, { max: 40 })} `, tone: 'normal' };
  const role: Run = { text: words`(${own(account.role)})`, tone: 'muted' };
  // Given up from the right, the least telling first. Where we are and the link stay.
  const choices: Runs[] = [
    [name, where, ...readOnly, server, who, role],
    [name, where, ...readOnly, server, who],
    [name, where, ...readOnly, server],
    [name, where, ...readOnly],
  ];
  const room = width - widthOfRuns(link) - 1;
  const left = choices.find((runs) => widthOfRuns(runs) <= room) ?? choices.at(-1) ?? [];
  return <Line runs={left} right={link} width={width} />;
}

/** What the header says of the link, in a word, a glyph and a tone that agree. */
export function linkRuns(model: LinkModel, now: number, glyphs: Glyphs): Run[] {
  const { link, lastEventAt } = model;
  const word = linkWord(model);
  const [glyph, tone] = looks(word, glyphs);
  const last = lastEventAt === null ? ours('no events yet') : words`last event ${age(lastEventAt, now)}`;
  const details: Record<typeof word, () => Printable> = {
    connecting: () => ours('connecting'),
    live: () => words`live, ${last}`,
    polling: () => words`polling, ${last}`,
    reconnecting: () =>
      link.state === 'reconnecting'
        ? words`stale since ${lastEventAt === null ? ours('start') : age(lastEventAt, now)}, again in ${countdownOrNow(link.retryAt, now)}`
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
