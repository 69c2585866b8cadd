// The two kinds of text: what others wrote, and what may reach a terminal. Only `visible()` turns one into the other.

declare const untrusted: unique symbol;
declare const printable: unique symbol;

/** Text that an agent, a server, an MCP server, a log or a file wrote. Hostile until made visible. */
export type Untrusted = string & { readonly [untrusted]: true };

/** Text whose every code point is visible, takes a known width, and moves no cursor. Made by `visible()` or by our own literals. */
export type Printable = string & { readonly [printable]: true };

/** Marks text at the border where it comes in. */
export const asUntrusted = (text: string): Untrusted => text as Untrusted;

/** Marks our own words. Takes literals only in spirit: a lint-like test looks at every call. */
export const ours = (text: string): Printable => text as Printable;
