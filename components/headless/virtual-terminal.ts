// A terminal that nobody sits at: what is written goes through an emulator, and what a person would see is read from its cells.

import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';

export type Emulator = InstanceType<typeof xterm.Terminal>;

export type VirtualTerminal = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly emulator: Emulator;
  /** What the keyboard sends, as one read. */
  send(bytes: string): void;
  resize(columns: number, rows: number): void;
  /** The rows of the screen, without what pads them. */
  rows(): string[];
  /** Everything that was written, and in how many writes. */
  raw(): string;
  readonly writes: number;
  /** Resolves when the emulator has taken in everything that was written. */
  drained(): Promise<void>;
};

export function createVirtualTerminal(columns: number, rows: number): VirtualTerminal {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0, convertEol: true });
  const written: string[] = [];
  let last: Promise<void> = Promise.resolve();
  const stdout = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = String(chunk);
        if (text !== '') {
          written.push(text);
          last = new Promise((resolve) => emulator.write(text, resolve));
        }
        done();
      },
    }),
    { isTTY: true, columns, rows },
  );
  const input = new PassThrough();
  const stdin = Object.assign(input, {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  }) as unknown as NodeJS.ReadStream;

  return {
    stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    emulator,
    send: (bytes) => void input.write(bytes),
    resize(toColumns, toRows) {
      emulator.resize(toColumns, toRows);
      Object.assign(stdout, { columns: toColumns, rows: toRows });
      stdout.emit('resize');
    },
    rows: () => rowsOf(emulator),
    raw: () => written.join(''),
    get writes() {
      return written.length;
    },
    drained: () => last,
  };
}

export function rowsOf(emulator: Emulator): string[] {
  const buffer = emulator.buffer.active;
  return Array.from(
    { length: emulator.rows },
    // A terminal that became narrower still holds what was beyond its edge.
    (_, row) =>
      buffer
        .getLine(buffer.viewportY + row)
        ?.translateToString(false, 0, emulator.cols)
        .trimEnd() ?? '',
  );
}
