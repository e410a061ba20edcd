import bwipjs from 'bwip-js';
import PDFDocument from 'pdfkit';
import { fontFile, printable, runsOf, type Subset, type Weight } from './fonts.ts';

const POINTS_PER_MM = 72 / 25.4;
/** Line height of Noto Sans as a part of its size. */
const LEADING = 1.36;
/** Empty modules on each side that a Code 128 reader needs. Source: ISO/IEC 15417. */
const QUIET_MODULES = 10;

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
  private readonly bytes: Promise<Buffer>;
  private readonly fonts = new Set<string>();

  /** @param at the document's date, from the data: the same data give the same bytes */
  constructor(
    readonly size: PaperSize,
    title: string,
    at: Date,
  ) {
    this.doc = new PDFDocument({
      size: [size.widthMm * POINTS_PER_MM, size.heightMm * POINTS_PER_MM],
      margin: 0,
      font: '', // no standard font: only embedded ones
      lang: 'en',
      info: { Title: printable(title), Producer: 'Waybill', Creator: 'Waybill', CreationDate: at },
    });
    this.bytes = collect(this.doc);
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
    this.doc.end();
    return this.bytes;
  }

  private line(text: string, xPt: number, yPt: number, style: TextStyle): void {
    const width = this.widthOf(text, style);
    const spare = style.width * POINTS_PER_MM - width;
    let left = xPt + (style.align === 'right' ? spare : style.align === 'center' ? spare / 2 : 0);
    for (const run of runsOf(text)) {
      this.useFont(run.subset, style);
      this.doc.text(run.text, left, yPt, { lineBreak: false });
      left += this.doc.widthOfString(run.text);
    }
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
    return runsOf(text).reduce((sum, run) => {
      this.useFont(run.subset, style);
      return sum + this.doc.widthOfString(run.text);
    }, 0);
  }

  private breakLines(text: string, style: TextStyle): string[] {
    const limit = style.width * POINTS_PER_MM;
    const lines: string[] = [];
    let line = '';
    for (const word of printable(text).trim().split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (this.widthOf(longer, style) <= limit) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = this.breakWord(word, limit, style);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
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
  const [symbol] = bwipjs.raw({ bcid: 'code128', text });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('The barcode has no bars.');
  return symbol.sbs;
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
    doc.on('error', reject);
  });
}
