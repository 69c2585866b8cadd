// Several streams of log items as one: finished ones by time, living ones as they come.

import type { LogItem } from './entry.ts';

/** Merges streams that are each in order. An item without a time stays behind the one before it. */
export async function* mergeByTime(streams: readonly AsyncGenerator<LogItem>[]): AsyncGenerator<LogItem> {
  if (streams.length === 1) {
    yield* streams[0] as AsyncGenerator<LogItem>;
    return;
  }
  const heads = (await Promise.all(streams.map((stream) => headOf(stream, '')))).filter((head) => head !== null);
  while (heads.length > 0) {
    let earliest = 0;
    for (let at = 1; at < heads.length; at += 1) if ((heads[at] as Head).time < (heads[earliest] as Head).time) earliest = at;
    const head = heads[earliest] as Head;
    yield head.item;
    const next = await headOf(head.stream, head.time);
    if (next) heads[earliest] = next;
    else heads.splice(earliest, 1);
  }
}

/** Hands on whatever any stream gives next, with no more than a few items waiting. */
export async function* mergeLive(streams: readonly AsyncGenerator<LogItem>[], signal: AbortSignal): AsyncGenerator<LogItem> {
  if (streams.length === 1) {
    yield* streams[0] as AsyncGenerator<LogItem>;
    return;
  }
  const pending = new Map<AsyncGenerator<LogItem>, Promise<Step>>();
  const advance = (stream: AsyncGenerator<LogItem>) =>
    pending.set(
      stream,
      stream.next().then((result) => ({ stream, result })),
    );
  for (const stream of streams) advance(stream);
  while (pending.size > 0 && !signal.aborted) {
    const { stream, result } = await Promise.race(pending.values());
    if (result.done) pending.delete(stream);
    else {
      yield result.value;
      advance(stream);
    }
  }
}

type Head = { stream: AsyncGenerator<LogItem>; item: LogItem; time: string };
type Step = { stream: AsyncGenerator<LogItem>; result: IteratorResult<LogItem> };

async function headOf(stream: AsyncGenerator<LogItem>, before: string): Promise<Head | null> {
  const { value, done } = await stream.next();
  if (done) return null;
  const time = value.kind === 'entry' ? value.entry.time : null;
  return { stream, item: value, time: time ?? before };
}
