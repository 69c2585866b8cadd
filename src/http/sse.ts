// One connection to the event stream, from its head to its end: typed events out, heartbeats watched (WHATWG server-sent events).

import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { RemoteError } from '../errors.ts';
import { type StreamEvent, type StreamType, streamEnvelope, streamGap, streamSubjects } from '../wire/event.ts';
import { plainVerification } from '../wire/plain-event.ts';
import type { Timestamp } from '../wire/scalars.ts';
import { GlancedVerification, glanceAt } from '../wire/verification-glance.ts';
import type { StreamItem } from './api.ts';
import type { Caller } from './caller.ts';
import { type BatchOptions, link, type Progress, type Rhythm } from './stream.ts';
import { onWake, type WakeOptions } from './wake.ts';

/**
 * Yields what each read brought until the server closes. Resumes after `progress.position` and keeps it up to date.
 * @throws RemoteError where the connection fails, or nothing comes for two and a half heartbeats.
 */
export async function* readStream(
  caller: Caller,
  options: BatchOptions,
  progress: Progress,
  rhythm: Rhythm,
): AsyncGenerator<StreamItem[], void, void> {
  const { body, headers } = await caller.open({
    path: '/api/v1/events/stream',
    query: {
      types: options.types?.join(','),
      agentId: options.agentId,
      // A resumed stream continues; only a fresh one starts with what was before.
      backlog: progress.position === undefined ? options.backlog : undefined,
    },
    headers: { accept: 'text/event-stream', ...(progress.position !== undefined && { 'last-event-id': progress.position }) },
    subject: 'events',
    signal: options.signal,
  });
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => arrived.push(message) });
  const decoder = new TextDecoder();
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const { within, stop } = patience(caller.server, rhythm.heartbeatMs * 2.5, rhythm.wake);
  try {
    if (!headers['content-type']?.startsWith('text/event-stream')) {
      throw new RemoteError('remote.not-a-stream', {
        message: `${caller.server} answered the event stream with something else.`,
        next: 'A proxy in front may not pass event streams.',
      });
    }
    yield [link({ state: 'live', lastEventAt: progress.lastEventAt })];
    for (;;) {
      const { done, value } = await within(chunks.next());
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      const items: StreamItem[] = [];
      let isClosing = false;
      for (const message of arrived.splice(0)) {
        isClosing = message.event === 'closing';
        if (isClosing) break;
        const item = itemOf(message, progress, options);
        if (item !== null) items.push(item);
      }
      if (items.length > 0) yield items;
      if (isClosing) return;
    }
  } finally {
    stop();
    body.destroy();
  }
}

function itemOf(message: EventSourceMessage, progress: Progress, { glance: atAGlance }: BatchOptions): StreamItem | null {
  if (message.event === 'heartbeat') return null;
  if (atAGlance && message.event === 'verification') {
    const glance = glanceAt(message.data, progress.glance);
    if (glance !== undefined) {
      progress.glance = glance;
      const event = new GlancedVerification(message.id ?? '', message.data, glance);
      if (message.id !== undefined) progress.position = message.id;
      progress.lastEventAt = event.at;
      return { kind: 'event', event };
    }
  }
  const content = json(message.data);
  if (message.event === 'gap') {
    const gap = streamGap.safeParse(content).data;
    progress.position = message.id ?? gap?.to ?? progress.position;
    return { kind: 'gap', missed: gap?.missed ?? null, filled: false, from: progress.lastEventAt, to: now() };
  }
  if (message.id !== undefined) progress.position = message.id;
  const event = eventOf(message, content);
  if (event === undefined) return null;
  if (event === null) return { kind: 'gap', missed: 1, filled: false, from: progress.lastEventAt, to: now() };
  progress.lastEventAt = event.at;
  return { kind: 'event', event };
}

/** Undefined for a type that this version does not know; null for one that it knows and cannot read. */
function eventOf(message: EventSourceMessage, content: unknown): StreamEvent | null | undefined {
  const type = message.event as StreamType;
  if (!Object.hasOwn(streamSubjects, type)) return undefined;
  const plain = type === 'verification' ? plainVerification(content) : undefined;
  if (plain !== undefined) return { type: 'verification', position: message.id ?? '', ...plain };
  const envelope = streamEnvelope.safeParse(content).data;
  const subject = streamSubjects[type].safeParse(envelope?.subject).data;
  if (envelope === undefined || subject === undefined) return null;
  return { type, position: message.id ?? '', at: envelope.at, change: envelope.change, subject } as StreamEvent;
}

/** Waits for bytes no longer than a living connection is silent, and not at all for one that this machine slept through. */
function patience(server: string, milliseconds: number, wake: WakeOptions | undefined) {
  let giveUp: (error: RemoteError) => void = () => {};
  const stop = onWake(
    () => giveUp(new RemoteError('remote.slept', { message: `This machine slept, and the stream from ${server} with it.` })),
    wake,
  );

  // Armed only while we wait for bytes: a reader that is slow to take an event does not make the link look dead.
  const within = async <Value>(coming: Promise<Value>): Promise<Value> => {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      giveUp = reject;
      const message = `${server} has sent nothing for ${milliseconds / 1000} s.`;
      timer = setTimeout(() => reject(new RemoteError('remote.silent', { message })), milliseconds);
    });
    try {
      return await Promise.race([coming, silence]);
    } catch (error) {
      if (error instanceof RemoteError) throw error;
      throw new RemoteError('remote.cut-off', { message: `The event stream from ${server} was cut off.`, cause: error });
    } finally {
      clearTimeout(timer);
      giveUp = () => {};
      coming.catch(() => {}); // ends with the connection, after the silence was already said
    }
  };
  return { within, stop };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const now = (): Timestamp => new Date().toISOString() as Timestamp;
