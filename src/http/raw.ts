import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { configureRoute } from './route-config.ts';

/** What a route says of its body to the parser. */
export interface BodyConfig {
  /** The bytes as they came, whatever their type: signatures are made over them. */
  rawBody?: boolean;
  /** It is a CSV file, not a form with one in it. */
  csv?: boolean;
  /** It is a form with a file, read by the route itself (upload.ts). */
  multipart?: boolean;
  /** Largest body in bytes; 100 kB where nothing is said. */
  bodyBytes?: number;
}

/** The route takes the body's bytes as they came. */
export const KeepRaw = (bodyBytes: number) =>
  applyDecorators(
    configureRoute({ rawBody: true, bodyBytes } satisfies BodyConfig),
    ApiBody({ schema: { type: 'object' }, required: false }),
  );

/** The route takes a CSV file, as bytes. */
export const TakesCsv = (bodyBytes: number) =>
  applyDecorators(
    configureRoute({ rawBody: true, csv: true, bodyBytes } satisfies BodyConfig),
    ApiConsumes('text/csv'),
    ApiBody({ schema: { type: 'string' } }),
  );

/** The route takes a JSON body larger than 100 kB. */
export const LargeBody = (bodyBytes: number) => configureRoute({ bodyBytes } satisfies BodyConfig);

/** The bytes of a KeepRaw route; empty where there were none. */
export const RawBody = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
});
