/** Who can tell of parcels. The tracking module fills this port: couriers name theirs. */
export abstract class TrackingSources {
  /** In the order of the alphabet. */
  abstract readonly names: readonly string[];
}
