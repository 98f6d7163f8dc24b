import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { tempFolder } from './tempFolder.ts';

const run = promisify(execFile);

/** PEM texts with the files in which they lie; `cert` holds the chain that is sent with it. */
export interface Certificate {
  cert: string;
  key: string;
  certFile: string;
  keyFile: string;
}

export interface CertificateOptions {
  name: string;
  /** Without it the certificate is signed by itself. */
  issuer?: Certificate;
  ca?: boolean;
  /** As OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`. */
  names?: string[];
  /** Days from now, either of which may lie in the past. */
  from?: number;
  to?: number;
  /** Certificates of CAs that are sent behind its own. */
  chain?: Certificate[];
}

const settings = `
[ca]
default_ca = test
[test]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = any
`;

/** Makes certificates with OpenSSL, of every kind that a server may show. */
export class CertificateMaker {
  readonly folder: string;
  readonly remove: () => Promise<void>;
  #made = 0;

  private constructor({ path: folder, remove }: { path: string; remove: () => Promise<void> }) {
    this.folder = folder;
    this.remove = remove;
  }

  static async open(): Promise<CertificateMaker> {
    const folder = await tempFolder();
    return new CertificateMaker(folder);
  }

  async make({ name, issuer, ca = false, names = [], ...rest }: CertificateOptions): Promise<Certificate> {
    const folder = path.join(this.folder, String((this.#made += 1)));
    await mkdir(folder);
    const file = (of: string): string => path.join(folder, of);
    const extensions = [
      `basicConstraints = critical, CA:${ca ? 'TRUE' : 'FALSE'}`,
      ...(names.length > 0 ? [`subjectAltName = ${names.join(',')}`] : []),
    ];
    await Promise.all([
      writeFile(file('openssl.cnf'), settings),
      writeFile(file('extensions'), extensions.join('\n')),
      writeFile(file('index.txt'), ''),
    ]);
    const openssl = (fixed: string, more: string[]) =>
      run('openssl', [...fixed.split(' '), ...more], { cwd: folder });
    await openssl(
      'req -new -config openssl.cnf -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -out csr',
      ['-subj', `/CN=${name}`],
    );
    const { from = -1, to = 30, chain = [] } = rest;
    const life = ['-startdate', asn1Time(from), '-enddate', asn1Time(to)];
    const signer = issuer
      ? ['-cert', issuer.certFile, '-keyfile', issuer.keyFile]
      : ['-selfsign', '-keyfile', 'key'];
    await openssl('ca -batch -notext -config openssl.cnf -extfile extensions -in csr -out cert', [
      ...life,
      ...signer,
    ]);
    const [key, own] = await Promise.all([readFile(file('key'), 'utf8'), readFile(file('cert'), 'utf8')]);
    const cert = [own, ...chain.map((each) => each.cert)].join('');
    await writeFile(file('cert'), cert);
    return { cert, key, certFile: file('cert'), keyFile: file('key') };
  }

  /** The same key again, encrypted; gives its file. */
  async encryptKey({ keyFile }: Certificate, passphrase: string): Promise<string> {
    const encrypted = `${keyFile}.encrypted`;
    await run(
      'openssl',
      ['pkcs8', '-topk8', '-in', keyFile, '-out', encrypted, '-passout', 'env:PASSPHRASE'],
      {
        env: { ...process.env, PASSPHRASE: passphrase },
      },
    );
    return encrypted;
  }
}

/** `YYYYMMDDHHMMSSZ`, which is what every version of OpenSSL takes. */
const asn1Time = (inDays: number): string =>
  `${new Date(Date.now() + inDays * 86_400_000).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
