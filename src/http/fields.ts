import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  isIn,
  isISO31661Alpha2,
  isString,
  length as isLength,
  matches,
} from 'class-validator';
import { idIn, type IdPrefix } from '../kernel/ids.ts';
import { isCurrency, Money, NotMoney } from '../kernel/money.ts';
import { noneOf } from './choices.ts';
import { atItem } from './validation.ts';

/** What every field can say of itself. */
export interface FieldOptions {
  /** May be left out (null counts as left out). */
  optional?: boolean;
  /** May be null, but not left out. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

type Class = new () => object;

/** Of what may be left out: whoever writes null there leaves it out. */
const nullIsAbsent = Transform(({ value }: { value: unknown }) => value ?? undefined);

/** Null is a word of its own, to be said: what is left out is missing. */
const isNotNull = (_: object, value: unknown): boolean => value !== null;

function field(options: FieldOptions, schema: ApiPropertyOptions, ...rules: PropertyDecorator[]): PropertyDecorator {
  const { optional = false, nullable = false, description, example } = options;
  const about = {
    ...schema,
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    ...(nullable ? { nullable } : {}),
  };
  const absent = nullable ? [] : [nullIsAbsent];
  return optional
    ? applyDecorators(ApiPropertyOptional(about), IsOptional(), ...absent, ...rules)
    : applyDecorators(ApiProperty(about), ...(nullable ? [ValidateIf(isNotNull)] : []), IsDefined(), ...rules);
}

/** A rule of our own: a code, a test, a sentence. */
function rule(name: string, test: (value: unknown) => boolean, sentence: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => sentence } });
}

/** A rule for each item of a list: the first that breaks it is named by its place. */
function eachRule(
  name: string,
  test: (item: unknown) => boolean,
  sentence: string | ((item: unknown) => string),
): PropertyDecorator {
  const validate = (list: unknown): boolean => !Array.isArray(list) || list.every(test);
  const defaultMessage = (args?: { value: unknown }): string => {
    const list = args?.value as unknown[];
    const index = list.findIndex((item) => !test(item));
    return atItem(index, typeof sentence === 'string' ? sentence : sentence(list[index]));
  };
  return ValidateBy({ name, validator: { validate, defaultMessage } });
}

const isOneObject = (item: unknown): boolean => typeof item === 'object' && item !== null && !Array.isArray(item);

/** Each item is an object: a list in its place has no fields that could be missing. */
const eachObject = (): PropertyDecorator => eachRule('isObject', isOneObject, 'It must be an object');

const isNotBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** Answers say what there is: a length is promised of them only where one is given. */
const isAnswer = (target: object): boolean => target.constructor.name.endsWith('View');

/** A text; by default 1 to 200 characters. */
export function Text(
  options: FieldOptions & { min?: number; max?: number; pattern?: RegExp; says?: string } = {},
): PropertyDecorator {
  const { min = 1, max = 200, pattern, says } = options;
  const rules = [IsString(), Length(min, max)];
  if (min > 0) rules.push(rule('not_blank', isNotBlank, '$property must not be blank'));
  if (pattern !== undefined) rules.push(Matches(pattern, says === undefined ? {} : { message: says }));
  const form = pattern === undefined ? {} : { pattern: pattern.source };
  return (target, key) => {
    const lengths = isAnswer(target) && options.max === undefined ? {} : { minLength: min, maxLength: max };
    field(options, { type: String, ...lengths, ...form }, ...rules)(target, key);
  };
}

/** A whole number. */
export function Int(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = 2_147_483_647 } = options;
  return field(options, { type: 'integer', minimum: min, maximum: max }, IsInt(), Min(min), Max(max));
}

/** A number of an answer that is neither money nor a count: days, a ratio. */
export function Num(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Number }, IsNumber());
}

/** A whole number of the query string. */
export function QueryInt(options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = 2_147_483_647 } = options;
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number.parseInt(value, 10) : value,
  );
  return field(options, { type: 'integer', minimum: min, maximum: max }, read, IsInt(), Min(min), Max(max));
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: Boolean }, IsBoolean());
}

/** true or false in the query string. */
export function QueryFlag(options: FieldOptions = {}): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
  return field(options, { type: Boolean }, read, IsBoolean());
}

/** One of a few words. */
export function Choice(choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: String, enum: [...choices] }, IsIn(choices));
}

/** An id as the API writes it; the pipe that reads it is `IdPipe`, in a body `idIn`. */
export function Id(prefix: IdPrefix, options: FieldOptions = {}): PropertyDecorator {
  const sound = (value: unknown): boolean => typeof value === 'string' && idIn(prefix, value) !== null;
  const test = rule('id', sound, `$property must be an id that begins with ${prefix}_`);
  return field(options, { type: String, pattern: `^${prefix}_[0-9a-z]{26}$` }, IsString(), test);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Date.parse takes 30 February for 2 March: the day must come back as it was written. */
function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** An RFC 3339 instant of the years 1 to 9999? */
export function isInstant(value: unknown): value is string {
  const day = typeof value === 'string' ? INSTANT.exec(value)?.[1] : undefined;
  if (day === undefined || !isDay(day)) return false;
  const at = Date.parse(value as string);
  return at >= FIRST_INSTANT && at <= LAST_INSTANT;
}

/**
 * An RFC 3339 instant of the years 1 to 9999, with any offset, read into UTC with milliseconds: what PostgreSQL takes
 * without a second look.
 * @param options.asSent kept with the digits and the offset that were sent
 */
export function InstantField(options: FieldOptions & { asSent?: boolean } = {}): PropertyDecorator {
  const test = rule('instant', isInstant, '$property must be an RFC 3339 instant such as 2026-05-01T10:00:00Z');
  const read = Transform(({ value }: { value: unknown }) => (isInstant(value) ? new Date(value).toISOString() : value));
  return field(options, { type: String, format: 'date-time' }, ...(options.asSent === true ? [] : [read]), test);
}

/** An instant of the query string, where a `+` before the offset arrives as a space unless it was written %2B. */
export function QueryInstant(options: FieldOptions = {}): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/ (?=\d{2}:\d{2}$)/, '+') : value,
  );
  return applyDecorators(read, InstantField(options));
}

/** A local date, 2026-05-01. */
export function DateField(options: FieldOptions = {}): PropertyDecorator {
  const sound = (v: unknown): boolean => typeof v === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(v) && isDay(v);
  return field(
    options,
    { type: String, format: 'date' },
    rule('date', sound, '$property must be a date such as 2026-05-01'),
  );
}

/** An ISO 4217 code. */
export function Currency(options: FieldOptions = {}): PropertyDecorator {
  const sound = (value: unknown): boolean => typeof value === 'string' && isCurrency(value);
  return field(
    options,
    { type: String, example: 'USD' },
    rule('currency', sound, '$property must be an ISO 4217 currency code such as USD'),
  );
}

/** The list has none for Kosovo; the post and the carriers write this one, which ISO leaves to its users. */
const KOSOVO = 'XK';

/** An ISO 3166-1 alpha-2 code, as couriers name the countries that they go to: a parcel for UK would find no service. */
export const isCountry = (value: unknown): boolean =>
  value === KOSOVO || (typeof value === 'string' && /^[A-Z]{2}$/.test(value) && isISO31661Alpha2(value));

/** An ISO 3166-1 alpha-2 code. */
export function Country(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    { type: String, example: 'US' },
    rule('country', isCountry, '$property must be an ISO 3166 country code such as US or GB'),
  );
}

/** A percentage as a decimal string, "12.5". */
export function Percent(options: FieldOptions = {}): PropertyDecorator {
  const sound = (v: unknown): boolean => typeof v === 'string' && /^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)$/.test(v);
  return field(
    options,
    { type: String, example: '12.5' },
    rule('percent', sound, '$property must be a percentage from "0" to "100" such as "12.5"'),
  );
}

/** Money in a body: `{ "amount": "12.34", "currency": "USD" }`. */
export class MoneyBody {
  @Text({ max: 25, example: '12.34' })
  amount: string;

  @Currency()
  currency: string;
}

/** Why it is no money, to be told; null: it is some. */
function whyNoMoney(value: unknown): string | null {
  const { amount, currency } = (value ?? {}) as { amount?: unknown; currency?: unknown };
  if (typeof amount !== 'string' || typeof currency !== 'string') return 'the amount is a decimal string.';
  try {
    Money.parse(amount, currency);
    return null;
  } catch (error) {
    if (error instanceof NotMoney) return error.message;
    throw error;
  }
}

const isMoney = (value: unknown): boolean => whyNoMoney(value) === null;
const isPositive = (value: unknown): boolean => isMoney(value) && Money.fromJson(value as MoneyBody).isPositive();
const isNotNegative = (value: unknown): boolean => isMoney(value) && !Money.fromJson(value as MoneyBody).isNegative();

const SUCH_AS = 'must be money such as {"amount":"12.34","currency":"USD"}';

const money = ValidateBy({
  name: 'money',
  validator: {
    validate: isMoney,
    defaultMessage: (args) => `${args?.property} ${SUCH_AS}: ${whyNoMoney(args?.value) ?? ''}`,
  },
});

/** Money; `positive` refuses zero, and by default nothing below zero is taken. */
export function MoneyField(options: FieldOptions & { positive?: boolean; signed?: boolean } = {}): PropertyDecorator {
  const rules = [money, IsObject(), nestedClass(() => MoneyBody)];
  if (options.positive === true) rules.push(rule('positive', isPositive, '$property must be more than zero'));
  else if (options.signed !== true) rules.push(rule('not_negative', isNotNegative, '$property must not be below zero'));
  return field(options, { type: () => MoneyBody }, ...rules);
}

const nestedClass = (of: () => Class): PropertyDecorator => applyDecorators(ValidateNested(), Type(of));

/** An object of fields. */
export function Nested(of: () => Class, options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: () => of() }, IsObject(), nestedClass(of)); // the generator knows a lazy type by its name, `type`
}

/** A list of objects of fields. */
export function List(of: () => Class, options: FieldOptions & { min?: number; max?: number } = {}): PropertyDecorator {
  const { min = 0, max = 1000 } = options;
  const shape = { type: () => of(), isArray: true, minItems: min, maxItems: max };
  return field(
    options,
    shape,
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    eachObject(),
    ValidateNested({ each: true }),
    Type(of),
  );
}

/** A list of texts. */
export function TextList(
  options: FieldOptions & {
    min?: number;
    max?: number;
    choices?: readonly string[];
    pattern?: RegExp;
    length?: number;
  } = {},
): PropertyDecorator {
  const { min = 0, max = 1000, choices, pattern, length = 200 } = options;
  const rules = [
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    eachRule('isString', isString, 'It must be a text'),
    eachRule('isLength', (item) => isLength(item, 1, length), `It must have 1 to ${length} characters`),
  ];
  if (choices !== undefined)
    rules.push(
      eachRule(
        'isIn',
        (item) => isIn(item, choices),
        (item) => noneOf(item, choices),
      ),
    );
  if (pattern !== undefined)
    rules.push(eachRule('matches', (item) => matches(item as string, pattern), `It must match ${pattern.source}`));
  const item = {
    type: String,
    isArray: true,
    minItems: min,
    maxItems: max,
    ...(choices === undefined ? {} : { enum: [...choices] }),
  };
  return field(options, item, ...rules);
}

/** Any JSON object, taken as it is. */
export function AnyObject(options: FieldOptions = {}): PropertyDecorator {
  return field(options, { type: 'object', additionalProperties: true }, IsObject());
}

const ANY_JSON = [
  ...['string', 'number', 'boolean'].map((type) => ({ type })),
  { type: 'array', items: {} },
  { type: 'object', additionalProperties: true },
];

/** In an answer: any JSON value, null too. */
export function AnyJson(options: Pick<FieldOptions, 'optional' | 'description' | 'example'> = {}): PropertyDecorator {
  return field({ ...options, nullable: true }, { anyOf: ANY_JSON });
}

/**
 * A list whose items are checked one by one later, so that one bad item does not refuse the others.
 * @param options.anything items that are no objects are left to that check, too
 */
export function LooseList(
  of: () => Class,
  options: FieldOptions & { min?: number; max?: number; anything?: boolean } = {},
): PropertyDecorator {
  const { min = 0, max = 1000, anything = false } = options;
  const shape = { type: () => of(), isArray: true, minItems: min, maxItems: max };
  const rules = anything ? [] : [eachObject()];
  return field(options, shape, IsArray(), ArrayMinSize(min), ArrayMaxSize(max), ...rules);
}
