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
 * Cuts secrets out of any text, as {@link redactUrl} does of a link: of links in it, of parts of links, of heads of requests,
 * of JSON, and of what S3 and its kin repeat in an error's body. Of a text that is one link and nothing else, as a cell of
 * a table may be, the whole query goes, for nobody says what in it opens the link. Applied twice it changes nothing more.
 */
export function redactText(text: string): string {
  if (!mayHoldSecret.test(text)) return text;
  const link = loneLink.exec(text);
  if (link !== null) return `${redactText(link[1])}${link[2]}…`;
  let rest = text
    .replace(dataLink, '$1…')
    .replace(userInfo, '$1…@')
    .replace(encodedUserInfo, '$1…$2')
    .replace(header, '$1…')
    .replace(quoted, '$1$3…')
    .replace(element, '<$1>…</$1>')
    .replace(bearer, '$1…')
    .replace(knownByShape, '…');
  for (const secret of parameters) rest = rest.replace(secret, '$1…');
  return rest;
}

/** Cells of tables are redacted by the million, and few of them can hold anything. */
const mayHoldSecret = /[=:@%<]|AIza|eyJ|gh[oprsu]_|hf_|bearer/i;

const loneLink = /^(\s*[a-z][a-z0-9+.-]{0,19}:\/\/[^\s"'<>?#]*)([?#])[^\s"'<>]*\s*$/i;

/**
 * What signs or opens something, in the words of S3, GCS, Azure, CloudFront, OSS, COS, Akamai, Cloudflare, GitLab, Discord, OAuth and
 * everyone. Words may be joined by `-`, `_` or nothing.
 */
const wholeNames = [
  'sig', 'auth', 'authorization', 'jwt', 'pwd', 'policy', 'verify', 'hm', 'hmac', 'hdnts', 'hdnea', 'hdntl',
  'key[-_]?pair[-_]?id', 'google[-_]?access[-_]?id', 'q-ak', 'sas', 'sid', '(?:j|php)?sess(?:ion)?[-_]?id',
]; // biome-ignore format: a list
/** Whatever stands before these in a name: `X-Amz-`, `x-oss-`, `q-`, `refresh_`, `client_`, `private_`. */
const lastWords = [
  'signature', 'credentials?', 'token', 'secret', 'password', 'passwd', 'passphrase',
  '(?:api|auth|access|secret|private|shared|account|subscription|session|signing)[-_]?key(?:[-_]?id)?',
]; // biome-ignore format: a list

/** A longer name is none that anyone gives a parameter; without an end the time would grow with its square. */
const secretName = `(?:[\\w-]{0,60}(?:${lastWords.join('|')})_*|${wholeNames.join('|')})`;
const isSecretName = new RegExp(`^${secretName}$`, 'i');

/** Where a name may begin: not within a word, unless what looks like the word's beginning is an encoded `&`, `?`, `#`, `;` or `=`. */
const start = '(?:(?<![\\w-])|(?<=%(?:25){0,3}(?:26|3f|23|3b|3d)))';

/**
 * `name=value`, at this depth of encoding: a link may be a parameter of another, and that of a third. The value ends at a
 * separator of its own depth or of one above it; a deeper one belongs to it.
 */
function parameter(depth: number): RegExp {
  const equals = depth === 0 ? '=' : `%(?:25){${depth - 1}}3d`;
  const end = depth === 0 ? '' : `(?!%(?:25){0,${depth - 1}}(?:26|23))`;
  return new RegExp(
    `(${start}${secretName}${equals})(?!…)(?:${end}[^&\\s"'<>#\\\\${depth === 0 ? ';' : ''}])+`,
    'gi',
  );
}
const parameters = [0, 1, 2, 3].map(parameter);

/** `"access_token": "…"`, in JSON, in JSON within JSON, and as Python prints it. */
const quoted = new RegExp(
  `(${start}${secretName}(\\\\{0,3}["'])\\s{0,9}:\\s{0,9})(?:(\\2)(?!…)(?:(?!\\2)(?:\\\\.|[^\\\\]))+|[\\w.+-]+)`,
  'gi',
);

/** What a request or an answer carries in its head, to the end of the line. Here `token:` may be the end of a sentence. */
const header =
  /((?<![\w-])(?:(?:proxy-)?authorization|(?:set-)?cookie|private-token|x-[\w-]{0,40}(?:token|key|signature|secret))\s{0,9}:\s{0,9})(?!…)[^\s"'<>][^\r\n"'<>]*/gi;

/** S3 and its kin repeat in an error's body what was signed. */
const element = new RegExp(
  `<(${secretName}|Signature[-_]?Provided|StringToSign(?:Bytes)?|CanonicalRequest(?:Bytes)?|Token-0)>[^<]*<\\/\\1>`,
  'gi',
);

const userInfo = /(\b[a-z][a-z0-9+.-]{0,19}:\/\/)[^\s/?#"'<>]*@/gi;
const encodedUserInfo =
  /(\b[a-z][a-z0-9+.-]{0,19}%(?:25){0,3}3a(?:%(?:25){0,3}2f){2})(?:(?!%(?:25){0,3}(?:2f|3f|23))[^\s/?#&"'<>])*(%(?:25){0,3}40)/gi;

/** Its content may be megabytes long, and is an image at best. */
const dataLink = /(\bdata:(?:[a-z]{1,20}\/[\w.+-]{1,80})?(?:;[\w.=+-]{1,80}){0,9},)(?!…)[^\s"'<>]+/gi;

/** Here a digit tells a token from a word, as in "bearer authentication". */
const bearer = /(\bbearer\s{1,9})(?=[\w.~+/-]*\d)[\w.~+/-]{12,}=*/gi;

/**
 * Keys that tell themselves whatever they are called: Google's (whose parameter is called `key` like many that are no secret),
 * GitHub's, Hugging Face's, and JSON Web Tokens.
 */
const knownByShape =
  /(?<![\w-])(?:AIza[\w-]{30,}|gh[oprsu]_\w{30,}|hf_\w{30,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;

function redactParameter(part: string): string {
  const equals = part.indexOf('=');
  if (equals < 0) return redactText(part);
  const name = part.slice(0, equals);
  return isSecretName.test(decodeName(name)) ? `${name}=…` : redactText(part);
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name).trim();
  } catch {
    return name;
  }
}
