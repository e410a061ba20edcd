import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { LogLevel } from '../config.ts';

const STDOUT = 1;
/** So much is kept for a reader that does not read; what comes after it is dropped. */
const KEPT_BYTES = 1024 * 1024;

/**
 * JSON lines on stdout, by allow-list: what a message names and nothing of bodies, keys or addresses. Nobody waits for
 * whoever reads them: what a full pipe does not take goes with the next line.
 */
export function makeLogger(level: LogLevel, fd = STDOUT): Logger {
  const lines = pino.destination({ dest: fd, sync: true, maxLength: KEPT_BYTES, retryEAGAIN: () => false });
  lines.on('error', () => undefined); // the pipe is full, or its reader has left
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
}

/** What Nest says of itself at every start: for whoever debugs it. */
const FRAMEWORK = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Nest's logger on pino: a message is a text, or an object with `msg`. */
export class JsonLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const context = rest.at(-1);
    const fields = typeof message === 'object' && message !== null ? message : { msg: String(message) };
    this.pino[level]({ ...fields, ...(typeof context === 'string' ? { context } : {}) });
  }
}
