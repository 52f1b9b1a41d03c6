// Fingers on a chart of uPlot: two spread or pinch the stretch that is shown, one moves along it, or points where all of it is shown.
// Up and down still scrolls the page (touch-action in account.css). `whole` is the widest stretch, `show` draws another one.
window.tendTouch = (whole, least, show) => ({
  hooks: {
    ready: (plot) => {
      "use strict";
      const fingers = new Map();
      let began = null;

      // Where the fingers are, as parts of the width, and what was shown when their number last changed.
      const placed = () => {
        const box = plot.over.getBoundingClientRect();
        return [...fingers.values()].slice(0, 2).map((x) => (x - box.left) / box.width);
      };
      const begin = () => { began = { at: placed(), min: plot.scales.x.min, max: plot.scales.x.max }; };

      const shown = (min, span) => {
        const held = Math.min(Math.max(span, least), whole.max - whole.min);
        const left = Math.min(Math.max(min, whole.min), whole.max - held);
        show(left, left + held);
      };
      const move = () => {
        const at = placed();
        const span = began.max - began.min;
        const first = began.min + began.at[0] * span;
        if (at.length < 2) { shown(first - at[0] * span, span); return; }
        const second = began.min + began.at[1] * span;
        const apart = Math.max(Math.abs(at[1] - at[0]), 0.02);
        const wide = Math.abs(second - first) / apart;
        const middle = (at[0] + at[1]) / 2;
        shown((first + second) / 2 - middle * wide, wide);
      };
      const point = (event) => {
        const box = plot.over.getBoundingClientRect();
        plot.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
      };
      const isPart = () => plot.scales.x.max - plot.scales.x.min < whole.max - whole.min - 1;

      const down = (event) => {
        if (event.pointerType !== "touch") return;
        fingers.set(event.pointerId, event.clientX);
        begin();
        point(event);
      };
      const drag = (event) => {
        if (!fingers.has(event.pointerId)) return;
        fingers.set(event.pointerId, event.clientX);
        if (fingers.size > 1 || isPart()) move();
        if (fingers.size === 1) point(event);
      };
      const up = (event) => { if (fingers.delete(event.pointerId) && fingers.size) begin(); };

      plot.over.addEventListener("pointerdown", down);
      plot.over.addEventListener("pointermove", drag);
      for (const name of ["pointerup", "pointercancel"]) plot.over.addEventListener(name, up);
    },
  },
});
