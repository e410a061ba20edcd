import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { MERCHANT_SCOPES } from '../http/actor.ts';
import { DestinationField, type Destination } from '../http/destination.ts';
import {
  Choice,
  Country,
  Currency,
  DateField,
  Flag,
  Id,
  InstantField,
  Int,
  List,
  Nested,
  Text,
  TextList,
} from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import type { MerchantStatus } from './accounts.service.ts';
import { isNetwork } from './credentials/networks.ts';
import { STAFF_SCOPES } from './credentials/scopes.policy.ts';
import { STAFF_ROLES, type GivenRole } from './people.service.ts';

const MERCHANT_STATUSES: readonly MerchantStatus[] = ['active', 'suspended', 'closing', 'closed'];
const SCOPES: readonly string[] = [...MERCHANT_SCOPES, ...Object.keys(STAFF_SCOPES)];

/** One mailbox, as it is written in an envelope; no names, no lists, no line breaks. */
const EMAIL = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,189}$/;
const Email = (options: { optional?: boolean } = {}): PropertyDecorator =>
  Text({
    ...options,
    min: 3,
    max: 254,
    pattern: EMAIL,
    says: '$property must be an e-mail address',
    example: 'shop@example.com',
  });

/** Length is what makes a password good; nothing else is asked of it. */
const NewPassword = (): PropertyDecorator =>
  Text({ min: 12, max: 200, description: '12 characters or more.', example: 'a long enough password' });

const Networks = (options: { optional?: boolean; nullable?: boolean } = {}): PropertyDecorator =>
  applyDecorators(
    TextList({
      ...{ ...options, min: 1, max: 50, length: 50 },
      description: 'Addresses and networks that it may be used from; null or left out: anywhere.',
      example: ['203.0.113.0/24'],
    }),
    ValidateBy({
      name: 'network',
      validator: {
        validate: (value: unknown) =>
          value === null ||
          (Array.isArray(value) && value.every((part) => typeof part === 'string' && isNetwork(part))),
        defaultMessage: () => '$property must be addresses or networks such as 203.0.113.7 or 2001:db8::/32',
      },
    }),
  );

export class SignUpBody {
  @Text({ example: 'Lamps & more' }) name: string;
  @Email() email: string;
  @NewPassword() password: string;
  @Country() country: string;
  @Currency({ description: 'The home currency.' }) currency: string;
}

export class SignInBody {
  @Text({ max: 254 }) email: string;
  @Text({ max: 200 }) password: string;
}

export class ResetRequestBody {
  @Email() email: string;
}

export class ResetBody {
  @NewPassword() password: string;
}

export class ChangeMerchantBody {
  @Text({ optional: true }) name?: string;
  @Email({ optional: true }) email?: string;
  @Country({ optional: true }) country?: string;
}

export class ChangeMerchantByStaffBody extends ChangeMerchantBody {
  @Text({
    optional: true,
    nullable: true,
    max: 64,
    description: "A policy's code; null: the house's default.",
    example: 'courier-proof',
  })
  policy?: string | null;
}

export class WaitingCauseView {
  @Text({ example: 'order' }) type: string;
  @Text({ example: 'ord_01h2xcejqtf2nbrexx3vqjhp41' }) id: string;
}

export class CloseBody {
  @DestinationField({
    optional: true,
    description: 'Needed where there is cash; left out, one that was given before counts.',
  })
  destination?: Destination | null;
}

export class WaitingForView {
  @Text({ example: 'order_not_settled' }) name: string;
  @Nested(() => WaitingCauseView, { nullable: true }) cause: WaitingCauseView | null;
  @InstantField({ nullable: true }) since: string | null;
  @InstantField({ nullable: true, description: 'When it ends by itself, as far as that is known.' }) until:
    string | null;
}

export class ClosingView {
  @Choice(['closing']) status: 'closing';
  @List(() => WaitingForView) waiting_for: WaitingForView[];
}

export class NewUserBody {
  @Email() email: string;
  @NewPassword() password: string;
  @Text({ optional: true }) name?: string;
  @TextList({ min: 1, max: 4, choices: STAFF_ROLES }) roles: GivenRole[];
}

export class NewKeyBody {
  @Text({ optional: true, max: 100, description: 'What it is for.' }) name?: string;
  @TextList({ optional: true, min: 1, max: 20, choices: SCOPES, description: 'Left out: all that you may give.' })
  scopes?: string[];
  @Networks({ optional: true }) allowed_ips?: string[];
}

export class ChangeKeyBody {
  @Text({ optional: true, max: 100 }) name?: string;
  @Networks({ optional: true, nullable: true }) allowed_ips?: string[] | null;
}

export class MerchantsQuery extends ListQuery {
  @Choice(MERCHANT_STATUSES, { optional: true })
  status?: MerchantStatus;
}

export class MerchantView {
  @Id('mer') id: string;
  @Text() name: string;
  @Text() email: string;
  @Flag({ description: 'Until it is, nothing is paid out.' }) email_verified: boolean;
  @Country() country: string;
  @Currency() currency: string;
  @Choice(MERCHANT_STATUSES) status: MerchantStatus;
  @Text({ nullable: true, description: "The after-sales policy; null: the house's default." }) policy: string | null;
  @Text({ example: 'starter' }) plan: string;
  @InstantField() created_at: string;
}

export class UserView {
  @Id('usr') id: string;
  @Id('mer', { nullable: true, description: "null: the operator's staff." }) merchant: string | null;
  @Text() email: string;
  @Text({ nullable: true }) name: string | null;
  @TextList({ choices: ['owner', 'member', ...STAFF_ROLES] }) roles: string[];
  @InstantField() created_at: string;
}

export class KeyView {
  @Id('key') id: string;
  @Text({ nullable: true }) name: string | null;
  @TextList({ choices: SCOPES }) scopes: string[];
  @Text({ min: 4, max: 4, description: 'The last four characters of the secret.' }) last_four: string;
  @Networks({ nullable: true }) allowed_ips: string[] | null;
  @InstantField() created_at: string;
  @InstantField({ nullable: true, description: 'To the minute.' }) last_used_at: string | null;
  @InstantField({ nullable: true, description: 'When a key that was rotated stops.' }) expires_at: string | null;
}

export class KeyUseView {
  @DateField({ description: 'UTC.' }) day: string;
  @Int({ max: Number.MAX_SAFE_INTEGER }) calls: number;
  @Int({ max: Number.MAX_SAFE_INTEGER, description: 'Of them from an address that the key does not allow.' })
  refused: number;
}

export class KeyUsageView {
  @List(() => KeyUseView, { description: 'Newest first; days without a call are left out.' }) data: KeyUseView[];
}

export class NewKeyView extends KeyView {
  @Text({ description: 'Shown this once.', example: 'wb_live_…' }) secret: string;
}

export class SignedUpView {
  @Nested(() => MerchantView) merchant: MerchantView;
  @Nested(() => UserView) user: UserView;
  @Nested(() => NewKeyView) api_key: NewKeyView;
}

export class SessionView {
  @Text({ description: 'Send it as `Authorization: Bearer …`.' }) token: string;
  @InstantField() expires_at: string;
  @Nested(() => UserView) user: UserView;
}

export class ResetAskedView {
  @Choice(['accepted'], { description: 'Whoever signs in with this e-mail gets one.' }) status: 'accepted';
}

export class ResetDoneView {
  @Choice(['password_changed']) status: 'password_changed';
}

export class EmailVerifiedView {
  @Text() email: string;
  @Flag() email_verified: boolean;
}
