import { Global, Module } from '@nestjs/common';
import { Targets } from './targets.ts';

/** Calls to parties that merchants name: where they may go, and how one is made. */
@Global()
@Module({ providers: [Targets], exports: [Targets] })
export class OutsideModule {}
