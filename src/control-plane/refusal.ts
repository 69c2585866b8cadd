// How a route says no: a status, a stable word for programs, a sentence for people. Becomes `{"error", "reasonCode"}`.

export class Refusal extends Error {
  readonly status: number;
  readonly reasonCode: string;
  /** Further members of the answer, such as what now holds. */
  readonly members: Record<string, unknown>;
  readonly retryAfter: number | undefined;

  constructor(status: number, reasonCode: string, message: string, members: Record<string, unknown> = {}, retryAfter?: number) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.reasonCode = reasonCode;
    this.members = members;
    this.retryAfter = retryAfter;
  }
}

export const invalid = (message: string, field?: string): Refusal =>
  new Refusal(400, 'invalidRequest', message, field === undefined ? {} : { field });

/** Unknown, or of another organisation: the two are never told apart. */
export const notFound = (what = 'not found'): Refusal => new Refusal(404, 'notFound', what);

export const unauthenticated = (reasonCode: string, message: string): Refusal => new Refusal(401, reasonCode, message);
export const forbidden = (reasonCode: string, message: string, members: Record<string, unknown> = {}): Refusal =>
  new Refusal(403, reasonCode, message, members);
export const conflict = (reasonCode: string, message: string, members: Record<string, unknown> = {}): Refusal =>
  new Refusal(409, reasonCode, message, members);
