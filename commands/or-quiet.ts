// The end of a stream that nobody wants to follow: one that has sent what it had is recognised by its silence.

export function orQuiet<Value>(next: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), QUIET);
  });
  return Promise.race([next, quiet]).finally(() => clearTimeout(timer));
}

const QUIET = 1000;
