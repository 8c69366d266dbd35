// Saves a draft as one writes and shows what it matches. Without it the buttons of the form do the same.
"use strict";
(() => {
  const form = document.getElementById("writing");
  const beside = document.getElementById("beside");
  const saved = document.getElementById("saved");
  if (!form || !beside || !window.fetch) return;
  const pause = 1500;
  let timer = 0;
  let running = null;
  const send = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "draft");
    const answer = await fetch(form.action, { method: "POST", credentials: "same-origin", body });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(".aside");
    if (!found) return;
    const focused = document.activeElement;
    // Whoever is ticking a code is not to lose their place.
    if (!beside.contains(focused)) beside.replaceChildren(found);
    saved.textContent = found.dataset.saved;
    if (found.dataset.version) {
      form.elements.version.value = found.dataset.version;
      form.action = found.dataset.action;
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (running) return later();
      running = send().catch(() => {}).finally(() => { running = null; });
    }, pause);
  };
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) return;
    // The version that is sent along is the one that the save under way brings.
    event.preventDefault();
    running.finally(() => form.requestSubmit(event.submitter));
  });
})();
