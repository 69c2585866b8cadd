// How the security log is set up: by a call, or by the environment variables that all of AIM's SDKs know (wire-mcp-logs-a2a §5.1).

import { EventSeverity } from './event-types.ts';
import { SecurityLogger, type SecurityLogOptions } from './security-logger.ts';

/** The log of this process. It reads the environment at its first event, so importing it changes nothing. */
export const securityLogger: SecurityLogger = new SecurityLogger(() => securityLogOptions(process.env));

/** Sets up the log of this process; without options, from the environment as it is now. */
export function configureSecurityLogging(options?: SecurityLogOptions): void {
  securityLogger.configure(options ?? securityLogOptions(process.env));
}

export function securityLogOptions(environment: Readonly<Record<string, string | undefined>>): SecurityLogOptions {
  const level = environment['AIM_SECURITY_LOG_LEVEL']?.toUpperCase() ?? '';
  const durability = environment['AIM_SECURITY_LOG_DURABILITY'];
  return {
    logFile: environment['AIM_SECURITY_LOG_FILE'] || null,
    logLevel: isSeverity(level) ? level : 'INFO',
    includeStdout: environment['AIM_SECURITY_LOG_STDOUT']?.toLowerCase() === 'true',
    enabled: environment['AIM_SECURITY_LOGGING_ENABLED']?.toLowerCase() !== 'false',
    ...(durability === 'written' || durability === 'synced' ? { durability } : {}),
  };
}

const isSeverity = (word: string): word is EventSeverity => word in EventSeverity;
