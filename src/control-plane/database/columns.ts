// What columns hold. Times are milliseconds since 1970; flags are 0 or 1.

/** JSON text, so that both engines keep exactly what was written, number tokens included. */
export type Json = string;
export type Flag = 0 | 1;
export type Milliseconds = number;
/** Every row names its organisation. */
export type Owned = { organizationId: string };
