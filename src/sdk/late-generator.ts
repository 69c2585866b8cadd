// A function that is not written as a generator may still return one. What its secured twin gives is a promise, and can be iterated as well.

type Steps = Pick<AsyncGenerator<unknown, unknown, unknown>, 'next' | 'return' | 'throw'>;

/** The same promise, with the members of an asynchronous generator: they go on to the one that it resolves to. */
export function lateGenerator<Value>(coming: Promise<Value>): Promise<Value> {
  let begun: Promise<Steps> | undefined;
  const steps = (): Promise<Steps> => {
    begun ??= coming.then(stepsOf);
    return begun;
  };
  const members = {
    next: async (given?: unknown) => (await steps()).next(given),
    return: async (given?: unknown) => (await steps()).return(given),
    throw: async (given?: unknown) => (await steps()).throw(given),
    async [Symbol.asyncDispose]() {
      await this.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return Object.assign(coming, members);
}

// Whoever iterates over what is no generator gets it as its only item: some frameworks look for an iterator before they await.
function stepsOf(value: unknown): Steps {
  const isGenerator = typeof value === 'object' && value !== null && ('next' in value || Symbol.asyncIterator in value);
  return (async function* () {
    if (isGenerator) return yield* value as AsyncGenerator<unknown, unknown, unknown>;
    yield value;
    return value;
  })();
}

/** Whether it is what a generator function gives: nothing of it has run yet. */
export function isGenerator(value: unknown): value is Generator | AsyncGenerator {
  const kind = Object.prototype.toString.call(value);
  return kind === '[object AsyncGenerator]' || kind === '[object Generator]';
}

/** What was thrown, which may be anything, `undefined` too. */
export type Failure = { error: unknown };

/** The same generator, with `ended` told when it ends: by itself, by an error, or because its reader stops. */
export function followed<Value extends Generator | AsyncGenerator>(
  generator: Value,
  ended: (failure?: Failure) => void,
): Value {
  const isSynchronous = Symbol.iterator in generator;
  return (isSynchronous ? followedNow(generator, ended) : followedLater(generator as AsyncGenerator, ended)) as Value;
}

async function* followedLater(generator: AsyncGenerator, ended: (failure?: Failure) => void): AsyncGenerator {
  let failure: Failure | undefined;
  try {
    return yield* generator;
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    ended(failure);
  }
}

function* followedNow(generator: Generator, ended: (failure?: Failure) => void): Generator {
  let failure: Failure | undefined;
  try {
    return yield* generator;
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    ended(failure);
  }
}
