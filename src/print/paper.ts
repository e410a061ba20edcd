import type BwipJs from 'bwip-js';
import type PdfKit from 'pdfkit';
import { later } from '../kernel/later.ts';
import { fontFile, printable, runsOf, type Subset, type Weight } from './fonts.ts';

const pdfkit = later((from) => from('pdfkit') as typeof PdfKit);
const barcodes = later((from) => from('bwip-js') as typeof BwipJs);

const POINTS_PER_MM = 72 / 25.4;
/** Line height of Noto Sans as a part of its size. */
const LEADING = 1.36;
/** Empty modules on each side that a Code 128 reader needs. Source: ISO/IEC 15417. */
const QUIET_MODULES = 10;
/** Distinct ones that are known at a time. */
const MOST_WORDS = 2_000;

/** What pdfkit keeps of every word that its fonts have laid out, until the document is gone. */
export interface Kept {
  _fontFamilies: Record<string, { layoutCache: object }>;
}

export interface TextStyle {
  /** Points. */
  size: number;
  bold?: boolean;
  /** Millimetres; longer text is broken into lines. */
  width: number;
  align?: 'left' | 'right' | 'center';
  /** At most so many lines; what does not fit ends in an ellipsis. */
  lines?: number;
}

export interface PaperSize {
  widthMm: number;
  heightMm: number;
}

export const LABEL_SIZE: PaperSize = { widthMm: 100, heightMm: 150 };
export const A4: PaperSize = { widthMm: 210, heightMm: 297 };

/** A PDF page on which everything is placed in millimetres from its top left corner, fonts embedded. */
export class Paper {
  private readonly doc: PDFKit.PDFDocument;
  private readonly fonts = new Set<string>();
  /** Of words that were measured, in points; few at a time, however long the document is. */
  private readonly widths = new Map<string, number>();

  /**
   * @param at the document's date, from the data: the same data give the same bytes
   * @param language of the text, for screen readers
   */
  constructor(
    readonly size: PaperSize,
    title: string,
    at: Date,
    language = 'en',
  ) {
    const PDFDocument = pdfkit();
    this.doc = new PDFDocument({
      size: [size.widthMm * POINTS_PER_MM, size.heightMm * POINTS_PER_MM],
      margin: 0,
      font: '', // no standard font: only embedded ones
      lang: language,
      info: { Title: printable(title), Producer: 'Waybill', Creator: 'Waybill', CreationDate: at },
    });
  }

  addPage(): void {
    this.doc.addPage();
  }

  /** @returns the height that the lines take, in millimetres */
  text(text: string, x: number, y: number, style: TextStyle): number {
    const lines = this.breakLines(text, style);
    const height = style.size * LEADING;
    for (const [i, line] of lines.entries()) this.line(line, x * POINTS_PER_MM, y * POINTS_PER_MM + i * height, style);
    return (lines.length * height) / POINTS_PER_MM;
  }

  /** The height that `text` would take, in millimetres. */
  heightOf(text: string, style: TextStyle): number {
    return (this.breakLines(text, style).length * style.size * LEADING) / POINTS_PER_MM;
  }

  /** A line from one point to another. */
  rule(x1: number, y1: number, x2: number, y2: number, widthPt = 0.75): void {
    this.doc
      .lineWidth(widthPt)
      .moveTo(x1 * POINTS_PER_MM, y1 * POINTS_PER_MM)
      .lineTo(x2 * POINTS_PER_MM, y2 * POINTS_PER_MM)
      .stroke();
  }

  /**
   * Code 128 as vectors, as wide as the box with its quiet zones.
   * @param text printable ASCII
   */
  code128(text: string, x: number, y: number, box: { width: number; height: number }): void {
    const widths = barsOf(text);
    const modules = widths.reduce((a, b) => a + b, 0) + 2 * QUIET_MODULES;
    const modulePt = (box.width * POINTS_PER_MM) / modules;
    let left = x * POINTS_PER_MM + QUIET_MODULES * modulePt;
    for (const [i, width] of widths.entries()) {
      // bars and spaces take turns, bars first
      if (i % 2 === 0) this.doc.rect(left, y * POINTS_PER_MM, width * modulePt, box.height * POINTS_PER_MM);
      left += width * modulePt;
    }
    this.doc.fill('black');
  }

  finish(): Promise<Buffer> {
    return collect(this.rest());
  }

  /** What has been drawn so far and was not taken yet: a long document leaves in parts, page by page. */
  take(): Buffer | null {
    return this.doc.read() as Buffer | null;
  }

  /** Ends the document. @returns all that was not taken yet */
  rest(): AsyncIterable<Buffer> {
    this.doc.end();
    return this.doc as AsyncIterable<unknown> as AsyncIterable<Buffer>;
  }

  private line(text: string, xPt: number, yPt: number, style: TextStyle): void {
    const runs = runsOf(text);
    let left = xPt + this.indent(text, style);
    for (const run of runs) {
      this.useFont(run.subset, style);
      this.doc.text(run.text, left, yPt, { lineBreak: false });
      if (runs.length > 1) left += this.doc.widthOfString(run.text);
    }
  }

  private indent(text: string, style: TextStyle): number {
    if (style.align === undefined || style.align === 'left') return 0;
    const spare = style.width * POINTS_PER_MM - this.widthOf(text, style);
    return style.align === 'right' ? spare : spare / 2;
  }

  private useFont(subset: Subset, style: TextStyle): void {
    const weight: Weight = style.bold === true ? 700 : 400;
    const name = `noto-${subset}-${weight}`;
    if (!this.fonts.has(name)) {
      this.doc.registerFont(name, fontFile(subset, weight));
      this.fonts.add(name);
    }
    this.doc.font(name, style.size);
  }

  private widthOf(text: string, style: TextStyle): number {
    const key = `${style.size} ${style.bold === true} ${text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    const width = runsOf(text).reduce((sum, run) => {
      this.useFont(run.subset, style);
      return sum + this.doc.widthOfString(run.text);
    }, 0);
    if (this.widths.size >= MOST_WORDS) this.forget();
    this.widths.set(key, width);
    return width;
  }

  /** Words that are drawn are measured before, so what is kept of them stays small too. */
  private forget(): void {
    this.widths.clear();
    for (const font of Object.values((this.doc as unknown as Kept)._fontFamilies)) font.layoutCache = {};
  }

  private breakLines(text: string, style: TextStyle): string[] {
    const limit = style.width * POINTS_PER_MM;
    const space = this.widthOf(' ', style);
    const lines: string[] = [];
    let line = '';
    let width = 0;
    for (const word of printable(text).trim().split(' ')) {
      const wide = this.widthOf(word, style);
      if (line !== '' && width + space + wide <= limit) {
        line += ` ${word}`;
        width += space + wide;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = wide <= limit ? [word] : this.breakWord(word, limit, style);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
      width = this.widthOf(line, style);
    }
    if (line !== '') lines.push(line);
    return this.cut(lines, style);
  }

  private breakWord(word: string, limit: number, style: TextStyle): string[] {
    const pieces: string[] = [];
    let piece = '';
    for (const char of word) {
      if (piece !== '' && this.widthOf(piece + char, style) > limit) {
        pieces.push(piece);
        piece = '';
      }
      piece += char;
    }
    return [...pieces, piece];
  }

  private cut(lines: string[], style: TextStyle): string[] {
    const most = style.lines ?? Infinity;
    if (lines.length <= most) return lines;
    const kept = lines.slice(0, most);
    let last = kept.pop() ?? '';
    while (last !== '' && this.widthOf(`${last}…`, style) > style.width * POINTS_PER_MM) last = last.slice(0, -1);
    return [...kept, `${last}…`];
  }
}

/** Widths of bars and spaces in modules. */
function barsOf(text: string): number[] {
  const [symbol] = barcodes().raw({ bcid: 'code128', text });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('The barcode has no bars.');
  return symbol.sbs;
}

async function collect(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of parts) chunks.push(chunk);
  return Buffer.concat(chunks);
}
