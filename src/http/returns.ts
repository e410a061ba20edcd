import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

type Class = new () => object;

/**
 * The status of success and the shape of the answer, for the service and for its OpenAPI document alike.
 * @param view null for an answer without a body, or, with 200, for a file: @ApiProduces says of what kinds
 * @param options.list the answer is a page of these
 */
export function Returns(
  status: number,
  view: Class | null,
  options: { list?: boolean; description?: string } = {},
): MethodDecorator {
  const description = options.description ?? (status === 201 ? 'Created.' : status === 204 ? 'Done.' : 'The answer.');
  if (view === null) {
    const file = status === 200 ? { schema: { type: 'string', format: 'binary' } } : {};
    return applyDecorators(HttpCode(status), ApiResponse({ status, description, ...file }));
  }
  if (options.list !== true) return applyDecorators(HttpCode(status), ApiResponse({ status, description, type: view }));
  const schema = {
    type: 'object',
    required: ['data', 'next_cursor'],
    properties: {
      data: { type: 'array', items: { $ref: getSchemaPath(view) } },
      next_cursor: { type: 'string', nullable: true },
    },
  };
  return applyDecorators(HttpCode(status), ApiExtraModels(view), ApiResponse({ status, description, schema }));
}
