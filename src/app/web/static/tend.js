// The dashboard's own script: single keys, the list of them, and where the focus goes when a piece is swapped.
// Everything works without it. Keys on a thing (data-key) work while the focus is inside its [data-item]; keys of the page (data-key-page)
// always; both can be switched off (WCAG 2.1.4), and neither works while somebody types.
(() => {
  "use strict";
  const OFF = "tend-keys-off";
  const isOn = () => { try { return localStorage.getItem(OFF) !== "1"; } catch { return true; } };
  const setOn = (on) => { try { on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"); } catch { /* private browsing: for this page alone */ } };
  const isTyping = (target) => target instanceof Element && target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]") !== null;
  const items = () => [...document.querySelectorAll("[data-item]")].filter((one) => one.offsetParent !== null);
  const itemOf = (target) => (target instanceof Element ? target.closest("[data-item]") : null);

  const move = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(itemOf(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    all[next].focus();
    all[next].scrollIntoView({ block: "nearest" });
  };

  const use = (target) => {
    if (target.matches("input, textarea, select")) { target.focus(); if (target.select) target.select(); return; }
    const closed = target.closest("details:not([open])");
    if (closed && target !== closed.querySelector("summary")) closed.open = true;
    target.click();
    if (target.matches("summary")) {
      const first = target.parentElement.open && target.parentElement.querySelector("input:not([type=hidden]), textarea, select, button");
      if (first) first.focus();
    }
  };

  const find = (name, key, within) => [...within.querySelectorAll(`[${name}]`)].find((one) => one.getAttribute(name) === key && !one.disabled);

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      const opened = event.target instanceof Element && event.target.closest("details[open]");
      if (opened) { opened.open = false; (itemOf(opened) || opened.querySelector("summary")).focus(); event.preventDefault(); }
      return;
    }
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (!isOn()) return;
    if (event.key === "?") { openKeys(); event.preventDefault(); return; }
    if (event.key === "j" || event.key === "k") { move(event.key === "j" ? 1 : -1); event.preventDefault(); return; }
    const item = itemOf(event.target);
    const target = (item && (event.key !== "Enter" || event.target === item) && find("data-key", event.key, item)) || find("data-key-page", event.key, document);
    if (target) { event.preventDefault(); use(target); }
  });

  const wordsOf = (one) => (one.getAttribute("data-key-says") || one.getAttribute("aria-label") || (one.labels && one.labels[0] && one.labels[0].textContent) || one.textContent).replace(/\s+/g, " ").trim();
  const openKeys = () => {
    const dialog = document.getElementById("keys");
    const list = document.getElementById("keys-list");
    if (!dialog || dialog.open) return;
    const known = new Map();
    if (items().length) { known.set("j", "the next one of the list"); known.set("k", "the one before"); }
    for (const name of ["data-key", "data-key-page"]) {
      for (const one of document.querySelectorAll(`[${name}]`)) {
        const key = one.getAttribute(name);
        if (!known.has(key)) known.set(key, wordsOf(one) + (name === "data-key" ? " (the one in focus)" : ""));
      }
    }
    known.set("?", "this list");
    list.replaceChildren(...[...known].flatMap(([key, words]) => {
      const term = document.createElement("dt"); const kbd = document.createElement("kbd"); kbd.textContent = key; term.append(kbd);
      const told = document.createElement("dd"); told.textContent = words;
      return [term, told];
    }));
    document.getElementById("keys-on").checked = isOn();
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-open=keys]")) openKeys();
  });
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.id === "keys-on") setOn(event.target.checked);
    const sends = event.target instanceof Element && event.target.closest("[data-send-on-change]");
    if (sends && sends.form) sends.form.requestSubmit();
  });
  // A form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  // On a phone the tabs are wider than the screen: the one that is open is in sight.
  const showOpenTabs = () => {
    for (const open of document.querySelectorAll("nav [aria-current=page]")) {
      for (const strip of [open.closest("ul"), open.closest("nav")]) {
        const [inner, outer] = [open.getBoundingClientRect(), strip.getBoundingClientRect()];
        if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
      }
    }
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", showOpenTabs) : showOpenTabs();
  window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // A click that reached nobody says so: without this the page would stand as if nothing had been pressed.
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      const place = document.getElementById("message");
      if (!place || (event.target instanceof Element && event.target.closest("[data-live]"))) return;
      const said = document.createElement("p");
      said.className = "said bad";
      said.setAttribute("role", "alert");
      said.textContent = "Tend did not answer. Is it running? Try again in a moment.";
      place.replaceChildren(said);
      place.scrollIntoView({ block: "nearest" });
    });
  }

  // When an item is swapped for its new state, the focus goes on to the next one: data-then="next" on what is swapped in.
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.target instanceof Element && event.target.closest("[data-then=next]");
    if (!swapped) return;
    swapped.removeAttribute("data-then");
    const all = items();
    const next = all[all.indexOf(swapped) + 1] || swapped;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  });
})();
