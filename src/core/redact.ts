/**
 * Makes a link fit for a message, a log or a file: the values of signatures, tokens, credentials and passwords become `…`,
 * in its query, in its fragment and in links within it; the rest, its path above all, stays as it was given. Of a `data:`
 * link the kind alone stays. Takes any text, and does not throw.
 */
export function redactUrl(url: string): string {
  if (/^\s*data:/i.test(url)) return `${url.slice(0, url.indexOf(',') + 1 || 'data:'.length).slice(0, 200)}…`;
  const mark = /[?#]/.exec(url)?.index ?? url.length;
  // In pairs, for the separators are kept: name=value, separator, name=value.
  const parts = url.slice(mark).split(/([?#&;])/);
  return (
    redactText(url.slice(0, mark)) +
    parts.map((part, at) => (at % 2 === 1 ? part : redactParameter(part))).join('')
  );
}

/**
 * Cuts secrets out of any text, as {@link redactUrl} does of a link: of links in it, of parts of links, and of what S3
 * and its kin repeat in an error's body. Applied twice it changes nothing more.
 */
export function redactText(text: string): string {
  return text
    .replace(userInfo, '$1…@')
    .replace(plainSecret, '$1=…')
    .replace(encodedSecret, '$1%3D…')
    .replace(echoedSecret, '<$1>…</$1>')
    .replace(googleKey, '…');
}

/** What signs or opens something, in the words of S3, GCS, Azure, CloudFront, OAuth and everyone. */
const secretNames = [
  'x-amz-signature', 'x-amz-security-token', 'x-amz-credential', 'x-goog-signature', 'x-goog-credential',
  'x-goog-security-token', 'awsaccesskeyid', 'googleaccessid', 'key-pair-id', 'policy', 'signature', 'sig',
  'access_token', 'auth_token', 'id_token', 'token', 'auth', 'authorization', 'jwt', 'api_key', 'apikey', 'api-key',
  'client_secret', 'secret', 'password', 'passwd', 'pwd', 'sessiontoken', 'session_token',
]; // biome-ignore format: a list

const isSecretName: ReadonlySet<string> = new Set(secretNames);
const anySecretName = secretNames.join('|');
const plainSecret = new RegExp(`(?<![\\w-])(${anySecretName})=(?!…)[^&\\s"'<>#;\\\\]+`, 'gi');
/** In a link that is itself a parameter of another. */
const encodedSecret = new RegExp(
  `(?<=%26|%3F|%23|[=&?])(${anySecretName})%3D(?!…)(?:(?!%26|%23)[^&\\s"'<>#])+`,
  'gi',
);
const echoedSecret =
  /<(AWSAccessKeyId|GoogleAccessId|SignatureProvided|StringToSign|StringToSignBytes|CanonicalRequest|CanonicalRequestBytes|Token-0)>[^<]*<\/\1>/gi;
const userInfo = /(\b[a-z][a-z0-9+.-]{0,19}:\/\/)[^\s/?#"'<>]*@/gi;
/** An API key of Google's, whose parameter is called `key` like many that are no secret. */
const googleKey = /\bAIza[\w-]{30,}/g;

function redactParameter(part: string): string {
  const equals = part.indexOf('=');
  if (equals < 0) return redactText(part);
  const name = part.slice(0, equals);
  return isSecretName.has(decodeName(name)) ? `${name}=…` : redactText(part);
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name).trim().toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}
