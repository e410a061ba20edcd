import type { Form } from '../../../http/upload.ts';
import { InvalidFields, type FieldError } from '../../../kernel/errors.ts';
import { EVIDENCE_KINDS, type EvidenceKind } from '../claim-log.store.ts';

/** Whatever a policy says, no file is larger. */
export const LARGEST_BYTES = 100 * 1024 * 1024;

/** What a form with evidence holds, as OpenAPI has it. */
export const EVIDENCE_FORM = {
  schema: {
    type: 'object',
    required: ['kind', 'file'],
    properties: {
      kind: { type: 'string', enum: [...EVIDENCE_KINDS] },
      file: { type: 'string', format: 'binary', description: 'JPEG, PNG, WebP, MP4 or PDF, as its bytes say.' },
    },
  },
};

/** @throws InvalidFields a part is missing, or there is one more */
export function complete({ fields, file }: Form): { kind: EvidenceKind; file: Buffer } {
  const kind = EVIDENCE_KINDS.find((k) => k === fields.get('kind'));
  const faults: FieldError[] = [...fields.keys()]
    .filter((name) => name !== 'kind')
    .map((name) => ({ pointer: `/${name}`, code: 'unknown_field', detail: 'There is no such field here.' }));
  if (kind === undefined) {
    const code = fields.has('kind') ? 'not_allowed' : 'required';
    faults.push({ pointer: '/kind', code, detail: `Kind is one of ${EVIDENCE_KINDS.join(', ')}.` });
  }
  if (file === null || file.length === 0) {
    faults.push({ pointer: '/file', code: 'required', detail: 'The form holds no file.' });
  }
  if (kind === undefined || file === null || faults.length > 0) throw new InvalidFields(faults);
  return { kind, file };
}
