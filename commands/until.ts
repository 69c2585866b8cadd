// `--until` of a verb that goes on: it ends at that moment, also where nothing comes any more to tell that it has passed.

import type { Action } from './action.ts';

export type Until = { options: Record<string, unknown>; signal: AbortSignal; end(): void };

/** The options and the signal for its run. A moment that has passed leaves nothing to wait for. */
export function untilThen(action: Action, options: Record<string, unknown>, signal: AbortSignal): Until {
  const { until } = options;
  if (typeof until !== 'string' || !('follow' in action.options) || options['follow'] === false)
    return { options, signal, end: () => {} };
  const moment = Date.parse(until);
  if (moment <= Date.now()) return { options: { ...options, follow: false }, signal, end: () => {} };
  const passed = new AbortController();
  let timer: NodeJS.Timeout;
  const wait = () => {
    const left = moment + ON_THE_WAY - Date.now();
    if (left <= 0) passed.abort();
    else timer = setTimeout(wait, Math.min(left, LONGEST));
  };
  wait();
  return { options, signal: AbortSignal.any([signal, passed.signal]), end: () => clearTimeout(timer) };
}

const ON_THE_WAY = 500; // what happened before that moment may arrive after it
const LONGEST = 2 ** 31 - 1; // what a timer holds
