// Lines as a person types them, each with when it came. The terminal edits the line: nothing is drawn, nothing is moved.

export type TypedLine = {
  text: string;
  /** When it arrived, in milliseconds of the clock that was handed in. */
  at: number;
  /** No other line was in the same read: what arrives together was pasted or piped, and decides nothing. */
  lone: boolean;
};

export type LineSource = {
  /** The next line; null at the end of the input, or when `signal` ends it. */
  next(): Promise<TypedLine | null>;
  /** Gives up waiting: the promise of `next` answers null. */
  end(): void;
  close(): void;
};

export function createLineSource(stdin: NodeJS.ReadableStream, now: () => number): LineSource {
  const lines: TypedLine[] = [];
  let pending = '';
  let hasEnded = false;
  let wake: (() => void) | null = null;

  const waken = () => {
    wake?.();
    wake = null;
  };
  const take = (chunk: string | Buffer) => {
    const parts = (pending + String(chunk)).split(/\r\n|\r|\n/);
    // A name of ten megabytes in one line is nobody's typing.
    pending = (parts.pop() ?? '').slice(0, LONGEST);
    const lone = parts.length === 1 && pending === '';
    for (const text of parts) lines.push({ text: text.slice(0, LONGEST), at: now(), lone });
    waken();
  };
  const finish = () => {
    hasEnded = true;
    if (pending !== '') lines.push({ text: pending, at: now(), lone: false });
    pending = '';
    waken();
  };
  stdin.setEncoding('utf8');
  stdin.on('data', take);
  stdin.on('end', finish);
  stdin.on('error', finish);
  stdin.resume();

  return {
    async next() {
      while (lines.length === 0 && !hasEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines.shift() ?? null;
    },
    end() {
      hasEnded = true;
      waken();
    },
    close() {
      stdin.off('data', take);
      stdin.off('end', finish);
      stdin.off('error', finish);
      stdin.pause();
    },
  };
}

const LONGEST = 10_000;
