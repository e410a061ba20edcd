import { Injectable, type PipeTransform, type Type } from '@nestjs/common';
import { NotFound } from '../kernel/errors.ts';
import { idIn, type IdPrefix } from '../kernel/ids.ts';

const NOUNS: Readonly<Partial<Record<IdPrefix, string>>> = {
  mer: 'merchant',
  usr: 'user',
  key: 'key',
  quo: 'quote',
  ord: 'order',
  pkg: 'package',
  mfs: 'manifest',
  clm: 'claim',
  evd: 'evidence',
  dec: 'decision',
  ret: 'return',
  evt: 'event',
  jnl: 'journal',
  top: 'top-up',
  pay: 'payout',
  whe: 'webhook endpoint',
  whd: 'webhook delivery',
  imp: 'import',
  sto: 'store',
  sor: 'order of a store',
  inv: 'invoice',
  sim: 'simulation',
  trm: 'tracking message',
  bnk: 'bank line',
  mal: 'mail',
  srq: 'sourcing request',
  rec: 'receipt',
  doc: 'document',
};

/**
 * Reads an id of the path into its UUID; anything else is answered as an unknown id is.
 * @param noun what is looked for, where ids of its kind stand for other things too
 */
export function IdPipe(prefix: IdPrefix, noun: string = NOUNS[prefix] ?? 'thing'): Type<PipeTransform<string, string>> {
  @Injectable()
  class OfKind implements PipeTransform<string, string> {
    transform(value: string): string {
      const id = idIn(prefix, value);
      if (id === null) throw new NotFound(noun);
      return id;
    }
  }
  return OfKind;
}
