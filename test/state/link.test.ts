// Since when the link is down: counted from the break itself, by the clock of this machine.

import { describe, expect, test } from 'vitest';
import { linkSentence } from '../../components/plain/sentences.ts';
import { linkRuns } from '../../components/shell/header.tsx';
import { createTheme } from '../../components/theme.ts';
import { createLinkStore, isDown } from '../../src/state/link.ts';
import type { Timestamp } from '../../src/wire/scalars.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');
const at = (seconds: number) => new Date(NOON + seconds * 1000).toISOString() as Timestamp;

function linkAt() {
  let seconds = 0;
  const store = createLinkStore(() => NOON + seconds * 1000);
  store.setState({ link: { state: 'live', lastEventAt: null }, lastEventAt: at(-180) });
  return {
    store,
    wait: (more: number) => {
      seconds += more;
    },
    breaks: (attempt = 1) =>
      store.setState({
        link: { state: 'reconnecting', retryAt: at(seconds + 1), attempt, because: 'refused', lastEventAt: at(-180) },
      }),
    header: () =>
      linkRuns(store.getState(), NOON + seconds * 1000, createTheme({ colours: 'none' }).glyphs)
        .map((run) => (typeof run === 'string' ? run : run.text))
        .join(''),
    sentence: () => linkSentence(store.getState(), NOON + seconds * 1000),
  };
}

describe('a link that broke', () => {
  test('is stale since it broke, however long ago the last event was', () => {
    const link = linkAt();
    link.breaks();
    link.wait(5);
    link.breaks(2);
    expect(link.header()).toContain('stale since 5s, again in 1s');
    expect(link.sentence()).toContain('The link is down since 5s, last event 3m ago;');
  });

  test('goes on counting through a try that did not help', () => {
    const link = linkAt();
    link.breaks();
    link.wait(4);
    link.store.setState({ link: { state: 'connecting' } });
    expect(isDown(link.store.getState())).toBe(true);
    link.breaks(2);
    link.wait(3);
    expect(link.header()).toContain('stale since 7s');
  });

  test('counts anew when it broke again', () => {
    const link = linkAt();
    link.breaks();
    link.wait(60);
    link.store.setState({ link: { state: 'live', lastEventAt: null } });
    expect(isDown(link.store.getState())).toBe(false);
    link.wait(60);
    link.breaks();
    link.wait(2);
    expect(link.header()).toContain('stale since 2s');
  });
});
