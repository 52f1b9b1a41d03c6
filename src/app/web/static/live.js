// A piece of a page that is asked for again when the server says that something changed: data-live names the stream of
// server-sent events on an element whose own hx-trigger is "tend-changed". Without it the page is as it was loaded.
(() => {
  "use strict";
  const piece = document.querySelector("[data-live]");
  if (!piece || !window.EventSource || !window.htmx) return;
  const state = document.getElementById(piece.dataset.liveState || "");
  const say = (words) => { if (state) { state.textContent = words; state.hidden = false; } };
  let stream = null;
  let waits = false;

  // What somebody types, or is about to press, is not taken away from under the hands.
  const isBusy = () => document.hidden || (piece.contains(document.activeElement) && document.activeElement.closest("form, details[open]") !== null);
  const load = () => {
    if (isBusy()) { waits = true; if (!document.hidden) say("Something changed: shown once you leave the form"); return; }
    waits = false;
    window.htmx.trigger(piece, "tend-changed");
  };
  const later = () => { if (waits && !isBusy()) load(); };

  const open = () => {
    if (stream) return;
    stream = new EventSource(piece.dataset.live);
    stream.addEventListener("open", () => say("Live"));
    stream.addEventListener("changed", load);
    stream.addEventListener("error", () => {
      if (stream && stream.readyState === EventSource.CLOSED) { say("Not live: load the page again"); stream = null; } else say("Reconnecting …");
    });
  };
  const close = () => { if (stream) { stream.close(); stream = null; } };

  // What was opened stays open, and the list item in focus stays in focus.
  let opened = [];
  let focused = -1;
  const items = () => [...piece.querySelectorAll("[data-item]")];
  piece.addEventListener("htmx:beforeSwap", () => {
    opened = [...piece.querySelectorAll("details[open][id]")].map((one) => one.id);
    focused = items().indexOf(document.activeElement);
  });
  piece.addEventListener("htmx:afterSwap", () => {
    for (const id of opened) { const one = document.getElementById(id); if (one) one.open = true; }
    if (focused >= 0 && items()[focused]) items()[focused].focus({ preventScroll: true });
    say("Live");
  });

  document.addEventListener("visibilitychange", later);
  piece.addEventListener("focusout", () => setTimeout(later, 300));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
})();
