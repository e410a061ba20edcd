/** What the warehouse can do with what it scanned: a call, and what it is for. */
export interface Step {
  action: string;
  method: 'GET' | 'POST';
  path: string;
}

/** A package as a scanner needs it. */
export interface ScannedPackage {
  path: string;
  /** What can be done with it by hand, as its machine has it. */
  steps: readonly string[];
  isPaid: boolean;
  isCancelled: boolean;
  /** It has left, and did not come back yet. */
  isOut: boolean;
  /** Somebody has asked to stop it and nobody has answered. */
  isToBeStopped: boolean;
}

const BY_HAND: Readonly<Record<string, string>> = {
  pick: 'pick',
  pack: 'pack',
  label: 'label',
  hand_over: 'hand-over',
};

/** The answer to a stop comes before every other step. */
export function packageSteps(parcel: ScannedPackage): Step[] {
  const { path, isPaid, isCancelled, isOut, isToBeStopped } = parcel;
  const post = (action: string, end: string): Step => ({ action, method: 'POST', path: `${path}/${end}` });
  if (!isPaid || isCancelled) return [];
  const steps = parcel.steps.flatMap((step) => {
    const end = BY_HAND[step];
    return end === undefined ? [] : [post(step, end)];
  });
  return [
    ...(isToBeStopped ? [post('answer_interception', 'interception')] : []),
    ...steps,
    ...(isOut ? [post('receive', 'receipt')] : []),
  ];
}
