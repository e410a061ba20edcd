import { Global, Module } from '@nestjs/common';
import { PolicyNames } from '../http/policy-names.ts';
import { PoliciesController } from './policies.controller.ts';
import { PoliciesService } from './policies.service.ts';

/** Fills the http floor's port PolicyNames as well, for whoever names a policy. */
@Global()
@Module({
  controllers: [PoliciesController],
  providers: [PoliciesService, { provide: PolicyNames, useExisting: PoliciesService }],
  exports: [PoliciesService, PolicyNames],
})
export class PoliciesModule {}
