import { Forbidden, MERCHANT_SCOPES, type Actor } from '../../http/actor.ts';
import { InvalidFields } from '../../kernel/errors.ts';
import type { KeyOwner } from './keys.service.ts';
import { staffScopes } from './scopes.policy.ts';

/**
 * Whose keys the caller may see and end.
 * @throws Forbidden a staff key: a scanner that is lost must not make keys of its own
 */
export function ownerOf(actor: Actor): KeyOwner {
  if (actor.kind === 'merchant') return { merchantId: actor.merchantId, userId: null };
  if (actor.kind === 'public' || actor.keyId !== null) throw new Forbidden('Sign in to manage the keys of staff.');
  return { merchantId: null, userId: actor.roles.has('admin') ? null : actor.userId };
}

/**
 * The scopes that a new key gets.
 * @param asked left out: all that the caller may give
 * @throws InvalidFields a scope that no key of this kind has
 * @throws Forbidden a scope that the caller does not have, or none to give
 */
export function grantedScopes(actor: Actor, asked: readonly string[] | undefined): string[] {
  if (actor.kind === 'public') throw new Forbidden();
  const ofKind: readonly string[] = actor.kind === 'merchant' ? MERCHANT_SCOPES : staffScopes(['admin']);
  const own: readonly string[] = actor.kind === 'merchant' ? [...actor.scopes] : staffScopes(actor.roles);
  const granted = [...new Set(asked ?? own)];
  const foreign = granted.flatMap((scope, index) => (ofKind.includes(scope) ? [] : [{ scope, index }]));
  if (foreign.length > 0) {
    const who = actor.kind === 'merchant' ? "a merchant's" : 'a staff';
    throw new InvalidFields(
      foreign.map(({ scope, index }) => ({
        pointer: `/scopes/${index}`,
        code: 'not_allowed',
        detail: `${scope} is no scope of ${who} key.`,
      })),
    );
  }
  const beyond = granted.filter((scope) => !own.includes(scope));
  if (beyond.length > 0) throw new Forbidden(`These credentials cannot give: ${beyond.join(', ')}.`);
  if (granted.length === 0) throw new Forbidden('These credentials have no scope to give.');
  return granted;
}
