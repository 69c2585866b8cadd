// Asks the server for one thing while a screen shows it, and keeps asking out of the screen's way.

import { useEffect, useState } from 'react';

export type Answer<Value> = { value: Value | null; failure: string | null };

/** `key` names what is asked for; null asks for nothing. An answer that comes after the screen was left is dropped. */
export function useAnswer<Value>(key: string | null, ask: (signal: AbortSignal) => Promise<Value>): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({ value: null, failure: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when the question is another one
  useEffect(() => {
    if (key === null) return;
    const asking = new AbortController();
    ask(asking.signal).then(
      (value) => {
        if (!asking.signal.aborted) setAnswer({ value, failure: null });
      },
      (error: unknown) => {
        if (!asking.signal.aborted) setAnswer({ value: null, failure: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => asking.abort();
  }, [key]);
  return answer;
}
