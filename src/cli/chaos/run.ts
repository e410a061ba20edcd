/** What a run came to. */
export interface Report {
  counts: Readonly<Record<string, number | string>>;
  /** Sentences that hold. */
  holds: readonly string[];
  faults: readonly string[];
  /** Why it could not be run here; nothing was looked at. */
  notRun?: string;
}

export type Say = (text: string) => void;

/** How much of something: what is usual, and as much as reliability.md's second tier asks. */
export interface Size {
  about: string;
  usual: number;
  full: number;
}

/** An unkind story that ends with everything being looked at; the same seed plays it again. */
export interface Run<Name extends string = string> {
  name: string;
  about: string;
  sizes: Readonly<Record<Name, Size>>;
  play: (sizes: Readonly<Record<Name | 'seed', number>>, say: Say) => Promise<Report>;
}

/** Keeps a run's own names of its sizes, and lets it stand in a list with others. */
export function run<Name extends string>(it: Run<Name>): Run {
  return { ...it, play: (sizes, say) => it.play(sizes, say) };
}
