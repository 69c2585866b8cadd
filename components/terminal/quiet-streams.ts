// Keeps what dependencies print (warnings of Node, a stray console.log) from painting over the screen.

export type QuietStreams = { /** The latest lines, for a crash report. */ lines(): readonly string[]; restore(): void };

/**
 * Standard error of its own (2>file) is left alone: it paints over nothing.
 * While the terminal `isLent`, to a sign-in that asks for a password, everything is written again.
 */
export function quietStreams(isLent: () => boolean = () => false): QuietStreams {
  const kept: string[] = [];
  const keep = (text: string) => {
    kept.push(text.trimEnd().slice(0, 2000));
    if (kept.length > MOST) kept.shift();
  };
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
  const printer = globalThis.console;
  const before = methods.map((method) => printer[method]);
  methods.forEach((method, index) => {
    printer[method] = (...values: unknown[]) =>
      isLent() ? before[index]?.apply(printer, values) : keep(values.map(String).join(' '));
  });
  const { stderr } = process;
  const write = stderr.write;
  if (stderr.isTTY) {
    stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      if (isLent()) return write.call(stderr, chunk, ...(rest as []));
      keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = rest.findLast((value) => typeof value === 'function') as (() => void) | undefined;
      done?.();
      return true;
    };
  }
  return {
    lines: () => kept,
    restore() {
      methods.forEach((method, index) => {
        printer[method] = before[index] ?? printer[method];
      });
      stderr.write = write;
    },
  };
}

const MOST = 50;
