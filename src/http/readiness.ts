import { Injectable } from '@nestjs/common';

/** Whether requests are welcome: set when the start is done, taken back as the first act of a stop. */
@Injectable()
export class Readiness {
  isReady = false;
}
