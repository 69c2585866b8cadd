// What can go wrong, in five kinds: each error says what happened, to what, and what to do next.

/** Exit codes are an interface: `aim help exit-codes` documents them, scripts rely on them. */
export const ExitCode = {
  Ok: 0,
  Failure: 1,
  Usage: 2,
  Cancelled: 3,
  NotAuthenticated: 4,
  Forbidden: 5,
  NotFound: 6,
  Conflict: 7,
  Pending: 8,
  RateLimited: 9,
  Remote: 10,
  Timeout: 11,
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export type ErrorKind = 'usage' | 'authentication' | 'policy' | 'remote' | 'bug';

export type ErrorDetails = {
  /** One sentence: what happened, to what. Never a secret; text from elsewhere is made visible by the renderer. */
  message: string;
  /** The next step, as a command or a sentence. */
  next?: string | undefined;
  exitCode?: ExitCode | undefined;
  requestId?: string | undefined;
  /** The field, option or setting that was wrong. */
  field?: string | undefined;
  /** Seconds that the server asked to wait (RFC 9110 §10.2.3). */
  retryAfter?: number | undefined;
  /** What now holds on the server, for conflicts. */
  current?: unknown;
  cause?: unknown;
};

/** The base of every error that this package throws on purpose. `code` is stable, dotted and lower case (`approval.not-bound`). */
export class AIMError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly next: string | undefined;
  readonly requestId: string | undefined;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  readonly current: unknown;

  constructor(kind: ErrorKind, code: string, details: ErrorDetails, exitCode: ExitCode = ExitCode.Failure) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.kind = kind;
    this.code = code;
    this.exitCode = details.exitCode ?? exitCode;
    this.next = details.next;
    this.requestId = details.requestId;
    this.field = details.field;
    this.retryAfter = details.retryAfter;
    this.current = details.current;
  }

  /** The object that `--json` prints on standard error. */
  toJSON(): {
    code: string;
    message: string;
    hint?: string;
    requestId?: string;
    field?: string;
    retryAfter?: number;
    current?: unknown;
  } {
    return {
      code: this.code,
      message: this.message,
      ...(this.next === undefined ? {} : { hint: this.next }),
      ...(this.requestId === undefined ? {} : { requestId: this.requestId }),
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.retryAfter === undefined ? {} : { retryAfter: this.retryAfter }),
      ...(this.current === undefined ? {} : { current: this.current }),
    };
  }
}

/** The caller asked for something that cannot be: a bad argument, option, setting, or an id that nothing has. */
export class UsageError extends AIMError {
  constructor(code: string, details: ErrorDetails) {
    super('usage', code, details, ExitCode.Usage);
  }
}

/** The SDK or the program is set up wrongly: missing credentials, an invalid URL. */
export class ConfigurationError extends UsageError {}

/** Stored credentials name an agent that the server no longer has; a new identity would lose what operators set. */
export class StaleCredentialsError extends ConfigurationError {}

/** Nobody is signed in, or the server does not accept who we say we are (401). */
export class AuthenticationError extends AIMError {
  constructor(code: string, details: ErrorDetails) {
    super('authentication', code, details, ExitCode.NotAuthenticated);
  }
}

/** A rule says no: a role that is too low, a decision that no longer fits, a transition that is refused. */
export class PolicyError extends AIMError {
  constructor(code: string, details: ErrorDetails) {
    super('policy', code, details, ExitCode.Forbidden);
  }
}

export type DenialDetails = ErrorDetails & { reason?: string | undefined; verificationId?: string | undefined };

/** AIM answered and refused the action. The function did not run. */
export class ActionDeniedError extends PolicyError {
  /** What the person or the rule that refused said, made visible. */
  readonly reason: string | undefined;
  readonly verificationId: string | undefined;

  constructor(code: string, details: DenialDetails) {
    super(code, details);
    this.reason = details.reason;
    this.verificationId = details.verificationId;
  }
}

/** The server, or the way to it, failed. Trying again may help. */
export class RemoteError extends AIMError {
  constructor(code: string, details: ErrorDetails) {
    super('remote', code, details, ExitCode.Remote);
  }
}

/** A verification request failed: it was malformed, unknown, or answered with something else than a decision. */
export class VerificationError extends RemoteError {}

/** No decision could be had: AIM was never reached, or answered without one. Not a denial, and never caught as one. */
export class VerificationUnavailableError extends VerificationError {}

/** A secrets broker answered with something that is no secret for this agent. */
export class SecretsError extends RemoteError {}

/** Our own mistake. Please report it. */
export class BugError extends AIMError {
  constructor(code: string, details: ErrorDetails) {
    super('bug', code, details, ExitCode.Failure);
  }
}
