/** Which policies there are. The policies module fills this port: settings and merchants name one by its code. */
export abstract class PolicyNames {
  /** Is a version of it in force? */
  abstract isInForce(id: string): Promise<boolean>;
}
