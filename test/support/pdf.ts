import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createCanvas, DOMMatrix, ImageData, Path2D } from '@napi-rs/canvas';
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const require = createRequire(import.meta.url);

const POINTS_PER_MM = 72 / 25.4;

export interface PdfPage {
  widthMm: number;
  heightMm: number;
  text: string;
  /** Every barcode that a reader finds on the rendered page. */
  barcodes: { format: string; text: string }[];
}

let ready = false;

/** Gives the reader its binary from node_modules; it would fetch it from the network otherwise. */
function prepare(): void {
  if (ready) return;
  const wasm = readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmBinary = new Uint8Array(wasm).buffer;
  prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: false });
  // pdf.js would load another copy of the canvas than the tests' module registry has, and paths of one do not fit the other
  Object.assign(globalThis, { DOMMatrix, ImageData, Path2D });
  ready = true;
}

/** Reads a PDF as a stranger would: size, words, and the barcodes on the page as it looks at 300 dots an inch. */
export async function readPdf(bytes: Buffer): Promise<PdfPage[]> {
  prepare();
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0, isEvalSupported: false });
  const pdf = await task.promise;
  const pages: PdfPage[] = [];
  for (let n = 1; n <= pdf.numPages; n += 1) pages.push(await readPage(pdf, n));
  await task.destroy();
  return pages;
}

/** The words of each page alone, for documents of many pages. */
export async function readWords(bytes: Buffer): Promise<string[]> {
  prepare();
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0, isEvalSupported: false });
  const pdf = await task.promise;
  const pages: string[] = [];
  for (let n = 1; n <= pdf.numPages; n += 1) pages.push(wordsOf(await (await pdf.getPage(n)).getTextContent()));
  await task.destroy();
  return pages;
}

function wordsOf({ items }: { items: readonly object[] }): string {
  return items
    .map((item) => ('str' in item ? String(item.str) + ('hasEOL' in item && item.hasEOL ? '\n' : '') : ''))
    .join('');
}

async function readPage(pdf: PDFDocumentProxy, n: number): Promise<PdfPage> {
  const page = await pdf.getPage(n);
  const size = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: 300 / 72 });
  const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
  const context = canvas.getContext('2d');
  await page.render({
    canvas,
    canvasContext: context,
    viewport,
  }).promise;
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const found = await readBarcodes(
    { data: image.data, width: image.width, height: image.height, colorSpace: 'srgb' },
    { formats: ['Code128'], maxNumberOfSymbols: 8 },
  );
  const content = await page.getTextContent();
  return {
    widthMm: size.width / POINTS_PER_MM,
    heightMm: size.height / POINTS_PER_MM,
    text: wordsOf(content),
    barcodes: found.map(({ format, text }) => ({ format, text })),
  };
}
