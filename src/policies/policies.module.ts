import { Global, Module } from '@nestjs/common';
import { PolicyNames } from '../http/policy-names.ts';
import { PoliciesController } from './policies.controller.ts';
import { PoliciesService } from './policies.service.ts';
import { DraftsService } from './versions/drafts.service.ts';
import { PolicyVersionsController } from './versions/versions.controller.ts';

/** Fills the http floor's port PolicyNames as well, for whoever names a policy. */
@Global()
@Module({
  controllers: [PoliciesController, PolicyVersionsController],
  providers: [PoliciesService, DraftsService, { provide: PolicyNames, useExisting: PoliciesService }],
  exports: [PoliciesService, DraftsService, PolicyNames],
})
export class PoliciesModule {}
