import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/errors.ts';
import type { BodyConfig } from './raw.ts';
import { configureRoute } from './route-config.ts';
import { UnsupportedMedia } from './server.ts';

/** Beside the file: boundaries, headers, the other fields. */
const AROUND_BYTES = 64 * 1024;
const FIELD_BYTES = 1_000;
const FIELDS = 10;

/** A form that was sent with a file in it. */
export interface Form {
  fields: ReadonlyMap<string, string>;
  /** Null: there was none. */
  file: Buffer | null;
}

class MalformedForm extends DomainError {
  readonly code = 'malformed_form';
  readonly kind = 'malformed';
}

/** A form that is still on its way. */
export class IncomingForm {
  constructor(private readonly request: FastifyRequest) {}

  /**
   * Reads it whole; no byte more than the limit is kept.
   * @param tooLarge what is thrown for a file of more than `maxBytes`
   * @throws UnsupportedMedia it is no multipart form
   */
  async read(maxBytes: number, tooLarge: (maxBytes: number) => DomainError): Promise<Form> {
    if (!this.request.isMultipart()) throw new UnsupportedMedia('Send the file as `multipart/form-data`.');
    const limits = { fileSize: maxBytes, files: 1, fields: FIELDS, fieldSize: FIELD_BYTES };
    const fields = new Map<string, string>();
    let file: Buffer | null = null;
    try {
      for await (const part of this.request.parts({ limits })) {
        if (part.type === 'file') file = await part.toBuffer();
        else if (typeof part.value === 'string') fields.set(part.fieldname, part.value);
      }
    } catch (error) {
      throw refused(error, tooLarge(maxBytes));
    }
    return { fields, file };
  }
}

function refused(error: unknown, tooLarge: DomainError): DomainError {
  const { code } = error as { code?: unknown };
  if (code === 'FST_REQ_FILE_TOO_LARGE') return tooLarge;
  const limits = `one file and up to ${FIELDS} fields of ${FIELD_BYTES} bytes`;
  return new MalformedForm(`The form cannot be read; it may hold ${limits}.`);
}

/** The route takes a form with a file. @param maxBytes of the file, whatever else limits it */
export const TakesForm = (maxBytes: number, schema: Parameters<typeof ApiBody>[0]) =>
  applyDecorators(
    configureRoute({ multipart: true, bodyBytes: maxBytes + AROUND_BYTES } satisfies BodyConfig),
    ApiConsumes('multipart/form-data'),
    ApiBody(schema),
  );

/** The form of a TakesForm route. */
export const CurrentForm = createParamDecorator(
  (_: unknown, context: ExecutionContext): IncomingForm =>
    new IncomingForm(context.switchToHttp().getRequest<FastifyRequest>()),
);
