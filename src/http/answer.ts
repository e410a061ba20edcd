import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** The bytes of an answer that a command made, or made the first time it was asked. */
export class Answer {
  constructor(
    readonly status: number,
    /** JSON, or '' for 204. */
    readonly text: string,
    readonly replayed: boolean,
  ) {}
}

/** Sends a command's answer as it is: status, bytes, and whether it is the first one again. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(map((value: unknown) => (value instanceof Answer ? send(value, reply) : value)));
  }
}

function send(answer: Answer, reply: FastifyReply): string {
  void reply.status(answer.status);
  if (answer.replayed) void reply.header('Idempotent-Replayed', 'true');
  const type = answer.status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
  if (answer.text !== '') void reply.header('Content-Type', type);
  return answer.text;
}
