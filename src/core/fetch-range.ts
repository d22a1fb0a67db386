/**
 * Asks for the bytes `[start, end)` of what an address gives, by a `fetch` of {@link withRanges}: they stand in the address's
 * fragment, which no server is sent.
 */
export function rangeUrl(url: string, start: number, end: number): string {
  return `${url.split('#', 1)[0]}#bytes=${start}-${end - 1}`;
}

/**
 * Makes a `fetch` that heeds {@link rangeUrl}. From a server that gives no parts (RFC 9110, 14.2, lets it) comes the same part of
 * the whole, of which nothing more is read.
 */
export function withRanges(ask: typeof fetch): typeof fetch {
  return async (wanted, init) => {
    const [, url, first, last] = /^([^#]*)#bytes=(\d+)-(\d+)$/.exec(String(wanted)) ?? [];
    if (url === undefined) return ask(wanted, init);
    // One range with both its ends is asked for without a question first (Fetch, CORS-safelisted request-header).
    const response = await ask(url, { ...init, headers: { range: `bytes=${first}-${last}` } });
    return response.status === 200 ? cutOut(response, Number(first), Number(last) + 1) : response;
  };
}

function cutOut({ body, headers }: Response, start: number, end: number): Response {
  let at = 0;
  const part = body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        const from = Math.max(0, start - at);
        const to = Math.min(piece.length, end - at);
        if (from < to) controller.enqueue(piece.subarray(from, to));
        at += piece.length;
        if (at >= end) controller.terminate();
      },
    }),
  );
  const kept = new Headers(headers);
  kept.delete('content-length'); // of the whole
  return new Response(part ?? null, { headers: kept });
}
