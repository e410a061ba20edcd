import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DomainError, InvalidFields } from '../kernel/errors.ts';
import type { KnownRequest } from './actor.ts';
import { keyRuleOf } from './call.ts';
import { pointerPart } from './validation.ts';

const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

class KeyRequired extends DomainError {
  readonly code = 'idempotency_key_required';
  readonly kind = 'malformed';
}

class KeyInvalid extends DomainError {
  readonly code = 'idempotency_key_invalid';
  readonly kind = 'malformed';
}

/** What every request is held to before its fields are looked at: the key where money moves, no body where none is taken. */
@Injectable()
export class FormGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const handler = context.getHandler();
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!reads) checkKey(request.headers['idempotency-key'], keyRuleOf(handler) === 'required');
    if (!takesBody(context.getClass(), handler.name)) checkNoBody(request.body);
    return true;
  }
}

function checkKey(key: string | string[] | undefined, required: boolean): void {
  if (key === undefined && required)
    throw new KeyRequired('This call moves money: send an Idempotency-Key header, new for each intent.');
  if (key !== undefined && !KEY_FORM.test(String(key)))
    throw new KeyInvalid('An Idempotency-Key has 1 to 255 printable ASCII characters without spaces.');
}

function takesBody(controller: object, method: string): boolean {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<string, unknown>;
  return Object.keys(args).some((name) => name.startsWith(`${RouteParamtypes.BODY}:`));
}

/** Actions without a documented body take none or `{}` (api.md, Habits). */
function checkNoBody(body: unknown): void {
  if (body === undefined || Buffer.isBuffer(body)) return; // bytes are the business of the route that asked for them
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidFields([{ pointer: '', code: 'wrong_type', detail: 'This call takes no body, or {}.' }]);
  const errors = Object.keys(body).map((name) => ({
    ...{ pointer: `/${pointerPart(name)}`, code: 'unknown_field' },
    detail: 'There is no such field here: this call takes no body, or {}.',
  }));
  if (errors.length > 0) throw new InvalidFields(errors);
}
