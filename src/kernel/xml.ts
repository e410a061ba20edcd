import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** The text is no XML that we read; the message says why. */
export class NotXml extends Error {}

/** Deeper than this is nobody's document. */
const MAX_DEPTH = 64;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  processEntities: true,
  maxNestedTags: MAX_DEPTH,
});

/**
 * XML as plain objects: namespaces dropped, attributes as fields, every value a text, repeated elements a list.
 * Document types are refused unread, so no entity but XML's own five is ever expanded.
 * @throws NotXml not well formed, too deep, or with a document type
 */
export function readXml(text: string): unknown {
  const document = text.trim();
  if (/<!(DOCTYPE|ENTITY)/i.test(document)) throw new NotXml('XML with a document type is refused.');
  if (depthOf(document) > MAX_DEPTH) throw new NotXml(`The XML is more than ${MAX_DEPTH} levels deep.`);
  const sound = XMLValidator.validate(document);
  if (sound !== true) throw new NotXml(`The XML is not well formed: ${sound.err.msg} (line ${sound.err.line}).`);
  return parser.parse(document);
}

function depthOf(document: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [tag] of document.matchAll(/<\/?[A-Za-z_][^>]*>/g)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) depth += 1;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}
