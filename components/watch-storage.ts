// Whether the server can still write: a full disk is said in the header for as long as it is full, not only when something fails by it.

import type { Dashboard } from './dashboard-context.ts';

/** @returns how to stop. Only a server that says what it can do is asked: others have no such route. */
export function watchStorage(dashboard: Dashboard): () => void {
  const { state, context, clock } = dashboard;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  const ask = async () => {
    const { features } = state.features.getState();
    if (features !== null && features.length > 0) {
      const trouble = await troubleOf(dashboard);
      if (isStopped || context.signal.aborted) return;
      if (trouble !== state.link.getState().trouble) {
        state.link.setState({ trouble });
        clock.changed();
      }
    }
    again(state.link.getState().trouble === null ? EVERY : WHILE_FULL);
  };
  const again = (milliseconds: number) => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void ask(), milliseconds);
    timer.unref();
  };
  const stopCalls = dashboard.api.onCall(({ status, path }) => {
    if (status === FULL && path !== READY && !isStopped) again(0);
  });
  const stopFeatures = state.features.subscribe(() => again(0));
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
    stopCalls();
    stopFeatures();
  };
}

async function troubleOf({ api, context }: Dashboard): Promise<string | null> {
  try {
    const { status, body } = await api.raw('GET', READY, { signal: context.signal });
    const said = (body as { error?: unknown } | null)?.error;
    return status === FULL ? (typeof said === 'string' ? said : 'There is no space left on the server.') : null;
  } catch {
    // The link says that nobody answers.
    return null;
  }
}

const READY = '/readyz';
const FULL = 507;
const EVERY = 60_000;
const WHILE_FULL = 5000;
