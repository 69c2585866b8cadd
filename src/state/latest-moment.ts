// The moment of an event as a number and as a text of its own: events that come by the thousand share their milliseconds.

import type { Timestamp } from '../wire/scalars.ts';

export type Moment = { at: Timestamp; milliseconds: number };

export function latestMoment(): { of(at: Timestamp): Moment } {
  let latest: Moment | null = null;
  return {
    of(at) {
      if (latest?.at === at) return latest;
      const milliseconds = Date.parse(at);
      // Made anew: a piece of the read that it came in would keep all of that.
      latest = { at: Number.isNaN(milliseconds) ? at : (new Date(milliseconds).toISOString() as Timestamp), milliseconds };
      return latest;
    },
  };
}
