import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { ZipFile } from 'yazl';
import { Clock } from '../kernel/clock.ts';
import type { Page } from '../kernel/pages.ts';
import type { ListQuery } from '../http/lists.ts';
import { NOT_INCLUDED } from './not-included.ts';
import { csvOf, jsonOf } from './tables.ts';

/** One kind of thing that a merchant has, page by page, as the API shows it. */
export type Section = (merchantId: string, query: ListQuery) => Promise<Page<object>>;

const PAGE = 100;

/** A merchant's data as files. Each module says what it holds; nobody else knows (product.md, Privacy). */
@Injectable()
export class Exports {
  private readonly sections = new Map<string, Section>();
  private readonly holds = new Map<string, readonly string[]>();

  constructor(private readonly clock: Clock) {}

  /**
   * @param name of its files: `orders`
   * @param tables whose rows it shows
   */
  register(name: string, tables: readonly string[], section: Section): void {
    if (this.sections.has(name)) throw new Error(`Two sections are called ${name}.`);
    this.sections.set(name, section);
    this.holds.set(name, tables);
  }

  /** Every table that a section shows. */
  tables(): string[] {
    return [...this.holds.values()].flat();
  }

  /** A ZIP with each section as JSON and as CSV, read page by page while it is sent; and what is not in it, and why. */
  zip(merchantId: string): Readable {
    const zip = new ZipFile();
    const at = { mtime: this.clock.now() };
    for (const name of [...this.sections.keys()].sort()) {
      const columns = new Set<string>(); // files are written one after the other: the table knows what the list had
      const pages = (): AsyncGenerator<object[]> => this.pages(name, merchantId);
      for (const [ending, write] of [
        ['json', jsonOf],
        ['csv', csvOf],
      ] as const) {
        const stream = Readable.from(write(pages(), columns));
        stream.on('error', (error) => zip.emit('error', error));
        zip.addReadStream(stream, `${name}.${ending}`, at);
      }
    }
    zip.addBuffer(Buffer.from(`${JSON.stringify(NOT_INCLUDED, null, 2)}\n`), 'not_included.json', at);
    zip.end();
    const output = zip.outputStream as Readable;
    zip.on('error', (error: Error) => output.destroy(error)); // cut off: nobody takes half an archive for a whole one
    return output;
  }

  private async *pages(name: string, merchantId: string): AsyncGenerator<object[]> {
    const section = this.sections.get(name);
    let cursor: string | null = null;
    do {
      const query: ListQuery = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      const page: Page<object> | undefined = await section?.(merchantId, query);
      if (page === undefined) return;
      yield page.data;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }
}
