// What went wrong between us and a server, as an error that names it: refused, unknown host, certificate, timeout, cut off.

import { AIMError, ConfigurationError, ExitCode, RemoteError } from '../errors.ts';

/** Turns what Node threw into a RemoteError. `where` is the server, without path or credentials. */
export function transportFailure(error: unknown, where: string, seconds: number): AIMError {
  if (error instanceof AIMError) return error;
  const code = codeOf(error);
  if (OUR_KEY.test(code)) {
    return new ConfigurationError('settings.client-key', {
      message: 'The key of our certificate cannot be opened: it is locked with another passphrase, or is no key.',
      next: 'Say the passphrase in AIM_CLIENT_KEY_PASSPHRASE, or correct the setting clientKey.',
      field: 'clientKey',
      cause: error,
    });
  }
  const found = FAILURES.find(([codes]) => codes.test(code));
  if (found === undefined) {
    return new RemoteError('remote.failed', {
      message: `The request to ${where} failed (${code === '' ? 'no code' : code}).`,
      next: NEXT,
      cause: error,
    });
  }
  const [, name, sentence, next = NEXT] = found;
  return new RemoteError(name, {
    message: sentence(where, seconds),
    next,
    cause: error,
    ...(name === 'remote.timeout' && { exitCode: ExitCode.Timeout }),
  });
}

const NEXT = 'Is the server running, and is this its address? aim status';

const OUR_KEY =
  /^(ERR_OSSL_(BAD_DECRYPT|BAD_PASSWORD_READ|EVP_BAD_DECRYPT|UNSUPPORTED|PEM_\w+|X509_KEY_VALUES_MISMATCH)|ERR_MISSING_PASSPHRASE|ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED)$/;

type Sentence = (where: string, seconds: number) => string;
const FAILURES: readonly (readonly [codes: RegExp, name: string, sentence: Sentence, next?: string])[] = [
  [/^ECONNREFUSED$/, 'remote.refused', (where) => `Nothing answers at ${where}: the connection was refused.`],
  [/^(ENOTFOUND|EAI_)/, 'remote.unknown-host', (where) => `The host of ${where} is not known.`, 'Check the address for a typing error, and the network.'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_.*TIMEOUT)$/, 'remote.timeout', (where, seconds) => `${where} did not answer within ${seconds} s.`, 'Try again, or allow more time with --timeout.'],
  [/ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_\w+)$/, 'remote.client-certificate', (where) => `${where} asks for a certificate of ours, or does not accept the one that it got.`, 'Name it and its key: the settings clientCertificate and clientKey.'],
  [/CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME_MISMATCH/, 'remote.certificate', (where) => `The certificate of ${where} is not trusted or is for another name.`, 'If it is your own authority, put its certificate into a PEM file: --cacert FILE, or NODE_EXTRA_CA_CERTS.'],
  [/^(EPROTO|ERR_SSL|ERR_TLS)/, 'remote.tls', (where) => `${where} does not speak TLS as expected.`, 'Is it http:// rather than https://?'],
  [/^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED|ERR_HTTP_CONTENT_LENGTH_MISMATCH|ERR_READING_RESPONSE_STREAM|Z_BUF_ERROR)$/, 'remote.cut-off', (where) => `The connection to ${where} ended before the answer was whole.`],
  [/^(ERR_CONTENT_CODING|Z_DATA_ERROR|Z_NEED_DICT|ERR_BUFFER_TOO_LARGE|ERR__ERROR_FORMAT.*)$/, 'remote.unreadable', (where) => `${where} answered with bytes that cannot be decompressed.`],
  [/^HPE_/, 'remote.not-http', (where) => `${where} does not speak HTTP.`],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EHOSTDOWN)$/, 'remote.unreachable', (where) => `There is no way to ${where} from here.`, 'Check the network.'],
]; // biome-ignore format: one table

/** The most telling code: Node's own beats the one of the library around it. */
function codeOf(error: unknown): string {
  let found = '';
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth += 1) {
    const { code, cause, name } = error as { code?: unknown; cause?: unknown; name?: unknown };
    if (typeof code === 'string' && (found === '' || found === 'ERR_READING_RESPONSE_STREAM')) found = code;
    if (name === 'TimeoutError') return 'ETIMEDOUT';
    error = cause;
  }
  return found;
}

/** Failures after which asking again may help. A wrong certificate or an unknown host stays what it is. */
export function mayRetry(error: AIMError): boolean {
  return error.code === 'remote.cut-off' || error.code === 'remote.timeout' || error.code === 'remote.unreachable';
}
