/** The command line's own server, which may ask in the page's stead. */
export interface FetchProxy {
  /** Its origin. */
  readonly url: string;
  readonly token: string;
}

/**
 * Makes a `fetch` that lets the command line's server ask in the page's stead, to which CORS does not apply. Silence of the other
 * server is a `TypeError`, as it is of the page's own.
 */
export function throughProxy({ url, token }: FetchProxy): typeof fetch {
  return async (wanted, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-imagemill-token', token);
    const response = await fetch(`${url}/_fetch?url=${encodeURIComponent(String(wanted))}`, {
      ...init,
      mode: 'cors', // a look with no-cors is of use between origins alone
      headers,
    });
    const silence = response.headers.get('x-imagemill-silence');
    if (silence !== null) throw new TypeError(decodeURIComponent(silence));
    return response;
  };
}
