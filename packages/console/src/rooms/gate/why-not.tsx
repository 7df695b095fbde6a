import { useEffect, useState } from 'react';

const cookie = 'chaperone_problem';

/** Why the sign-in at an identity provider failed. The service says so in a cookie, so that no link can put words here. */
export function WhyNot() {
  const [why] = useState(read);
  useEffect(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where the page came over plain HTTP
    document.cookie = `${cookie}=; path=/; max-age=0; samesite=strict`;
  }, []);
  if (why === undefined) return null;
  return (
    <div className="note error" role="alert">
      <strong>{why.message}</strong>
      <span>{why.mend}</span>
    </div>
  );
}

function read(): { readonly message: string; readonly mend: string } | undefined {
  const found = document.cookie.split('; ').find((one) => one.startsWith(`${cookie}=`));
  if (found === undefined) return undefined;
  try {
    const { message, mend } = JSON.parse(decodeURIComponent(found.slice(cookie.length + 1))) as Record<string, unknown>;
    return { message: String(message), mend: String(mend) };
  } catch {
    return undefined;
  }
}
