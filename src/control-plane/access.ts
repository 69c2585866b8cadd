// Who may use a route, where many have the same answer: a person, an agent or a key.

import type { Access } from './route.ts';

/** Everyone of the organisation may look. */
export const readers = { user: 'viewer', agent: 'any', key: 'any' } as const satisfies Access;

/** Whoever may act for an agent: which one, the route itself asks. */
export const speakers = { user: 'member', agent: 'any', key: 'any' } as const satisfies Access;
