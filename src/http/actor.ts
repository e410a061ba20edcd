import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/errors.ts';

export type Scope =
  | 'account:read'
  | 'account:write'
  | 'catalogue:read'
  | 'orders:read'
  | 'orders:write'
  | 'packages:read'
  | 'claims:read'
  | 'claims:write'
  | 'wallet:read'
  | 'wallet:write'
  | 'webhooks:read'
  | 'webhooks:write';

/** Every scope a merchant's key can have; a sign-up's key has them all. */
export const MERCHANT_SCOPES: readonly Scope[] = [
  'account:read',
  'account:write',
  'catalogue:read',
  'orders:read',
  'orders:write',
  'packages:read',
  'claims:read',
  'claims:write',
  'wallet:read',
  'wallet:write',
  'webhooks:read',
  'webhooks:write',
];

/** `tracking` is given by the scope tracking:write of a staff key alone, `warehouse` by a user's role or warehouse:write. */
export type StaffRole = 'warehouse' | 'support' | 'finance' | 'admin' | 'tracking';

export interface MerchantActor {
  kind: 'merchant';
  merchantId: string;
  /** The person of a session; null for a key. */
  userId: string | null;
  keyId: string | null;
  scopes: ReadonlySet<Scope>;
}

export interface StaffActor {
  kind: 'staff';
  userId: string;
  keyId: string | null;
  roles: ReadonlySet<StaffRole>;
}

export interface PublicActor {
  kind: 'public';
  /** The caller's network address. */
  address: string;
}

/** Who calls. The merchant comes from the credential only, never from the request's words. */
export type Actor = MerchantActor | StaffActor | PublicActor;

export interface KnownRequest extends FastifyRequest {
  actor?: Actor;
}

/** A missing scope or role. Another merchant's id is never this, but a 404. */
export class Forbidden extends DomainError {
  readonly code = 'forbidden';
  readonly kind = 'forbidden';

  constructor(message = 'These credentials may not make this call.') {
    super(message);
  }
}

/** The merchant whose data may be read; null for staff, who read across merchants. */
export function tenantOf(actor: Actor): string | null {
  if (actor.kind === 'public') throw new Forbidden();
  return actor.kind === 'merchant' ? actor.merchantId : null;
}

/** @throws Forbidden the caller is not a merchant */
export function merchantOf(actor: Actor): string {
  if (actor.kind !== 'merchant') throw new Forbidden("This call is a merchant's own; use a merchant's key.");
  return actor.merchantId;
}

/** @throws Forbidden the caller is not staff */
export function staffOf(actor: Actor): StaffActor {
  if (actor.kind !== 'staff') throw new Forbidden();
  return actor;
}

/** The guard has set it before any handler runs. */
export function actorOf(request: KnownRequest): Actor {
  return request.actor ?? { kind: 'public', address: request.ip };
}

export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor =>
  actorOf(context.switchToHttp().getRequest<KnownRequest>()),
);
