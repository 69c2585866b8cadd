// A schema and what is made of its value. As `.transform()`, for functions that report no issues, and without what that costs.

import { z } from 'zod';

/**
 * zod gives each value that it transforms a closure for reporting issues. They live on into the next collections with all that was
 * read beside them: a list of a thousand pages took twice the memory and time.
 */
export function mapped<Schema extends z.ZodType, Output>(
  schema: Schema,
  make: (value: z.output<Schema>) => Output,
): z.ZodPipe<Schema, z.ZodTransform<Output, z.output<Schema>>> {
  return z.pipe(schema, plain(make) as never) as never;
}

/** As `z.preprocess`. */
export function prepared<Schema extends z.ZodType>(make: (value: unknown) => unknown, schema: Schema): z.ZodPreprocess<Schema> {
  return new z.ZodPreprocess({ type: 'pipe', in: plain(make), out: schema }) as never;
}

const plain = (make: (value: never) => unknown) => new z.core.$ZodTransform({ type: 'transform', transform: make as never });
