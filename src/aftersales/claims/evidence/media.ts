import { invalidField } from '../../../kernel/errors.ts';
import type { EvidenceKind } from '../claim-log.store.ts';

const IMAGES = ['image/jpeg', 'image/png', 'image/webp'];
const VIDEOS = ['video/mp4'];
const PAPERS = [...IMAGES, 'application/pdf'];

/** What each kind of evidence may be. */
const MEDIA: Readonly<Record<EvidenceKind, readonly string[]>> = {
  photo: IMAGES,
  video: VIDEOS,
  receipt: PAPERS,
  shipping_receipt: PAPERS,
  other: [...PAPERS, ...VIDEOS],
};

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'application/pdf': 'pdf',
};

/**
 * What a file is by its own bytes; its name and what its sender called it count for nothing.
 * @throws InvalidFields it is nothing that this kind of evidence may be
 */
export async function mediaTypeOf(kind: EvidenceKind, file: Buffer): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type'); // with the first file
  const found = (await fileTypeFromBuffer(file))?.mime;
  if (found !== undefined && MEDIA[kind].includes(found)) return found;
  const said = found ?? 'of no known type';
  throw invalidField('/file', 'media_type', `A ${kind} is one of ${MEDIA[kind].join(', ')}; the file is ${said}.`);
}

/** A name that browsers save it under. @param mediaType one that mediaTypeOf answers */
export function fileName(id: string, mediaType: string): string {
  return `${id}.${ENDINGS[mediaType] ?? 'bin'}`;
}
