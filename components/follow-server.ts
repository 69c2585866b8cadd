// Keeps the dashboard fed: follows the stream, and where the embedded control plane died, starts it again, once.

import { AuthenticationError } from '../src/errors.ts';
import type { Api } from '../src/http/api.ts';
import { ours } from '../src/text/brand.ts';
import { visible } from '../src/text/visible.ts';
import { errorLine } from './actions/error-line.ts';
import type { Dashboard } from './dashboard-context.ts';
import { noSignInBecause } from './shell/sign-in.ts';
import { words } from './words.ts';

export type FollowOptions = {
  dashboard: Dashboard;
  signal: AbortSignal;
  embedded: boolean;
  restartEmbedded: (() => Promise<Api>) | undefined;
  embeddedLost: Promise<void> | undefined;
  replaceApi(api: Api): void;
  crashed(error: unknown): void;
};

export function followServer({
  dashboard,
  signal,
  embedded,
  restartEmbedded,
  embeddedLost,
  replaceApi,
  crashed,
}: FollowOptions): void {
  const { state, shell } = dashboard;
  let following = new AbortController();
  let detach = state.calls.attach(dashboard.api);
  let hasRestarted = false;
  if (embedded) state.link.setState({ embedded: 'running' });

  const follow = () => {
    following = new AbortController();
    const both = AbortSignal.any([signal, following.signal]);
    state.follow(both).catch((error: unknown) => {
      if (both.aborted) return;
      // The stream gives up only where trying again cannot help: a sign-in that ended, a server that refuses.
      if (error instanceof AuthenticationError && noSignInBecause(dashboard) === null) {
        state.link.setState({ link: { state: 'offline', because: 'signed out, ^O signs in' } });
        shell.say(words`${visible(error.message, { max: 120 })} ^O signs in again, here.`, 'bad');
        return;
      }
      state.link.setState({ link: { state: 'offline', because: error instanceof Error ? error.message : String(error) } });
      shell.say(errorLine(error), 'bad');
    });
  };
  const restart = async (again: () => Promise<Api>) => {
    hasRestarted = true;
    state.link.setState({ embedded: 'restarting' });
    shell.say(ours('The control plane of this dashboard died. Starting it again.'), 'bad');
    try {
      const api = await again();
      detach();
      following.abort();
      replaceApi(api);
      detach = state.calls.attach(api);
      state.link.setState({ embedded: 'running' });
      shell.say(ours('The control plane runs again. Nothing that it had acknowledged was lost.'), 'good');
      follow();
    } catch (error) {
      state.link.setState({ embedded: 'failed' });
      shell.say(errorLine(error), 'bad');
    }
  };
  embeddedLost?.then(() => {
    if (!restartEmbedded || hasRestarted || signal.aborted) return;
    restart(restartEmbedded).catch(crashed);
  });
  signal.addEventListener('abort', () => {
    detach();
  });
  follow();
}
