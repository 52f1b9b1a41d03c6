// The history of an account's scores, zoomable: the drawing of the page stays where there is no script, and on paper.
// Each panel's numbers stand in data-course; days are counted from its first day, in the tenant's own calendar.
(() => {
  "use strict";
  if (typeof uPlot === "undefined") return;
  const HEIGHT = 210;
  const LEAST_DAYS = 3;
  const DAY = 86400;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const sync = uPlot.sync("course");

  const read = (box) => {
    const told = JSON.parse(box.dataset.course);
    const start = Date.parse(`${told.first}T00:00:00Z`) / 1000;
    const at = (day) => start + day * DAY;
    // A point a day, so that both panels have the same ones; a score holds for its day.
    const days = Array.from({ length: told.last + 1 }, (_, day) => day);
    const scores = new Map(told.days.map((day, index) => [day, told.scores[index]]));
    const ys = days.map((day) => scores.get(day) ?? null);
    return { told, at, start, end: at(told.last + 1), xs: [...days, told.last + 1].map(at), ys: [...ys, ys.at(-1)] };
  };

  const behind = (told, at, end) => (plot) => {
    const { ctx, bbox } = plot;
    const x = (seconds) => Math.min(Math.max(plot.valToPos(seconds, "x", true), bbox.left), bbox.left + bbox.width);
    const y = (score) => plot.valToPos(score, "y", true);
    ctx.save();
    told.bounds.forEach(([day, red, amber], index) => {
      const left = x(at(day));
      const right = x(index + 1 < told.bounds.length ? at(told.bounds[index + 1][0]) : end);
      for (const [low, high, ground] of [[0, red, "--bad-ground"], [red, amber, "--watch-ground"], [amber, 100, "--good-ground"]]) {
        ctx.fillStyle = color(ground);
        ctx.fillRect(left, y(high), right - left, y(low) - y(high));
      }
    });
    ctx.globalAlpha = 0.28;
    ctx.fillStyle = color("--unknown");
    for (const [first, last] of told.gaps) ctx.fillRect(x(at(first)), bbox.top, Math.max(x(at(last + 1)) - x(at(first)), 2), bbox.height);
    ctx.restore();
  };

  const before = (told, at) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = color("--link");
    ctx.fillStyle = color("--link");
    ctx.lineWidth = 1.4 * devicePixelRatio;
    for (const [day] of told.settings) {
      const x = plot.valToPos(at(day), "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath(); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); ctx.stroke();
      ctx.setLineDash([]);
      ctx.beginPath(); ctx.arc(x, bbox.top, 4.5 * devicePixelRatio, 0, 2 * Math.PI); ctx.fill();
    }
    const x = (seconds) => Math.min(Math.max(plot.valToPos(seconds, "x", true), bbox.left), bbox.left + bbox.width);
    told.lanes.forEach(([style, stretches], lane) => {
      ctx.fillStyle = color(style === "bad" ? "--bad" : "--watch");
      const top = bbox.top + bbox.height - (lane * 9 + 8) * devicePixelRatio;
      for (const [first, last] of stretches) {
        const left = x(at(first));
        const width = x(at(last + 1)) - left;
        if (width > 0) ctx.fillRect(left, top, Math.max(width, 2), 6 * devicePixelRatio);
      }
    });
    ctx.restore();
  };

  const dayOf = (seconds) => new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

  const named = (plot, splits) => {
    const isLong = plot.scales.x.max - plot.scales.x.min > 150 * DAY;
    const style = isLong ? { month: "short" } : { day: "numeric", month: "short" };
    return splits.map((seconds) => {
      const day = new Date(seconds * 1000);
      return isLong && day.getUTCMonth() === 0 ? String(day.getUTCFullYear()) : day.toLocaleDateString("en-GB", { ...style, timeZone: "UTC" });
    });
  };

  const tip = (box, told) => {
    const line = document.createElement("p");
    line.className = "small soft u-tip";
    box.append(line);
    return (plot) => {
      const index = plot.cursor.idx;
      if (index === null || index === undefined) { line.textContent = ""; return; }
      const score = plot.data[1][index];
      if (index > told.last) { line.textContent = ""; return; }
      const what = [score === null ? "no score" : `score ${score}`];
      for (const [first, last, title] of told.gaps) if (index >= first && index <= last) what.push(title);
      for (const [, stretches] of told.lanes) for (const [first, last, title] of stretches) if (index >= first && index <= last) what.push(title);
      for (const [day, title] of told.settings) if (Math.abs(index - day) < 1) what.push(title);
      line.textContent = `${dayOf(plot.data[0][index])}: ${what.join(" · ")}`;
    };
  };

  let plots = [];
  const show = (min, max) => { for (const plot of plots) plot.setScale("x", { min, max }); };

  // While only a part is shown, a button stands where the hint was: it shows it all again.
  const tell = (box, whole) => {
    const [hint, button] = [".course-hint", ".course-whole"].map((name) => box.parentElement.querySelector(name));
    button.onclick = () => show(whole.min, whole.max);
    return (plot, scale) => {
      if (scale !== "x") return;
      const isPart = plot.scales.x.max - plot.scales.x.min < whole.max - whole.min - 1;
      hint.hidden = isPart;
      button.hidden = !isPart;
    };
  };

  const draw = (box) => {
    box.replaceChildren();
    const { told, at, start, end, xs, ys } = read(box);
    const whole = { min: start, max: end };
    const axis = { stroke: color("--soft"), grid: { show: false }, ticks: { stroke: color("--line"), width: 1 }, font: "11px system-ui, sans-serif" };
    const plot = new uPlot({
      width: box.clientWidth || 600,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      legend: { show: false },
      cursor: { sync: { key: sync.key, scales: ["x", null] }, drag: { x: true, y: false }, points: { size: 7 } },
      scales: { x: { time: true, min: start, max: end }, y: { range: [-1, 101] } },
      axes: [{ ...axis, values: named, space: 64, size: 30 }, { ...axis, size: 36, splits: () => [...new Set([0, ...told.bounds.at(-1).slice(1), 100])] }],
      series: [{}, { label: "Score", stroke: color("--ink"), width: 1.8, paths: uPlot.paths.stepped({ align: 1, ascDesc: true }), points: { show: false }, spanGaps: false }],
      hooks: { drawClear: [behind(told, at, end)], draw: [before(told, at)], setCursor: [], setScale: [tell(box, whole)] },
      plugins: [tendTouch(whole, LEAST_DAYS * DAY, show)],
    }, [xs, ys], box);
    plot.hooks.setCursor.push(tip(box, told));
    return plot;
  };

  const boxes = [...document.querySelectorAll(".course-live")];
  const drawAll = () => {
    for (const plot of plots) plot.destroy();
    plots = boxes.map(draw);
  };
  for (const box of boxes) {
    box.hidden = false;
    box.setAttribute("aria-hidden", "true");
    box.parentElement.querySelector(".course-drawn").classList.add("is-behind");
  }
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let waits = 0;
  addEventListener("resize", () => {
    clearTimeout(waits);
    waits = setTimeout(() => { plots.forEach((plot, index) => plot.setSize({ width: boxes[index].clientWidth, height: HEIGHT })); }, 120);
  });
})();
