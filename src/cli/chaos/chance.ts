const STEP = 0x6d2b79f5;
const RANGE = 2 ** 32;

/** Chance that can be had again: the same seed, the same story (mulberry32). */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 on, less than 1. */
  next(): number {
    this.state = (this.state + STEP) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / RANGE;
  }

  /** So often it is true: 0.25 is every fourth time. */
  happens(share: number): boolean {
    return this.next() < share;
  }

  /** A whole number, both ends among them. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }
}
