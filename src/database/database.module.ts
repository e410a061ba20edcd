import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { Config } from '../config.ts';
import { Clock, RealClock } from '../kernel/clock.ts';
import { serviceOptions } from './data-source.ts';
import { Drops } from './drops.ts';
import { asHouse } from './scope.ts';
import { SandboxClock } from './sandbox-clock.ts';

const AGAIN = { retryAttempts: 3, retryDelay: 500 };

/** The pool of the service's role, and the clock of its rules. */
@Global()
@Module({})
export class DatabaseModule {
  static on(url: string, poolSize: number): DynamicModule {
    const clock = {
      provide: Clock,
      inject: [Config, DataSource],
      useFactory: async (config: Config, db: DataSource): Promise<Clock> => {
        if (!config.sandbox) return new RealClock();
        const sandbox = new SandboxClock();
        await sandbox.start(asHouse(db), config.sandboxStart);
        return sandbox;
      },
    };
    return {
      module: DatabaseModule,
      // a busy moment of a database that answered the migrations a moment ago is waited out
      imports: [TypeOrmModule.forRoot({ ...serviceOptions(url, poolSize), autoLoadEntities: true, ...AGAIN })],
      providers: [clock, Drops],
      exports: [clock, Drops],
    };
  }
}
