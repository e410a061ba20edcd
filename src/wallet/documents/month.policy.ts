const MINUTE_MS = 60_000;

/**
 * After the month's end, when nothing that counts for it can still be on its way: a request's statements run for
 * seconds at the most.
 */
const GRACE_MS = 5 * MINUTE_MS;

/** A month of the calendar, in UTC. */
export interface Month {
  /** `2026-05` */
  name: string;
  /** Its first day, `2026-05-01`. */
  firstDay: string;
  start: Date;
  /** Its last millisecond. */
  end: Date;
  /** When its statement is made. */
  dueAt: Date;
}

/** The month that an instant lies in. */
export function monthOf(at: Date): Month {
  const start = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
  const next = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));
  const firstDay = start.toISOString().slice(0, 10);
  return {
    ...{ name: firstDay.slice(0, 7), firstDay, start },
    ...{ end: new Date(next.getTime() - 1), dueAt: new Date(next.getTime() + GRACE_MS) },
  };
}

export function monthAfter({ end }: Month): Month {
  return monthOf(new Date(end.getTime() + 1));
}
