/** A fetch that reads the whole answer before it returns, and no more than a stated number of bytes of it. */

/**
 * The SDK's own timeout ends with the headers; read here, a body that drips forever ends with the call's signal, and
 * one that never ends stops at `maxBytes`. No redirects: a key goes to the address that was set and nowhere else.
 */
export function boundedFetch(maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: "error" });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new Error(`The answer is longer than ${maxBytes} bytes.`);
      chunks.push(chunk);
    }
    const body = bytes > 0 ? Buffer.concat(chunks) : null;
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
  };
}
