import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { invalidField } from '../kernel/errors.ts';
import { decodeCursor, type PageRequest } from '../kernel/pages.ts';
import { QueryInt } from './fields.ts';

const DEFAULT_LIMIT = 20;

/** `?limit=` and `?cursor=` of every list. */
export class ListQuery {
  @QueryInt({ optional: true, min: 1, max: 100, description: 'Rows a page, 20 where nothing is said.' })
  limit?: number;

  @ApiPropertyOptional({ type: String, description: 'next_cursor of the page before.' })
  @IsOptional()
  @IsString()
  cursor?: string;
}

/**
 * @param keys how many keys the list's cursor holds (`[id]` is 1)
 * @throws InvalidFields the cursor is not one of this list's
 */
export function pageRequest(query: ListQuery, keys = 1): PageRequest {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, keys);
  if (query.cursor !== undefined && after === null)
    throw invalidField('/cursor', 'cursor', 'This is no cursor of this list.');
  return { limit: query.limit ?? DEFAULT_LIMIT, after };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * For a list in the order of its rows' ids.
 * @throws InvalidFields the cursor is not one of this list's
 */
export function idPageRequest(query: ListQuery): PageRequest {
  const request = pageRequest(query);
  if (request.after !== null && !UUID.test(request.after[0] ?? '')) {
    throw invalidField('/cursor', 'cursor', 'This is no cursor of this list.');
  }
  return request;
}
