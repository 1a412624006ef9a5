/** Structured logs on stderr: stdout belongs to what a program was asked for. Never with customer data. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

export function createLogger(service: string, instance: string, level: string): Logger {
  return pino({ level, base: { service, instance }, timestamp: pino.stdTimeFunctions.isoTime }, destination(2));
}
