import { Global, Module } from '@nestjs/common';
import { MailboxController, MailController } from './mail.controller.ts';
import { MailSender } from './mail.sender.ts';
import { MailService } from './mail.service.ts';

/** E-mails: posted in the transaction of a change, sent by SMTP or kept for staff to read. */
@Global()
@Module({
  controllers: [MailController, MailboxController],
  providers: [MailService, MailSender],
  exports: [MailService],
})
export class MailModule {}
