// Waits until something changes in a directory, or a little while: watching is a hint that some file systems never give.

import { type FSWatcher, watch } from 'node:fs';

export class Wake {
  readonly #signal: AbortSignal;
  #watcher: FSWatcher | null = null;
  #isDue = false;
  #wake: (() => void) | null = null;

  constructor(directory: string, signal: AbortSignal) {
    this.#signal = signal;
    try {
      this.#watcher = watch(directory, { persistent: false }, () => this.#now());
      this.#watcher.on('error', () => {});
    } catch {
      // No directory yet, or no watches left. The pause alone will do.
    }
    signal.addEventListener('abort', this.#now);
  }

  readonly #now = (): void => {
    this.#isDue = true;
    this.#wake?.();
  };

  async next(): Promise<void> {
    if (!this.#isDue && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = null;
    this.#isDue = false;
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#now);
    this.#watcher?.close();
  }
}

const PAUSE = 250; // milliseconds
