import { Choice, Flag, Id, InstantField, Int, List, QueryFlag, Text } from '../http/fields.ts';
import { ListQuery } from '../http/lists.ts';
import { instant } from '../kernel/clock.ts';
import { idOut } from '../kernel/ids.ts';
import type { ImportRecord, RowResult } from './imports.service.ts';

/** Largest file (api.md, Habits). */
export const IMPORT_BYTES = 5 * 1024 * 1024;

const STATUSES = ['imported', 'unchanged', 'set_aside', 'failed'] as const;

export class ImportQuery {
  @QueryFlag({ optional: true, description: 'Tells what would come of it and changes nothing.' })
  dry_run?: boolean;
}

export class ImportsQuery extends ListQuery {
  @Text({ optional: true, max: 40 })
  kind?: string;
}

export class ImportErrorView {
  @Text({ min: 0, description: 'The field that is wrong, as the call for one would name it; empty: the row.' })
  pointer: string;
  @Text() code: string;
  @Text() detail: string;
}

export class ImportRowView {
  @Int({ description: 'As a spreadsheet counts: the headings are row 1.' }) row: number;
  @Choice(STATUSES, { description: 'unchanged: it was there before. set_aside: a person has to look.' })
  status: RowResult['status'];
  @Text({ nullable: true, description: 'What it made or met.' }) subject: string | null;
  @Text({ nullable: true }) detail: string | null;
  @List(() => ImportErrorView) errors: ImportErrorView[];
}

/** An import without its rows. */
export class ImportHeadView {
  @Id('imp') id: string;
  @Text() kind: string;
  @Flag() dry_run: boolean;
  @Int() rows: number;
  @Int() imported: number;
  @Int() unchanged: number;
  @Int() set_aside: number;
  @Int() failed: number;
  @InstantField() created_at: string;
}

export class ImportView extends ImportHeadView {
  @List(() => ImportRowView) results: ImportRowView[];
}

export function headView(record: ImportRecord): ImportHeadView {
  const count = (status: RowResult['status']): number => record.results.filter((row) => row.status === status).length;
  return {
    ...{ id: idOut('imp', record.id), kind: record.kind, dry_run: record.dryRun, rows: record.results.length },
    ...{ imported: count('imported'), unchanged: count('unchanged'), set_aside: count('set_aside') },
    ...{ failed: count('failed'), created_at: instant(record.createdAt) },
  };
}

export function importView(record: ImportRecord): ImportView {
  return Object.assign(headView(record), { results: record.results });
}
