const MINUTE_MS = 60_000;
/** Pauses between attempts: a day and a half in all, then it is given up. */
const PAUSES_MIN = [1, 5, 15, 60, 180, 360, 720, 720] as const;
const LAST_ATTEMPT = PAUSES_MIN.length + 1;

/** What a mail server said: nodemailer's code of the step that failed, and the server's own number. */
export interface Refusal {
  step: unknown;
  reply: unknown;
}

/**
 * What becomes of a mail that was not taken. Final is only a 5xx to the recipient or to the message itself (RFC 5321,
 * 4.2.1); one to our own sign-in is a setting that somebody will mend.
 * @param attempts made so far, this one counted
 */
export function verdict(attempts: number, { step, reply }: Refusal): 'waiting' | 'failed' {
  const aboutTheMail = step === 'EENVELOPE' || step === 'EMESSAGE';
  const refused = aboutTheMail && typeof reply === 'number' && reply >= 500 && reply < 600;
  return refused || attempts >= LAST_ATTEMPT ? 'failed' : 'waiting';
}

/**
 * The pause before the next attempt.
 * @param attempts made so far, 1 or more
 * @param jitter 0 to 1: spreads what failed together
 * @returns milliseconds, 75 to 125 % of the step
 */
export function pauseMs(attempts: number, jitter: number): number {
  const step = PAUSES_MIN[Math.min(attempts, PAUSES_MIN.length) - 1] ?? PAUSES_MIN[0];
  return Math.round(step * MINUTE_MS * (0.75 + jitter / 2));
}
