import { forEachBreathing } from '../base/breathe';
import { redactText } from '../core/redact';
import { readSignedUrl, type SignedUrl } from '../core/signed-url';
import { readStorageAddress } from '../core/storage-address';

/** Links with the fresh ones in their places, and what a person should know of it. */
export interface Refreshed {
  /** In the links' order. */
  readonly urls: readonly string[];
  /** In sentences. */
  readonly notes: readonly string[];
}

/**
 * Puts fresh links in the place of those to the same object: of the same host, path and parameters but for those that sign.
 * Where there is none, in the place of the link of the same path, on any host, if both lists have one such link alone,
 * their parameters do not say otherwise, and their hosts are not known to name different buckets. What is not certain stays as it is: a link that no longer opens is told, one that
 * opens another image is not.
 * @param lists From the oldest to the latest, which counts first.
 */
export async function refreshLinks(
  urls: readonly string[],
  lists: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<Refreshed> {
  const stale = await collect(urls, signal);
  const fresh: Collected[] = [];
  for (const list of lists) fresh.unshift(await collect(list, signal));
  const refreshed: string[] = [];
  const unclear = new Set<string>();
  let unclearLinks = 0;
  const moved: LinkedObject[] = [];
  await forEachBreathing(
    urls,
    (url, i) => {
      const object = stale.objects[i];
      const found = object && find(object, stale, fresh);
      if (found === 'unclear') {
        unclearLinks++;
        unclear.add(object?.path ?? '');
      }
      if (!found || found === 'unclear') return void refreshed.push(url);
      refreshed.push(found.url);
      if (object && hostOf(object) !== hostOf(found)) moved.push(found);
    },
    signal,
  );
  const strays = fresh.flatMap(({ byObject }) =>
    [...byObject.values()].filter(({ path }) => !stale.byPath.has(path)),
  );
  const notes: string[] = [];
  if (unclearLinks > 0) {
    const what = unclearLinks === 1 ? '1 link stays as it is' : `${unclearLinks} links stay as they are`;
    notes.push(
      `Fresh links: ${what}, for it is not clear which of the fresh ones is meant ${example(unclear)}. Give fresh links of the same hosts and parameters.`,
    );
  }
  if (moved.length > 0) {
    const what = moved.length === 1 ? '1 link comes' : `${moved.length} links come`;
    const [{ path }] = moved;
    notes.push(
      `Fresh links: ${what} from another host now, as the only one of the same path ${example([path])}.`,
    );
  }
  if (strays.length > 0) {
    const what = strays.length === 1 ? '1 of them belongs' : `${strays.length} of them belong`;
    notes.push(`Fresh links: ${what} to no link of the list ${example(strays.map(({ path }) => path))}.`);
  }
  return { urls: refreshed, notes };
}

function example(paths: Iterable<string>): string {
  const [first] = paths;
  return `(for example ${JSON.stringify(redactText(first))})`;
}

/** What a link points at, whoever signed it and when. */
interface LinkedObject {
  readonly url: string;
  /** Host, path and the parameters that do not sign. */
  readonly id: string;
  /** As it stands in the link: decoded, different ones might become the same. */
  readonly path: string;
  /** Those that do not sign, in the order of their names. */
  readonly parameters: readonly string[];
}

interface Collected {
  /** In the links' order; null for what is no link. */
  readonly objects: readonly (LinkedObject | null)[];
  /** Of links to the same object the last. */
  readonly byObject: ReadonlyMap<string, LinkedObject>;
  /** The only object of a path; null where there are several. */
  readonly byPath: ReadonlyMap<string, LinkedObject | null>;
}

async function collect(urls: readonly string[], signal: AbortSignal): Promise<Collected> {
  const objects: (LinkedObject | null)[] = [];
  const byObject = new Map<string, LinkedObject>();
  const byPath = new Map<string, LinkedObject | null>();
  await forEachBreathing(
    urls,
    (url) => {
      const object = readObject(url);
      objects.push(object);
      if (object === null) return;
      byObject.set(object.id, object);
      const there = byPath.get(object.path);
      byPath.set(object.path, there === undefined || there?.id === object.id ? object : null);
    },
    signal,
  );
  return { objects, byObject, byPath };
}

/** Null where no list has its path. */
function find(
  object: LinkedObject,
  stale: Collected,
  lists: readonly Collected[],
): LinkedObject | 'unclear' | null {
  let unclear = false;
  for (const list of lists) {
    const same = list.byObject.get(object.id);
    if (same !== undefined) return same;
    const alike = list.byPath.get(object.path);
    if (alike === undefined) continue;
    if (alike !== null && stale.byPath.get(object.path) !== null && mayBeSame(object, alike)) return alike;
    unclear = true;
  }
  return unclear ? 'unclear' : null;
}

function readObject(url: string): LinkedObject | null {
  const parts = /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)([^?#]*)(?:\?([^#]*))?/i.exec(url);
  if (parts === null) return null;
  const [, host, path, query = ''] = parts;
  const scheme = query === '' ? null : (readSignedUrl(url)?.scheme ?? null);
  const parameters = query
    .split('&')
    .filter((parameter) => parameter !== '' && !signs(nameOf(parameter), scheme))
    // By name alone: of a name that comes twice the order may count.
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
  return { url, id: `${host.toLowerCase()}\n${path}\n${parameters.join('&')}`, path, parameters };
}

const nameOf = (parameter: string) => parameter.split('=', 1)[0].toLowerCase();

/** True for what a signature adds to a link, as far as it is known whose it is. */
function signs(name: string, scheme: SignedUrl['scheme'] | null): boolean {
  return anyonesSigning.test(name) || (scheme !== null && (signing[scheme]?.has(name) ?? false));
}

/** What Amazon's and Google's add; and what some of their libraries say of the request, or ask of the answer's head. */
const anyonesSigning = /^(x-(amz|goog)-|x-id$|response-(cache-control|content-|expires))/;

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Beside `x-amz-…` and `x-goog-…`. Azure's (create-service-sas, create-user-delegation-sas) name no snapshot or version. */
const signing: Readonly<Partial<Record<SignedUrl['scheme'], ReadonlySet<string>>>> = {
  's3-v2': words('awsaccesskeyid expires signature'),
  'gcs-v2': words('googleaccessid expires signature'),
  cloudfront: words('key-pair-id expires signature policy hash-algorithm'),
  'azure-sas': words(
    'sig sv st se si sp sr ss srt spr sip sdd ses skoid sktid skt ske sks skv saoid suoid scid skdutid sduoid',
  ),
};

/** False where the addresses name different buckets, or a parameter that is neither a secret nor a time asks for something else. */
function mayBeSame(one: LinkedObject, other: LinkedObject): boolean {
  if (asked(one) !== asked(other)) return false;
  if (hostOf(one) === hostOf(other)) return true;
  const [there, here] = [readStorageAddress(one.url), readStorageAddress(other.url)];
  return there === null || here === null || there.bucket === here.bucket;
}

const asked = ({ parameters }: LinkedObject): string =>
  parameters.filter((parameter) => !isSecret(nameOf(parameter)) && !isTime.test(nameOf(parameter))).join('&');

const isTime = /^(expires?|expiry|exp)$/;

const hostOf = ({ id }: LinkedObject): string => id.slice(0, id.indexOf('\n'));

const isSecret = (name: string) => redactText(`${name}=0`) !== `${name}=0`;
