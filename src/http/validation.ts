import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { getMetadataStorage, type MetadataStorage } from 'class-validator';
import { InvalidFields, type FieldError } from '../kernel/errors.ts';

const MAX_DEPTH = 20;
const MAX_ITEMS = 1_000;
/** What PostgreSQL has no place for, or only as another character. */
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

/** class-validator's names of rules -> the codes that api.md's errors carry. */
const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown_field',
  isDefined: 'required',
  isString: 'wrong_type',
  isInt: 'wrong_type',
  isBoolean: 'wrong_type',
  isObject: 'wrong_type',
  isArray: 'wrong_type',
  nestedValidation: 'wrong_type',
  isLength: 'length',
  min: 'too_small',
  max: 'too_large',
  arrayMinSize: 'too_few',
  arrayMaxSize: 'too_many',
  isIn: 'not_allowed',
  matches: 'format',
};

/** Said in our own words. */
const SAYS: Readonly<Record<string, string>> = {
  whitelistValidation: 'There is no such field here.',
  isDefined: 'It must be given.',
};

/** The rule that says most when several fail. */
const FIRST = [
  'whitelistValidation',
  'isDefined',
  'isString',
  'isInt',
  'isBoolean',
  'isArray',
  'isObject',
  'nestedValidation',
  'money',
];

const AT_ITEM = /^@(\d+) /;

/** What is wrong with an item of a list, to be told at the item's own place. */
export function atItem(index: number, text: string): string {
  return `@${index} ${text}`;
}

function toField(place: string, constraints: Record<string, string>): FieldError {
  const names = Object.keys(constraints);
  const name = FIRST.find((f) => names.includes(f)) ?? names.at(-1) ?? '';
  const said = constraints[name] ?? 'is wrong';
  const [mark = '', item] = AT_ITEM.exec(said) ?? [];
  const pointer = item === undefined ? place : `${place}/${item}`;
  return { pointer, code: CODES[name] ?? name, detail: SAYS[name] ?? sentence(said.slice(mark.length)) };
}

function sentence(text: string): string {
  const end = text.endsWith('.') ? '' : '.';
  return text.charAt(0).toUpperCase() + text.slice(1) + end;
}

/** A name as a part of a JSON pointer (RFC 6901). */
export const pointerPart = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** One entry a field, with its JSON pointer. */
function flatten(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const pointer = `${parent}/${pointerPart(property)}`;
    return constraints === undefined ? flatten(children ?? [], pointer) : [toField(pointer, constraints)];
  });
}

/** Is there nothing that no field may hold? Most bodies are sound: only of others it matters where. */
function isPossible(value: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false;
  if (typeof value === 'string') return !UNSTORABLE.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value) && value.length > MAX_ITEMS) return false;
  return Object.values(value).every((part) => isPossible(part, depth + 1));
}

/** What no field may hold, whatever its type. */
function impossible(value: unknown, pointer: string, depth: number): FieldError[] {
  if (depth > MAX_DEPTH) return [{ pointer, code: 'too_deep', detail: `Nested deeper than ${MAX_DEPTH} levels.` }];
  if (typeof value === 'string' && UNSTORABLE.test(value)) {
    return [
      { pointer, code: 'format', detail: 'It holds U+0000 or half of a surrogate pair, which cannot be stored.' },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > MAX_ITEMS) {
    return [{ pointer, code: 'too_many', detail: `More than ${MAX_ITEMS} items.` }];
  }
  return Object.entries(value).flatMap(([name, part]) =>
    impossible(part, `${pointer}/${pointerPart(name)}`, depth + 1),
  );
}

/** As it is called: without a schema there is none, though the package's types want one. */
type Finding = (
  target: Parameters<MetadataStorage['getTargetValidationMetadatas']>[0],
  ...how: [schema: string | null | undefined, always?: boolean, strictGroups?: boolean, groups?: string[]]
) => ReturnType<MetadataStorage['getTargetValidationMetadatas']>;

/**
 * class-validator looks through the rules of all classes for those that a class inherits, for every object that it
 * checks; a class's rules stand when it is declared, so they are found once.
 */
function findRulesOnce(storage: MetadataStorage): void {
  const find = storage.getTargetValidationMetadatas.bind(storage) as Finding;
  const found = new WeakMap<object, ReturnType<Finding>>();
  const finding: Finding = (target, ...how) => {
    if (how.some(Boolean)) return find(target, ...how); // a schema, groups: nothing of ours
    const known = found.get(target) ?? find(target, ...how);
    found.set(target, known);
    return known;
  };
  storage.getTargetValidationMetadatas = finding;
}

findRulesOnce(getMetadataStorage());

/** Checks bodies and queries whole before anything happens: unknown fields, types, ranges; one entry per field. */
export class StrictPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: false,
      exceptionFactory: (errors) => new InvalidFields(flatten(errors)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body' && metadata.type !== 'query') return value;
    if (Buffer.isBuffer(value)) return value;
    const given = value ?? {};
    if (typeof given !== 'object' || Array.isArray(given)) {
      throw new InvalidFields([{ pointer: '', code: 'wrong_type', detail: 'The body must be a JSON object.' }]);
    }
    if (!isPossible(given)) throw new InvalidFields(impossible(given, '', 0));
    return super.transform(given, metadata) as Promise<unknown>;
  }
}
