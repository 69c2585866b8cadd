// Several streams of log items as one: finished ones by time, living ones as they come. Items come in batches, as they were read.

import type { LogItem } from './entry.ts';

type Batches = AsyncGenerator<Iterable<LogItem>>;

/** Merges streams that are each in order. An item without a time stays behind the one before it. */
export async function* mergeByTime(streams: readonly Batches[]): Batches {
  if (streams.length === 1) {
    yield* streams[0] as Batches;
    return;
  }
  const heads = (await Promise.all(streams.map((stream) => headOf(single(stream), '')))).filter((head) => head !== null);
  while (heads.length > 0) {
    let earliest = 0;
    for (let at = 1; at < heads.length; at += 1) if ((heads[at] as Head).time < (heads[earliest] as Head).time) earliest = at;
    const head = heads[earliest] as Head;
    yield [head.item];
    const next = await headOf(head.items, head.time);
    if (next) heads[earliest] = next;
    else heads.splice(earliest, 1);
  }
}

/** Hands on whatever any stream gives next, one batch of each at most waiting. */
export async function* mergeLive(streams: readonly Batches[], signal: AbortSignal): Batches {
  if (streams.length === 1) {
    yield* streams[0] as Batches;
    return;
  }
  const pending = new Map<Batches, Promise<Step>>();
  const advance = (stream: Batches) =>
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

type Head = { items: AsyncGenerator<LogItem>; item: LogItem; time: string };
type Step = { stream: Batches; result: IteratorResult<Iterable<LogItem>> };

async function* single(batches: Batches): AsyncGenerator<LogItem> {
  for await (const batch of batches) yield* batch;
}

async function headOf(items: AsyncGenerator<LogItem>, before: string): Promise<Head | null> {
  const { value, done } = await items.next();
  if (done) return null;
  const time = value.kind === 'entry' ? value.entry.time : null;
  return { items, item: value, time: time ?? before };
}
