import type { EntityManager } from 'typeorm';
import { filtersOf, whereOf } from '../../database/filters.ts';
import { one, rows, type Db } from '../../database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { PageRequest } from '../../kernel/pages.ts';

/** A parcel that nobody had announced. */
export interface UnannouncedParcel {
  id: string;
  /** What was scanned; null: there was nothing to scan. */
  code: string | null;
  /** What the code leads to, as the API writes its id; null: unknown. */
  aboutKind: string | null;
  aboutId: string | null;
  warehouse: string | null;
  sender: string | null;
  condition: string | null;
  unopened: boolean | null;
  note: string | null;
  photoSha256: string | null;
  photoMediaType: string | null;
  receivedAt: Date;
  byUser: string;
}

const SELECT = `
  SELECT id, code, about_kind AS "aboutKind", about_id AS "aboutId", warehouse, sender, condition, unopened, note,
    photo_sha256 AS "photoSha256", photo_media_type AS "photoMediaType", received_at AS "receivedAt", by_user AS "byUser"
  FROM unannounced_parcel`;

export async function insertUnannounced(tx: EntityManager, parcel: UnannouncedParcel): Promise<void> {
  await rows(
    tx,
    `INSERT INTO unannounced_parcel (id, code, about_kind, about_id, warehouse, sender, condition, unopened, note,
       photo_sha256, photo_media_type, received_at, by_user) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[parcel.id, parcel.code, parcel.aboutKind, parcel.aboutId, parcel.warehouse, parcel.sender, parcel.condition],
      ...[parcel.unopened, parcel.note, parcel.photoSha256, parcel.photoMediaType, parcel.receivedAt, parcel.byUser],
    ],
  );
}

/** @throws NotFound */
export async function getUnannounced(db: Db, id: string): Promise<UnannouncedParcel> {
  const found = await one<UnannouncedParcel>(db, `${SELECT} WHERE id = $1`, [id]);
  if (found === null) throw new NotFound('receipt');
  return found;
}

/** A photo of it; a newer one takes its place. @throws NotFound */
export async function setPhoto(
  tx: EntityManager,
  id: string,
  { sha256, mediaType }: { sha256: string; mediaType: string },
): Promise<UnannouncedParcel> {
  await rows(tx, `UPDATE unannounced_parcel SET photo_sha256 = $2, photo_media_type = $3 WHERE id = $1`, [
    id,
    sha256,
    mediaType,
  ]);
  return getUnannounced(tx, id);
}

/** Newest first; one more row than asked tells that there is a next page. */
export async function listUnannounced(
  db: Db,
  { code }: { code: string | undefined },
  { limit, after }: PageRequest,
): Promise<UnannouncedParcel[]> {
  const { clauses, params } = filtersOf(
    [],
    [
      ['upper(code) =', code?.toUpperCase()],
      ['id <', after?.[0]],
    ],
  );
  return rows(db, `${SELECT} ${whereOf(clauses)} ORDER BY id DESC LIMIT $${params.push(limit + 1)}`, params);
}
