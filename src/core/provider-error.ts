import { longestError } from '../base/exchange';
import { childText, readXml } from '../base/xml';
import { redactText } from './redact';

/** What a storage provider says of its refusal. */
export interface ProviderError {
  /** `AccessDenied`, `NoSuchKey`, `AuthenticationFailed`. */
  readonly code: string;
  /** One line, without secrets; `''` where it says none. */
  readonly message: string;
  /** Its further words that tell why: Azure's `AuthenticationErrorDetail`, Google's `Details`; `''` where it says none. */
  readonly detail: string;
  /** The address that S3 names instead, with a redirect that has no `Location`; `''` otherwise. */
  readonly endpoint: string;
}

/**
 * Reads an error's body: the XML of S3 and its kin, of Google and of Azure, Google's JSON, or Azure's header alone where the
 * body is missing. Null where it is none of these: a proxy's page, an empty body.
 */
export async function readProviderError(
  body: string,
  azureCode: string | null = null,
): Promise<ProviderError | null> {
  const text = body
    .slice(0, longestError)
    .replace(/^\ufeff/, '')
    .trim();
  return (
    (text.startsWith('<') ? await readXmlError(text) : readJsonError(text)) ??
    (azureCode === null ? null : { code: oneLine(azureCode), message: '', detail: '', endpoint: '' })
  );
}

/** Says it as people read it: `AccessDenied: Request has expired`. */
export function tellProviderError({ code, message, detail }: ProviderError): string {
  // Amazon's code and message often say the same twice.
  const same = message.replaceAll(/\W/g, '').toLowerCase() === code.toLowerCase();
  return [same ? '' : code, message, detail].filter((part) => part !== '').join(': ');
}

/** As much as a person reads. */
const longestMessage = 300;

async function readXmlError(text: string): Promise<ProviderError | null> {
  const root = await readXml(text).catch(() => null);
  if (root === null) return null;
  const error = root.name === 'Error' ? root : root.children.find(({ name }) => name === 'Error');
  const code = childText(error, 'Code');
  if (error === undefined || code === '') return null;
  return {
    code: oneLine(code),
    message: oneLine(childText(error, 'Message')),
    detail: oneLine(childText(error, 'AuthenticationErrorDetail') || childText(error, 'Details')),
    endpoint: childText(error, 'Endpoint').slice(0, 300),
  };
}

/** `{"error": {"code": 403, "message": "…", "errors": [{"reason": "forbidden"}]}}` (cloud.google.com, json_api status-codes). */
function readJsonError(text: string): ProviderError | null {
  if (!text.startsWith('{')) return null;
  try {
    // What came over the wire may be anything: each step is looked at before it is taken.
    const error: unknown = (JSON.parse(text) as { readonly error?: unknown }).error;
    if (typeof error !== 'object' || error === null) return null;
    const { message, errors, code } = error as Readonly<Record<string, unknown>>;
    const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
    const reason =
      typeof first === 'object' && first !== null && 'reason' in first
        ? String(first.reason)
        : String(code ?? '');
    return { code: oneLine(reason), message: oneLine(String(message ?? '')), detail: '', endpoint: '' };
  } catch {
    return null;
  }
}

/** Azure puts the request's id and the time on further lines. */
function oneLine(text: string): string {
  const line = text.trim().split(/[\r\n]/, 1)[0];
  return redactText(line.replace(/\p{Cc}/gu, ' ')).slice(0, longestMessage);
}
