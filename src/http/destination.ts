import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsOptional, ValidateBy } from 'class-validator';

/** An account as the merchant's bank writes it: a line of text (an IBAN), or named parts. */
export type Destination = string | Readonly<Record<string, string>>;

const LONGEST = 200;
const MOST_PARTS = 20;
const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST && !value.includes('\u0000');

function isDestination(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isText(value);
  const parts = Object.entries(value);
  return (
    !Array.isArray(value) &&
    parts.length > 0 &&
    parts.length <= MOST_PARTS &&
    parts.every(([name, part]) => /^[a-z][a-z0-9_]{0,39}$/.test(name) && isText(part))
  );
}

/** Where money goes: an IBAN as a text, or an object of texts (`{ account_holder, iban }`). */
export function DestinationField({ optional = false, description = '' } = {}): PropertyDecorator {
  const oneOf = [
    { type: 'string', minLength: 1, maxLength: LONGEST },
    { type: 'object', additionalProperties: { type: 'string', maxLength: LONGEST }, minProperties: 1 },
  ];
  const form = ValidateBy({
    name: 'destination',
    validator: {
      validate: isDestination,
      defaultMessage: () => '$property must be an account as a text, or an object of texts such as {"iban":"…"}',
    },
  });
  const documented = ApiProperty({
    oneOf,
    required: !optional,
    ...(description === '' ? {} : { description }),
    example: { account_holder: 'Lamps & more', iban: 'DE89370400440532013000' },
  });
  return (target, key) => {
    for (const decorate of [documented, optional ? IsOptional() : IsDefined(), form]) decorate(target, key);
  };
}
