const INTERRUPTED = 130;
const open = new Set<() => Promise<void>>();

function stop(): void {
  void Promise.allSettled([...open].map((close) => close())).then(() => process.exit(INTERRUPTED));
}

/**
 * Ctrl-C must leave no process behind: what is open then is closed before the end.
 * @returns what closes it in the ordinary way
 */
export function closedOnInterrupt(close: () => Promise<void>): () => Promise<void> {
  if (open.size === 0) process.on('SIGINT', stop).on('SIGTERM', stop);
  open.add(close);
  return async () => {
    open.delete(close);
    if (open.size === 0) process.off('SIGINT', stop).off('SIGTERM', stop);
    await close();
  };
}
