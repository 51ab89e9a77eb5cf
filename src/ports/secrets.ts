export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where passwords for an index may be kept outside its URL (the `keyring` program). */
export interface Secrets {
  find(service: string, username: string | undefined): Promise<Credentials | undefined>;
}
