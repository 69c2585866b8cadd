// A reader of the stream who wants every event once: resumes by Last-Event-ID after every cut, and keeps what came.

import { createParser } from 'eventsource-parser';

export type Reader = { positions: string[]; gaps: number; cuts: number; end(): void };

export function startReader(url: string, token: () => string): Reader {
  const ending = new AbortController();
  let buffer = '';
  const reader: Reader = { positions: [], gaps: 0, cuts: 0, end: () => ending.abort() };
  const parser = () =>
    createParser({
      onEvent({ id, event }) {
        if (event === 'gap') reader.gaps += 1;
        if (id !== undefined && event !== 'heartbeat' && event !== 'closing' && event !== 'gap') {
          reader.positions.push(id);
          buffer = id;
        }
      },
    });

  async function read(): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        // Nothing for so long, not even a heartbeat: the link is dead, whatever the socket says.
        const silence = new AbortController();
        let alarm = setTimeout(() => silence.abort(), 15_000);
        const { ok, body } = await fetch(`${url}/api/v1/events/stream`, {
          headers: { authorization: `Bearer ${token()}`, ...(buffer === '' ? {} : { 'last-event-id': buffer }) },
          signal: AbortSignal.any([ending.signal, silence.signal]),
        });
        if (!ok || body === null) throw new Error('no stream');
        const events = parser();
        const decoder = new TextDecoder();
        for await (const chunk of body) {
          clearTimeout(alarm);
          alarm = setTimeout(() => silence.abort(), 15_000);
          events.feed(decoder.decode(chunk, { stream: true }));
        }
        clearTimeout(alarm);
      } catch {
        // Cut, refused or silent: come back with the last position.
      }
      reader.cuts += 1;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  void read();
  return reader;
}
