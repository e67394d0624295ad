"use strict";
(() => {
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const whole = (value) => Math.round(value).toLocaleString("en");

  // Texts come in as text nodes only: nothing of a corpus is ever parsed as HTML.
  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function table(headers, rows) {
    const cells = (tag, row, more) => row.map((cell) => element(tag, more, cell));
    const body = rows.map(([first, ...rest]) => element("tr", {}, element("th", { scope: "row" }, first), ...cells("td", rest)));
    const head = element("thead", {}, element("tr", {}, ...cells("th", headers, { scope: "col" })));
    return element("table", {}, head, element("tbody", {}, ...body));
  }

  const scrolling = (title, ...children) => element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, ...children);

  /* Theme: the stored choice, or else that of the system. */

  const stored = {
    get() { try { return localStorage.getItem("theme"); } catch { return null; } },
    set(name) { try { localStorage.setItem("theme", name); } catch { /* private windows and files may forbid it */ } },
  };
  if (["light", "dark"].includes(stored.get())) root.dataset.theme = stored.get();
  const current = () => root.dataset.theme || (prefersDark.matches ? "dark" : "light");

  function startTheme(redraw) {
    const button = find("#theme");
    const show = () => { button.setAttribute("aria-pressed", current() === "dark"); redraw(current()); };
    button.addEventListener("click", () => {
      root.dataset.theme = current() === "dark" ? "light" : "dark";
      stored.set(root.dataset.theme);
      show();
    });
    prefersDark.addEventListener("change", show);
    addEventListener("beforeprint", () => redraw("light"));
    addEventListener("afterprint", () => redraw(current()));
    show();
  }

  /* Tooltip: one for charts and map. */

  function tip(text, x, y) {
    const box = find("#tip");
    box.hidden = !text;
    if (!text) return;
    box.textContent = text;
    const { width, height } = box.getBoundingClientRect();
    box.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - width - 4))}px`;
    box.style.top = `${y + 16 + height > innerHeight ? y - height - 8 : y + 16}px`;
  }

  function chartTip(_, event, __, value) {
    const lines = value && Object.entries(value).map(([name, text]) => `${name}: ${text}`);
    tip(lines && lines.join("\n"), event?.clientX, event?.clientY);
  }

  /* Charts. */

  const views = new Map();

  // vegaEmbed waits for nothing but promises, so that charts are light again before the browser prints.
  async function drawChart(box, { figures, themes }, theme) {
    const name = box.dataset.figure;
    const chosen = new Map(selectsOf(name).map((select) => [select.dataset.signal, select.value]));
    const params = (figures[name].params || []).map((param) => ({ ...param, value: chosen.get(param.name) }));
    if (views.has(box)) views.get(box).finalize();
    const look = { config: themes[theme], renderer: "svg", actions: false, tooltip: chartTip, ast: true, defaultStyle: false };
    views.set(box, (await vegaEmbed(box, { ...figures[name], params }, look)).view);
  }

  const selectsOf = (name) => all("select[data-for]").filter((select) => select.dataset.for === name);

  function startCharts(report) {
    const boxes = all(".chart");
    for (const box of boxes) {
      for (const select of selectsOf(box.dataset.figure)) {
        select.addEventListener("change", () => {
          select.parentElement.dataset.value = select.value; // printed in place of the select
          views.get(box).signal(select.dataset.signal, select.value).runAsync();
        });
      }
      if (!box.dataset.figure.startsWith("frontier")) offerTable(box, report.figures[box.dataset.figure].data.values);
    }
    return (theme) => boxes.forEach((box) => drawChart(box, report, theme));
  }

  // The values of a chart for readers who cannot see it; built on demand.
  function offerTable(box, values) {
    const keys = Object.keys(values[0]).sort((one, other) => (typeof values[0][one] === "number") - (typeof values[0][other] === "number"));
    if (values.some((value) => Object.values(value).some(Array.isArray))) return;
    const details = element("details", {}, element("summary", {}, "Values as a table"));
    details.addEventListener("toggle", () => {
      const rows = values.map((value) => keys.map((key) => String(value[key])));
      details.append(scrolling("Values as a table", table(keys, rows)));
    }, { once: true });
    find("figcaption", box.parentElement).after(details);
  }

  /* Leaderboard: sort and filter. */

  function startBoard() {
    const board = find("#board");
    const body = find("tbody", board);
    all("thead th", board).forEach((header, column) => {
      find("button", header).addEventListener("click", () => sortBy(board, body, header, column));
    });
    const controls = [...all("[data-axis]"), ...all("#baselines")];
    controls.forEach((control) => control.addEventListener("change", () => filter(body)));
    filter(body);
  }

  function sortBy(board, body, header, column) {
    const numeric = "number" in header.dataset;
    const before = header.getAttribute("aria-sort");
    const up = before === "none" ? !numeric : before === "descending";
    const value = (row) => row.children[column].dataset.sort;
    const compare = (one, other) => (numeric ? one - other : one.localeCompare(other));
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === "" || b === "") return (a === "") - (b === ""); // cells without a value come last in both directions
      return up ? compare(a, b) : compare(b, a);
    });
    body.append(...rows);
    all("thead th", board).forEach((other) => other.setAttribute("aria-sort", "none"));
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
  }

  function filter(body) {
    const chosen = all("[data-axis]").filter((select) => select.value);
    const box = find("#baselines");
    for (const row of body.rows) {
      const fits = chosen.every((select) => row.getAttribute(`data-axis-${select.dataset.axis}`) === select.value);
      row.hidden = "baseline" in row.dataset ? !box.checked : !fits;
    }
    const shown = [...body.rows].filter((row) => !row.hidden).length;
    find("#shown").textContent = `${shown} of ${body.rows.length} rows`;
  }

  /* Provenance, which differs from run to run. */

  function startProvenance(report, provenance) {
    const values = report.figures["frontier-time"].data.values;
    const known = new Map((provenance ? provenance.costs : []).map((cost) => [cost.variant, cost]));
    const timed = values.some((row) => known.has(row.variant));
    if (timed) {
      values.forEach((row) => Object.assign(row, known.get(row.variant)));
      find("[data-figure=frontier-parameters]").dataset.figure = "frontier-time";
      find("#cost").textContent = "the time to classify a text, in microseconds";
    }
    find("#costs").append(costTable(values, timed));
    if (provenance) find("#made-tables").replaceChildren(...provenanceTables(provenance));
  }

  function costTable(values, timed) {
    const format = (value, digits) => (value == null ? "" : value.toLocaleString("en", { maximumFractionDigits: digits }));
    const headers = ["rank", "row", "test accuracy", ...(timed ? ["microseconds for a text", "training, seconds"] : []), "parameters"];
    const rows = values.map((row) => [
      row.rank, row.variant, row.mean.toFixed(3),
      ...(timed ? [format(row.microseconds_per_text, 1), format(row.training_seconds, 1)] : []), whole(row.parameters),
    ]);
    return table(headers, rows);
  }

  function provenanceTables({ commit, machine, versions, stages }) {
    const facts = [
      ["commit", commit], ["canary", machine.canary], ["cores", machine.cores], ["memory", `${machine.memory_gb} GB`],
      ["system", machine.system], ...Object.entries(versions),
    ];
    const spent = stages.map(({ stage, seconds, peak_mb }) => [stage, seconds.toFixed(1), whole(peak_mb)]);
    const named = [["Machine and versions", table(["item", "value"], facts.map(([item, value]) => [item, value ?? "unknown"]))], ["Stages", table(["stage", "seconds", "peak memory, MB"], spent)]];
    return named.flatMap(([title, content]) => [element("h3", {}, title), scrolling(title, content)]);
  }

  /* Map of words. */

  // The colour at a share of the way from one #rrggbb to another.
  function between([pale, deep], share) {
    const parts = [1, 3, 5].map((place) => [pale, deep].map((colour) => parseInt(colour.slice(place, place + 2), 16)));
    return `rgb(${parts.map(([from, to]) => Math.round(from + share * (to - from))).join(" ")})`;
  }

  const NAMED = 70; // words with a label of their own, where there is room

  function startMap(map, themes) {
    const canvas = find("#words-map");
    const state = { which: map.after ? "after" : "before", colour: "class", chosen: null, zoom: 1, x: 0.5, y: 0.5, theme: "light" };
    const frequent = map.words.map((_, word) => word).sort((one, other) => map.counts[other] - map.counts[one]);
    const places = () => map[state.which];
    const neighbours = () => (state.chosen === null ? [] : map[`neighbours_${state.which}`][state.chosen]);
    const side = () => Math.min(canvas.clientWidth, canvas.clientHeight) * 0.94 * state.zoom;
    const onScreen = ([x, y]) => [canvas.clientWidth / 2 + (x - state.x) * side(), canvas.clientHeight / 2 + (y - state.y) * side()];

    function colours() {
      const { range, background, axis } = themes[state.theme];
      const most = Math.log(map.counts[frequent[0]] + 1);
      const byCount = (word) => [between(range.ramp.scheme, 0.15 + 0.85 * Math.log(map.counts[word] + 1) / most), 0.9];
      const byClass = (word) => [range.category[map.affinity[word] % range.category.length], 0.15 + 0.8 * map.affinity_share[word]];
      return { paper: background, ink: axis.labelColor, of: state.colour === "count" ? byCount : byClass };
    }

    function draw() {
      const { clientWidth: width, clientHeight: height } = canvas;
      const context = canvas.getContext("2d");
      const { paper, ink, of } = colours();
      canvas.width = width * devicePixelRatio;
      canvas.height = height * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      context.fillStyle = paper;
      context.fillRect(0, 0, width, height);
      const radius = Math.min(2 + state.zoom * 0.5, 5);
      for (const word of [...frequent].reverse()) {
        [context.fillStyle, context.globalAlpha] = of(word);
        disc(context, onScreen(places()[word]), radius, "fill");
      }
      context.globalAlpha = 1;
      [context.strokeStyle, context.lineWidth] = [ink, 1.5];
      for (const word of neighbours()) disc(context, onScreen(places()[word]), radius + 2, "stroke");
      if (state.chosen !== null) mark(context, onScreen(places()[state.chosen]), radius + 4);
      label(context, paper, ink, width, height);
    }

    function disc(context, [x, y], radius, how) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context[how]();
    }

    function mark(context, place, radius) {
      context.lineWidth = 3;
      disc(context, place, radius, "stroke");
      disc(context, place, radius + 5, "stroke");
    }

    // Labels in the order of their weight: the chosen word, its neighbours, then frequent words; none over another.
    function label(context, paper, ink, width, height) {
      const first = state.chosen === null ? [] : [state.chosen, ...neighbours()];
      const taken = [];
      [context.textBaseline, context.lineJoin] = ["middle", "round"];
      let named = 0;
      for (const word of [...first, ...frequent]) {
        if (named >= NAMED) break;
        const [x, y] = onScreen(places()[word]);
        if (x < 0 || y < 0 || x > width || y > height) continue;
        const strong = word === state.chosen;
        context.font = `${strong ? "bold 15px" : first.includes(word) ? "bold 12px" : "12px"} system-ui, sans-serif`;
        const box = { x: x + 6, y: y - 8, width: Math.min(context.measureText(map.words[word]).width, 160), height: 16 };
        if (box.x + box.width > width) box.x = x - 6 - box.width;
        if (taken.some((other) => overlap(box, other))) continue;
        taken.push(box);
        named += 1;
        [context.strokeStyle, context.lineWidth, context.fillStyle] = [paper, 3, ink];
        context.strokeText(map.words[word], box.x, y, 160);
        context.fillText(map.words[word], box.x, y, 160);
      }
    }

    const overlap = (one, other) =>
      one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

    function choose(word) {
      state.chosen = word;
      state.zoom = Math.max(state.zoom, 3);
      [state.x, state.y] = places()[word];
      find("#word").value = map.words[word];
      tell();
      draw();
    }

    function tell() {
      if (state.chosen === null) return;
      const word = state.chosen;
      const share = Math.round(100 * map.affinity_share[word]);
      const line = element("p", {}, element("b", {}, element("bdi", {}, map.words[word])));
      line.append(`: ${whole(map.counts[word])} times; most frequent in `, element("bdi", {}, map.classes[map.affinity[word]]), ` (${share} %)`);
      const lists = [["before", map.neighbours_before], ["after", map.neighbours_after]].filter(([, found]) => found);
      const title = (when) => (lists.length > 1 ? `Neighbours ${when} tuning` : "Neighbours");
      find("#found").replaceChildren(line, ...lists.map(([when, found]) => neighbourList(when, title(when), found[word])));
    }

    function neighbourList(when, title, words) {
      const buttons = words.map((word) => {
        const button = element("button", { type: "button", dir: "auto" }, map.words[word]);
        button.addEventListener("click", () => {
          choose(word);
          const next = find(`[data-when=${when}] button`);
          if (next) next.focus({ preventScroll: true });
        });
        return button;
      });
      return element("div", { class: "neighbours", "data-when": when, role: "group", "aria-label": title }, element("span", {}, title), ...buttons);
    }

    function seek(text) {
      const exact = map.words.indexOf(text);
      const lower = text.toLowerCase();
      const word = exact >= 0 ? exact : frequent.find((place) => map.words[place].toLowerCase() === lower);
      if (word !== undefined) return choose(word);
      return find("#found").replaceChildren(element("p", {}, "Not on the map: ", element("bdi", {}, text)));
    }

    function suggest(text) {
      const lower = text.toLowerCase();
      const found = frequent.filter((word) => map.words[word].toLowerCase().startsWith(lower)).slice(0, 20);
      find("#words").replaceChildren(...found.map((word) => element("option", { value: map.words[word] })));
    }

    function zoomBy(factor) {
      state.zoom = factor ? Math.min(Math.max(state.zoom * factor, 1), 40) : 1;
      if (state.zoom === 1) [state.x, state.y] = [0.5, 0.5];
      draw();
    }

    function move(right, down) {
      [state.x, state.y] = [state.x + right / side(), state.y + down / side()];
      draw();
    }

    function nearest(event) {
      const distance = (word) => {
        const [x, y] = onScreen(places()[word]);
        return Math.hypot(x - event.offsetX, y - event.offsetY);
      };
      const best = frequent.reduce((one, other) => (distance(other) < distance(one) ? other : one));
      return distance(best) < 12 ? best : null;
    }

    const keys = {
      ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0), ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
      "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), 0: () => zoomBy(0),
    };

    // Fingers scroll the page and tap words; only a mouse drags, and its wheel zooms with Ctrl alone.
    function startPointer() {
      let held = null;
      let dragged = false;
      canvas.addEventListener("pointerdown", (event) => { dragged = false; held = event.pointerType === "mouse" ? event : null; });
      canvas.addEventListener("pointermove", (event) => {
        if (held) {
          dragged = dragged || Math.hypot(event.clientX - held.clientX, event.clientY - held.clientY) > 3;
          if (dragged) move(-event.movementX, -event.movementY);
          return;
        }
        const word = event.pointerType === "mouse" ? nearest(event) : null;
        tip(word === null ? "" : `${map.words[word]}\n${map.classes[map.affinity[word]]}, ${whole(map.counts[word])} times`, event.clientX, event.clientY);
      });
      addEventListener("pointerup", () => { held = null; });
      canvas.addEventListener("pointerleave", () => tip(""));
      canvas.addEventListener("click", (event) => {
        const word = dragged ? null : nearest(event);
        if (word !== null) choose(word);
      });
      canvas.addEventListener("wheel", (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
      }, { passive: false });
    }

    function startControls() {
      find("#search").addEventListener("submit", (event) => { event.preventDefault(); seek(find("#word").value.trim()); });
      find("#word").addEventListener("input", (event) => suggest(event.target.value.trim()));
      for (const radio of all("[name=which]")) {
        radio.addEventListener("change", () => {
          state.which = radio.value;
          if (state.chosen !== null) [state.x, state.y] = places()[state.chosen];
          draw();
        });
      }
      find("#colour").addEventListener("change", (event) => {
        state.colour = event.target.value;
        find("#map-classes").hidden = state.colour !== "class";
        find("#map-counts").hidden = state.colour !== "count";
        draw();
      });
      for (const button of all("[data-zoom]")) button.addEventListener("click", () => zoomBy(Number(button.dataset.zoom)));
      canvas.addEventListener("keydown", (event) => {
        if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        keys[event.key]();
      });
      new ResizeObserver(draw).observe(canvas);
    }

    startPointer();
    startControls();
    return (theme) => { state.theme = theme; draw(); };
  }

  addEventListener("DOMContentLoaded", () => {
    const report = read("report-data");
    startProvenance(report, read("made-data"));
    startBoard();
    const redrawCharts = startCharts(report);
    const redrawMap = report.map ? startMap(report.map, report.themes) : () => {};
    startTheme((theme) => { redrawCharts(theme); redrawMap(theme); });
  });
})();
