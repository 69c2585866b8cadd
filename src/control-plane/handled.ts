// What a route gives back that has taken the response over: streams and holds.

export const HANDLED = Symbol('handled');
