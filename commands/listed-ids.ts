// The ids that a verb lists, for those who gave a part of one, or mistyped it.

import type { Page } from '../src/http/api.ts';
import type { ActionContext } from './action.ts';
import { checkOptions } from './check-options.ts';
import { findAction } from './find-action.ts';

export type ListedIds = {
  ids: string[];
  /** There is nothing behind them. */
  isWhole: boolean;
};

/** Null where there is no such list, or it is not ours to see: then what follows says what is wrong. */
export async function listedIds(verb: string, context: ActionContext, limit: number): Promise<ListedIds | null> {
  try {
    const { action } = await findAction(verb.split('.'));
    if (action === null || 'stream' in action) return null;
    const page = (await action.run(context, {}, checkOptions(action, { limit }) as never)) as Partial<Page<{ id?: unknown }>>;
    if (!Array.isArray(page.items)) return null;
    return { ids: page.items.map(({ id }) => id).filter((id) => typeof id === 'string'), isWhole: !page.nextCursor };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return null;
  }
}
