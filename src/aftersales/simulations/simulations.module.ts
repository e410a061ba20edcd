import { Module } from '@nestjs/common';
import { PoliciesModule } from '../../policies/policies.module.ts';
import { SimulationsController } from './simulations.controller.ts';
import { SimulationsService } from './simulations.service.ts';

/** Policies tried on what after-sales has decided. Here, not with the policies: those call nobody. */
@Module({ imports: [PoliciesModule], controllers: [SimulationsController], providers: [SimulationsService] })
export class SimulationsModule {}
