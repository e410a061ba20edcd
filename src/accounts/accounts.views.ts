import { instant, instantOrNull } from '../kernel/clock.ts';
import { idOut, idOutOrNull } from '../kernel/ids.ts';
import type { KeyView, MerchantView, NewKeyView, UserView } from './accounts.dto.ts';
import type { MerchantRecord } from './accounts.service.ts';
import type { KeyRecord, NewKey } from './credentials/keys.service.ts';
import type { Person } from './people.service.ts';

export function merchantView(merchant: MerchantRecord): MerchantView {
  return {
    id: idOut('mer', merchant.id),
    name: merchant.name,
    email: merchant.email,
    email_verified: merchant.emailVerifiedAt !== null,
    country: merchant.country,
    currency: merchant.currency,
    status: merchant.status,
    policy: merchant.policy,
    plan: merchant.plan,
    created_at: instant(merchant.createdAt),
  };
}

export function userView(person: Person): UserView {
  return {
    id: idOut('usr', person.id),
    merchant: idOutOrNull('mer', person.merchantId),
    email: person.email,
    name: person.name,
    roles: [...person.roles],
    created_at: instant(person.createdAt),
  };
}

export function keyView(key: KeyRecord): KeyView {
  return {
    id: idOut('key', key.id),
    name: key.name,
    scopes: key.scopes,
    last_four: key.lastFour,
    allowed_ips: key.allowedIps,
    created_at: instant(key.createdAt),
    last_used_at: instantOrNull(key.lastUsedAt),
    expires_at: instantOrNull(key.expiresAt),
  };
}

export function newKeyView(key: NewKey): NewKeyView {
  return Object.assign(keyView(key), { secret: key.secret });
}
