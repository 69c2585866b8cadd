// The one frame clock: nothing changed, nothing painted; a stream paints ten times a second, thirty while keys are pressed.

export type FrameClock = {
  /** Something a screen may show has changed. Cheap: call it for each event. */
  changed(): void;
  /** A key was pressed: what it changes is painted at once, and the stream faster for a while. */
  keyPressed(): void;
  /** Told at each frame in which something changed. */
  subscribe(listener: () => void): () => void;
  /** Grows with each frame: the snapshot that React compares. */
  readonly frame: number;
  /** Whether a frame is still to come. */
  readonly isDue: boolean;
  /** Paints every so often while somebody looks at something that runs out. Answers how to stop. */
  tickEvery(milliseconds: number): () => void;
  /** When a key was pressed last, in milliseconds of the clock. */
  readonly lastKeyAt: number;
  /** At most so many frames a second from now on, 0 for the defaults. */
  limit(fps: number): void;
  /** Frames are left out while this answers true: the terminal has not taken the last one yet. */
  holdWhile(isBusy: () => boolean): void;
  stop(): void;
};

export type FrameClockOptions = {
  now?: () => number;
  setTimer?: (run: () => void, milliseconds: number) => unknown;
  clearTimer?: (timer: unknown) => void;
  /** At most so many frames a second, 0 for the defaults: slow links ask for fewer. */
  fps?: number;
};

export function createFrameClock({
  now = Date.now,
  setTimer = defaultTimer,
  clearTimer = defaultClear,
  fps: first = 0,
}: FrameClockOptions = {}): FrameClock {
  const listeners = new Set<() => void>();
  const tickers = new Set<NodeJS.Timeout>();
  let isBusy = (): boolean => false;
  let fps = first;
  let frame = 0;
  let lastFrame = Number.NEGATIVE_INFINITY;
  let lastKey = Number.NEGATIVE_INFINITY;
  let timer: unknown = null;

  const pause = () => {
    const wanted = now() - lastKey < QUICK_FOR ? QUICK : BACKGROUND;
    return Math.max(wanted, fps > 0 ? 1000 / fps : 0);
  };
  const paint = () => {
    timer = null;
    if (isBusy()) {
      timer = setTimer(paint, pause());
      return;
    }
    lastFrame = now();
    frame++;
    for (const listener of listeners) listener();
  };
  const changed = () => {
    timer ??= setTimer(paint, Math.max(0, lastFrame + pause() - now()));
  };

  return {
    changed,
    keyPressed() {
      lastKey = now();
      if (timer === null) return;
      // A frame is due anyway: bring it forward to the quicker pace.
      clearTimer(timer);
      timer = setTimer(paint, Math.max(0, lastFrame + pause() - now()));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get frame() {
      return frame;
    },
    get isDue() {
      return timer !== null;
    },
    tickEvery(milliseconds) {
      const ticker = setInterval(changed, milliseconds);
      ticker.unref();
      tickers.add(ticker);
      return () => {
        clearInterval(ticker);
        tickers.delete(ticker);
      };
    },
    get lastKeyAt() {
      return lastKey;
    },
    limit(most) {
      fps = most;
    },
    holdWhile(busy) {
      isBusy = busy;
    },
    stop() {
      if (timer !== null) clearTimer(timer);
      timer = null;
      for (const ticker of tickers) clearInterval(ticker);
      listeners.clear();
    },
  };
}

const BACKGROUND = 100;
const QUICK = 33;
const QUICK_FOR = 300;

const defaultTimer = (run: () => void, milliseconds: number): unknown => {
  const timer = setTimeout(run, milliseconds);
  return timer;
};
const defaultClear = (timer: unknown): void => clearTimeout(timer as NodeJS.Timeout);
