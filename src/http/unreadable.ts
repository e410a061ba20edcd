import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { v7 } from 'uuid';
import { refusalOf } from './problems.ts';

/** What the parser of HTTP finds wrong, by Node's code; everything else is 400. */
const STATUS: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/**
 * For Fastify's clientErrorHandler: what is no HTTP, or was never sent to its end. There is no request to answer, so
 * the answer is written as it travels; it is a problem with a request id as every refusal is (api.md, Habits).
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(answerOf(STATUS[error.code ?? ''] ?? 400));
  socket.destroy(error);
}

function answerOf(status: number): string {
  const requestId = v7();
  const body = JSON.stringify(refusalOf(status, { path: '/', requestId })); // which address was meant is not known
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
