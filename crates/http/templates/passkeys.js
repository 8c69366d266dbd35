// Passkeys need a script: the browser's own dialogue opens by no other way. Everything else on the pages works without.
"use strict";
(() => {
  const place = document.getElementById("passkeys");
  if (!place || !window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
  const failed = place.querySelector("[role=alert]");
  const button = place.querySelector("button");
  place.hidden = false;
  const send = (path, body) => fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json", "x-form-token": place.dataset.token },
    body: JSON.stringify(body),
  });
  button.addEventListener("click", async () => {
    failed.hidden = true;
    button.disabled = true;
    try {
      const begun = await send("/sign-in/passkey/options", {});
      if (!begun.ok) throw new Error(begun.status);
      const { publicKey } = await begun.json();
      const credential = publicKey.user
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
      const done = await send("/sign-in/passkey", { credential: credential.toJSON() });
      if (!done.ok) throw new Error(done.status);
      location.assign(place.dataset.next);
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
})();
