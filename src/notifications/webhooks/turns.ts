import { Injectable } from '@nestjs/common';

/** Of the pool's connections: requests and listeners must find some, however many endpoints there are. */
const AT_ONCE = 3;

/** Lets the sender ask the database so many things at a time, first come, first served. */
@Injectable()
export class Turns {
  private free = AT_ONCE;
  private readonly waiting: (() => void)[] = [];

  /** @param work must not take a turn of its own */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else
      await new Promise<void>((turn) => {
        this.waiting.push(turn);
      });
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
