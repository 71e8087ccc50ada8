/**
 * Certificates that one host needs beside those the system trusts.
 *
 * @module
 */

/** Certificates in PEM; read from disk before they come here. */
export interface TlsSettings {
  /** Authorities to trust in addition to the system's, each a PEM text. */
  readonly caCerts?: readonly string[] | undefined;
  /** What this program shows of itself; never sent to another origin. */
  readonly clientCert?: ClientCertificate | undefined;
}

/** A certificate of this program and its key, both in PEM. */
export interface ClientCertificate {
  /** The certificate, and those between it and its authority. */
  readonly cert: string;
  /** The private key. */
  readonly key: string;
}
