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

/** The forms that the keys of cursors have. */
export const CURSOR_KEY = {
  id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  instant: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  number: /^-?\d{1,18}$/,
  text: /^[^\0]{1,200}$/,
} as const;

/**
 * @param forms what the keys of the list's cursor look like, in their order
 * @throws InvalidFields the cursor is not one of this list's
 */
export function pageRequest(query: ListQuery, forms: readonly RegExp[] = [CURSOR_KEY.text]): PageRequest {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, forms.length);
  const isSound = after?.every((key, index) => forms[index]?.test(key)) ?? query.cursor === undefined;
  if (!isSound) throw invalidField('/cursor', 'cursor', 'This is no cursor of this list.');
  return { limit: query.limit ?? DEFAULT_LIMIT, after };
}

/**
 * For a list in the order of its rows' ids.
 * @throws InvalidFields the cursor is not one of this list's
 */
export function idPageRequest(query: ListQuery): PageRequest {
  return pageRequest(query, [CURSOR_KEY.id]);
}
