import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../http/actor.ts';
import { StrictPipe } from '../http/validation.ts';
import { invalidField } from '../kernel/errors.ts';
import {
  ImportsService,
  type Column,
  type CsvRow,
  type ImportRecord,
  type Outcome,
  type Rows,
} from '../imports/imports.service.ts';
import { PutVariantBody, type VariantView } from './catalogue.dto.ts';
import { VariantsService } from './variants.service.ts';

const COLUMNS = {
  sku: { headings: ['sku', 'variant sku'], required: true },
  title: { headings: ['title'], required: true },
  price: { headings: ['price', 'variant price'], required: true },
  currency: { headings: ['currency'], required: true },
  weight_g: { headings: ['weight_g', 'variant grams'], required: true },
  length_mm: { headings: ['length_mm'], required: true },
  width_mm: { headings: ['width_mm'], required: true },
  height_mm: { headings: ['height_mm'], required: true },
  handling: { headings: ['handling'] },
  hs_code: { headings: ['hs_code'] },
  origin: { headings: ['origin'] },
  backorder: { headings: ['backorder'] },
} satisfies Record<string, Column>;

type Name = keyof typeof COLUMNS;

const FLAGS: Readonly<Record<string, boolean>> = {
  '': false,
  false: false,
  no: false,
  '0': false,
  true: true,
  yes: true,
  '1': true,
};

/** The catalogue as a CSV file: a row a variant and currency; rows of one SKU belong together. */
@Injectable()
export class VariantImports {
  private readonly check = new StrictPipe();

  constructor(
    private readonly imports: ImportsService,
    private readonly variants: VariantsService,
  ) {}

  run(actor: Actor, csv: Buffer, dryRun: boolean): Promise<ImportRecord> {
    const given = { kind: 'variants', dryRun, csv, columns: COLUMNS, together: bySku };
    return this.imports.run(actor, given, (tx, rows) => this.put(tx, rows));
  }

  /** @throws InvalidFields as PUT /v1/variants/{sku} does */
  private async put(tx: EntityManager, rows: Rows<Name>): Promise<Outcome> {
    const [{ cells, has }] = rows;
    const body = (await this.check.transform(bodyOf(rows), {
      type: 'body',
      metatype: PutVariantBody,
    })) as PutVariantBody;
    const before = await this.variants.find(cells.sku, true, tx);
    const kept = before === null ? {} : keptOf(before, has);
    const after = await this.variants.put(tx, cells.sku, Object.assign(body, kept));
    const same = before !== null && JSON.stringify(before) === JSON.stringify(after);
    return { status: same ? 'unchanged' : 'imported', subject: cells.sku };
  }
}

/** What the file says nothing of stays as it is: a list of prices makes no battery harmless. */
function keptOf(before: VariantView, has: ReadonlySet<Name>): Partial<PutVariantBody> {
  const { quality_check, handling, backorder, hs_code, origin } = before;
  return {
    quality_check, // no column of its own
    ...(has.has('handling') ? {} : { handling }),
    ...(has.has('backorder') ? {} : { backorder }),
    ...(has.has('hs_code') || hs_code === null ? {} : { hs_code }),
    ...(has.has('origin') || origin === null ? {} : { origin }),
  };
}

const bySku = ({ cells }: CsvRow<Name>): string => cells.sku;

function bodyOf(rows: Rows<Name>): object {
  const [{ cells }] = rows;
  const optional = { hs_code: cells.hs_code, origin: cells.origin.toUpperCase() };
  return {
    title: cells.title,
    prices: rows.map(({ cells: { price, currency } }) => ({ amount: price, currency: currency.toUpperCase() })),
    ...whole(cells, ['weight_g', 'length_mm', 'width_mm', 'height_mm']),
    handling: cells.handling.split(/[\s|;,]+/).filter((flag) => flag !== ''),
    backorder: flagOf(cells.backorder),
    ...Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== '')),
  };
}

/** What is no whole number stays as it is: the field's own rule refuses it. */
function whole(cells: Readonly<Record<Name, string>>, names: readonly Name[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, /^\d{1,9}$/.test(cells[name]) ? Number.parseInt(cells[name], 10) : cells[name]]),
  );
}

function flagOf(text: string): boolean {
  const flag = FLAGS[text.toLowerCase()];
  if (flag === undefined) throw invalidField('/backorder', 'not_allowed', 'Backorder is true or false.');
  return flag;
}
