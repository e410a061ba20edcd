import { fromString, fromUUID, getType, toUUID } from 'typeid-js';
import { v7 } from 'uuid';

/** What each kind of id looks like outside: `ord_` and a UUIDv7 in base 32. Inside the house ids are plain UUIDs. */
export type IdPrefix =
  | 'mer'
  | 'usr'
  | 'key'
  | 'quo'
  | 'ord'
  | 'pkg'
  | 'mfs'
  | 'clm'
  | 'msg'
  | 'evd'
  | 'dec'
  | 'ret'
  | 'evt'
  | 'jnl'
  | 'top'
  | 'pay'
  | 'mbr'
  | 'inv'
  | 'whe'
  | 'whd'
  | 'sim'
  | 'imp'
  | 'trm'
  | 'bnk'
  | 'mal'
  | 'sto'
  | 'sor'
  | 'aud'
  | 'srq'
  | 'rec'
  | 'doc';

/** All zeros: stands for the operator where a row needs a merchant. */
export const HOUSE_ID = '00000000-0000-0000-0000-000000000000';

/** A new time-ordered id (UUIDv7, real time), as it is stored. */
export function newId(): string {
  return v7();
}

/** The id as the API shows it: `idOut('ord', uuid)` is `ord_…`. */
export function idOut(prefix: IdPrefix, uuid: string): string {
  return fromUUID(uuid, prefix);
}

export function idOutOrNull(prefix: IdPrefix, uuid: string | null): string | null {
  return uuid === null ? null : idOut(prefix, uuid);
}

/** The UUID behind an id of the API, or null where the text is no id of that kind. */
export function idIn(prefix: IdPrefix, text: string): string | null {
  try {
    const id = fromString(text);
    return getType(id) === prefix ? toUUID(id) : null;
  } catch {
    return null; // not an id at all: the caller answers as for an unknown one
  }
}
