import {
  applyDecorators,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import { DomainError } from '../kernel/errors.ts';
import { Forbidden, type Actor, type KnownRequest, type Scope, type StaffRole } from './actor.ts';
import { Identities } from './identities.ts';
import { StrangerLimit } from './stranger-limit.ts';

/** Who may make a call: anybody, or merchants with a scope and staff with one of the roles. `admin` is in every list of roles. */
export type AccessRule = { public: true } | { merchant?: Scope; staff?: readonly StaffRole[] };

const ACCESS = 'waybill:access';

/** Declared on every route; a route without it stops the start. */
export const Access = (rule: AccessRule) => applyDecorators(SetMetadata(ACCESS, rule), ApiExtension('x-access', rule));

class Unauthorized extends DomainError {
  readonly code = 'unauthorized';
  readonly kind = 'unauthorized';
}

function mayCall(rule: AccessRule, actor: Actor): boolean {
  if ('public' in rule) return true;
  if (actor.kind === 'merchant') return rule.merchant !== undefined && actor.scopes.has(rule.merchant);
  if (actor.kind === 'staff') {
    return rule.staff !== undefined && (actor.roles.has('admin') || rule.staff.some((role) => actor.roles.has(role)));
  }
  return false;
}

/** Finds out who calls and whether the route's rule lets them. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identities: Identities,
    private readonly strangers: StrangerLimit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule>(ACCESS, [context.getHandler(), context.getClass()]);
    const request = context.switchToHttp().getRequest<KnownRequest>();
    if ('public' in rule) {
      request.actor = { kind: 'public', address: request.ip };
      return true;
    }
    request.actor = await this.known(request);
    if (mayCall(rule, request.actor)) return true;
    throw new Forbidden(callersOf(rule));
  }

  private async known(request: KnownRequest): Promise<Actor> {
    try {
      return await this.identify(request);
    } catch (error) {
      if (error instanceof DomainError) await this.strangers.failed(request.ip);
      throw error;
    }
  }

  private async identify(request: KnownRequest): Promise<Actor> {
    const [scheme, token, ...rest] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '' || rest.length > 0) {
      throw new Unauthorized('Send `Authorization: Bearer <API key or session token>`.');
    }
    const actor = token.startsWith('wb_')
      ? await this.identities.byKey(token, request.ip)
      : await this.identities.bySession(token);
    if (actor === null) throw new Unauthorized('This key or session is unknown, expired or revoked.');
    return actor;
  }
}

/** Who may make a call, in words. */
export function callersOf({ merchant, staff }: Exclude<AccessRule, { public: true }>): string {
  const roles = new Set([...(staff ?? []), 'admin']);
  const byScope = roles.delete('tracking'); // nobody can be given it as a role
  const who = [
    ...(merchant === undefined ? [] : [`a merchant's key with the scope ${merchant}`]),
    ...(staff === undefined ? [] : [`staff with the role ${[...roles].join(' or ')}`]),
    ...(byScope ? ['a staff key with the scope tracking:write'] : []),
  ];
  return `This call is for ${who.join(', or for ')}.`;
}

/** Stops the start when a route says nothing of who may call it. */
@Injectable()
export class AccessCheck implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      if (metatype === null || typeof metatype !== 'function') return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
      return this.scanner
        .getAllMethodNames(prototype)
        .map((name) => ({ name, handler: prototype[name] as () => unknown }))
        .filter(({ handler }) => Reflect.hasMetadata('path', handler))
        .filter(({ handler }) => this.reflector.getAllAndOverride(ACCESS, [handler, metatype]) === undefined)
        .map(({ name }) => `${metatype.name}.${name}`);
    });
    if (open.length > 0) throw new Error(`Routes without @Access: ${open.join(', ')}`);
  }
}
