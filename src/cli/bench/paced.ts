import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { send, type LoadResult, type Shot } from './load.ts';

export interface PacedOptions {
  base: string;
  perSecond: number;
  seconds: number;
  expected: number;
  next: () => Shot;
}

/** Sends so many a second whether or not the others are answered; each one's time counts from when it was to be sent. */
export async function paced({ base, perSecond, seconds, expected, next }: PacedOptions): Promise<LoadResult> {
  const agent = new http.Agent({ keepAlive: true });
  const { hostname, port } = new URL(base);
  const times: number[] = [];
  const others = new Map<number, number>();
  const start = performance.now();
  await Promise.all(
    Array.from({ length: perSecond * seconds }, async (_, n) => {
      const due = start + (n * 1_000) / perSecond;
      await pause(Math.max(0, due - performance.now()));
      const status = await send({ agent, hostname, port, shot: next() });
      if (status === expected) times.push(performance.now() - due);
      else others.set(status, (others.get(status) ?? 0) + 1);
    }),
  );
  const took = (performance.now() - start) / 1_000;
  agent.destroy();
  return { done: times.length, others, seconds: took, times: Float64Array.from(times).sort() };
}
