"use strict";
// Filters, keys, and the decisions: they stay in this page (and in the browser's storage, if it has one) until they are
// exported. Without this script the page can be read all the same.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const articles = all("article[data-item]");
  const states = data.items.map((item) => item.state);
  const past = [];
  const NOT_VERIFIED = "not verified";
  let current = -1;
  let held = -1; // stays in sight although the filter has not room for it any more: it was only just decided

  // ---- what the browser keeps, if it may -----------------------------------------------------------------------

  function kept(name, value) {
    try {
      if (value !== undefined) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  }

  function restore() {
    let old = null;
    try {
      old = JSON.parse(kept(data.key));
    } catch {
      return;
    }
    if (!Array.isArray(old) || old.length !== states.length) return;
    old.forEach((state, at) => {
      const known = ["pending", "accepted", "rejected"].includes(state) || state === data.items[at].state;
      if (states[at] !== "stays" && known) states[at] = state;
    });
  }

  // ---- decisions -----------------------------------------------------------------------------------------------

  const edited = (at) => states[at] === "edited";
  const open = (at) => states[at] !== "stays";
  const waits = (at) => states[at] === "pending";
  const ofFile = (file) => data.items.map((item, at) => at).filter((at) => open(at) && data.items[at].file === file);
  const pathOf = (at) => data.decisions.files[data.items[at].file].path;

  function decide(places, state) {
    // What was edited is accepted by that.
    const changed = places.filter((at) => open(at) && states[at] !== state && !(edited(at) && state === "accepted"));
    if (!changed.length) return;
    past.push([...states]);
    for (const at of changed) {
      // A text that the reviewer wrote stands for all sites of its file, and goes with the decision about any of them.
      for (const other of ofFile(data.items[at].file)) if (edited(other)) states[other] = "pending";
    }
    for (const at of changed) states[at] = state;
    const what = changed.length === 1 ? articles[changed[0]].querySelector("h3").textContent : `${changed.length} items`;
    decided(`${state}: ${what}, ${pathOf(changed[0])}`);
  }

  function undo() {
    const before = past.pop();
    if (!before) return say("nothing to take back");
    const at = states.findIndex((state, place) => state !== before[place]);
    before.forEach((state, place) => { states[place] = state; });
    decided("taken back");
    if (at >= 0 && !articles[at].hidden) go(at);
  }

  function decided(said) {
    kept(data.key, JSON.stringify(states));
    held = current;
    showStates();
    filter();
    say(`${said}. ${progress()}`);
  }

  function say(text) {
    byId("said").textContent = text;
  }

  // What was run was the text with all that is not rejected: with other rejections it is another one.
  function isAnother(item, at) {
    return ["rejected", "edited"].some((state) => (item.state === state) !== (states[at] === state));
  }

  function progress() {
    const count = (state) => states.filter((one) => one === state).length;
    const done = count("accepted") + count("edited");
    return `${done} accepted, ${count("rejected")} rejected, ${count("pending")} to decide`;
  }

  function showStates() {
    for (const element of all("[data-of]")) {
      const state = states[element.dataset.of];
      if (state === "stays") continue;
      element.dataset.state = state;
      if (element.classList.contains("mark")) element.querySelector(".unseen").textContent = `, ${state}`;
      else if (state !== data.items[element.dataset.of].state) element.textContent = state;
      else element.textContent = element.dataset.first;
    }
    const stale = new Set(data.items.filter(isAnother).map((item) => item.file));
    for (const badge of all("[data-verdict-of]")) {
      const old = stale.has(Number(badge.dataset.verdictOf));
      badge.className = old ? "badge not-verified" : badge.firstClass;
      badge.textContent = old ? NOT_VERIFIED : badge.firstText;
    }
    articles.forEach((article, at) => {
      article.dataset.state = states[at];
      article.dataset.verdict = stale.has(data.items[at].file) ? NOT_VERIFIED : article.firstVerdict;
      for (const button of all("[data-say]", article)) {
        button.setAttribute("aria-pressed", String(button.dataset.say === (edited(at) ? "accepted" : states[at])));
      }
    });
    byId("progress").textContent = progress();
  }

  // The decisions in the form of review.json, with all sites: what was not decided in this page stays as it came.
  function exported() {
    const result = structuredClone(data.decisions);
    data.items.forEach((item, at) => {
      if (states[at] === item.state) return;
      const file = result.files[item.file];
      if (item.state === "edited") file.edit = null;
      for (const site of file.sites.filter((one) => item.ordinals.includes(one.ordinal))) {
        site.state = states[at];
        site.level = item.level;
        site.rewrite = item.rewrite;
      }
    });
    return `${JSON.stringify(result, null, 2)}\n`;
  }

  // ---- filter --------------------------------------------------------------------------------------------------

  const bar = document.querySelector(".filters");
  const field = (name) => bar.querySelector(`[name=${name}]`);
  const texts = new Map();
  let waiting = 0;

  function text(article) {
    if (!texts.has(article)) {
      const path = article.closest(".file").querySelector("h2").textContent;
      texts.set(article, `${path}\n${article.textContent}`.toLowerCase());
    }
    return texts.get(article);
  }

  function filter() {
    const words = field("text").value.trim().toLowerCase();
    const [level, rule, state, verdict] = ["level", "rule", "state", "verdict"].map((name) => field(name).value);
    let shown = 0;
    articles.forEach((article, at) => {
      const fits = (!level || article.dataset.level === level)
        && (!rule || article.dataset.rules.split(" ").includes(rule))
        && (!state || states[at] === state)
        && (!verdict || article.dataset.verdict === verdict)
        && (!words || text(article).includes(words));
      article.hidden = !fits && at !== held;
      shown += fits;
    });
    const filtered = Boolean(words || level || rule || state || verdict);
    for (const file of all("section.file")) {
      const inside = all("article", file);
      file.hidden = filtered && (inside.length ? inside.every((article) => article.hidden) : !plain(file, words));
      document.querySelector(`nav [data-file="${file.dataset.file}"]`).hidden = file.hidden;
    }
    byId("shown").textContent = filtered ? `${shown} of ${articles.length} items` : "";
    byId("all").disabled = !filtered;
    byId("none").hidden = shown > 0 || !filtered;
  }

  // A file without items has nothing but its name and its error to be found by.
  const plain = (file, words) => Boolean(words) && file.textContent.toLowerCase().includes(words);

  function filterAnew() {
    clearTimeout(waiting);
    held = -1;
    filter();
  }

  const ofLevel = (level) => states.map((_, at) => at).filter((at) => {
    return waits(at) && data.items[at].level === level && visible(at);
  });

  // ---- moving about --------------------------------------------------------------------------------------------

  const visible = (at) => !articles[at].hidden && !articles[at].closest(".file").hidden;

  function go(at) {
    const article = articles[at];
    mark(at);
    held = -1;
    filter();
    article.focus({ preventScroll: true });
    article.scrollIntoView({ block: "start" });
    // What lies above is only laid out now, and may have another height than was thought.
    requestAnimationFrame(() => article.scrollIntoView({ block: "start" }));
  }

  function mark(at) {
    for (const old of all("article.current")) old.classList.remove("current");
    for (const old of all("nav [aria-current]")) old.removeAttribute("aria-current");
    current = at;
    articles[at].classList.add("current");
    document.querySelector(`nav [data-file="${data.items[at].file}"] a`).setAttribute("aria-current", "true");
  }

  function step(by) {
    let at = current < 0 ? (by > 0 ? -1 : articles.length) : current;
    do at += by; while (at >= 0 && at < articles.length && !visible(at));
    if (at >= 0 && at < articles.length) go(at);
    else say(by > 0 ? "that was the last one" : "that was the first one");
    return at;
  }

  function answer(state) {
    if (current < 0) step(1);
    if (current < 0) return;
    decide([current], state);
    step(1);
  }

  // ---- dialogs, columns, colours -------------------------------------------------------------------------------

  function showExport() {
    byId("json").value = exported();
    byId("exported-sum").textContent = `${progress()}.`;
    byId("exported").showModal();
    byId("json").select();
    byId("json").scrollTop = 0;
  }

  function download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([byId("json").value], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  async function copy() {
    byId("json").select();
    try {
      await navigator.clipboard.writeText(byId("json").value);
      byId("copy").textContent = "Copied";
    } catch {
      byId("copy").textContent = "Press Ctrl+C";
    }
  }

  function dark(wanted) {
    root.dataset.theme = wanted ? "dark" : "light";
    byId("theme").textContent = wanted ? "Light" : "Dark";
  }

  function columns() {
    const one = root.classList.toggle("one");
    byId("columns").textContent = one ? "Two columns" : "One column";
  }

  // Lines that are unfolded stand in the page once; side by side they need their copies.
  function unfold(event) {
    const group = event.target.querySelector(":scope > .once");
    if (!group || !event.target.open) return;
    group.classList.remove("once");
    for (const line of [...group.children]) {
      const copy = line.cloneNode(true);
      copy.className = "f";
      copy.dataset.n = line.dataset.m;
      copy.setAttribute("aria-hidden", "true");
      line.after(copy);
    }
  }

  // ---- events --------------------------------------------------------------------------------------------------

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    y: () => answer("accepted"),
    n: () => answer("rejected"),
    a: () => current >= 0 && decide(ofFile(data.items[current].file).filter(waits), "accepted"),
    A: () => current >= 0 && decide(ofLevel(data.items[current].level), "accepted"),
    u: undo,
    "/": () => field("text").focus(),
    s: columns,
    d: showExport,
    "?": () => byId("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea") && event.target;
    if (typing && event.key === "Escape") {
      event.preventDefault(); // it would empty the search
      typing.blur();
    }
    if (typing === field("text") && event.key === "Enter") {
      filterAnew();
      current = -1;
      step(1);
    }
    if (typing || !byId("keyboard").checked || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.say) {
      const at = Number(button.closest("article").dataset.item);
      decide([at], button.ariaPressed === "true" ? "pending" : button.dataset.say);
    }
    if (button.dataset.all) {
      decide(ofFile(Number(button.closest(".file").dataset.file)).filter(waits), button.dataset.all);
    }
    if ("close" in button.dataset) button.closest("dialog").close();
  });

  document.addEventListener("focusin", (event) => {
    const article = event.target.closest("article[data-item]");
    if (article) mark(Number(article.dataset.item));
  });

  // Links to a rule open it.
  function reveal() {
    const aim = location.hash.length > 1 && byId(location.hash.slice(1));
    if (aim && aim.tagName === "DETAILS") aim.open = true;
  }

  field("text").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filterAnew, 120);
  });
  bar.addEventListener("change", filterAnew);
  byId("all").addEventListener("click", () => {
    for (const control of all("input, select", bar)) control.value = "";
    filterAnew();
  });
  byId("export").addEventListener("click", showExport);
  byId("download").addEventListener("click", download);
  byId("copy").addEventListener("click", copy);
  byId("help").addEventListener("click", () => byId("keys").showModal());
  byId("columns").addEventListener("click", columns);
  byId("theme").addEventListener("click", () => {
    dark(root.dataset.theme !== "dark");
    kept("tf-migrate theme", root.dataset.theme);
  });
  document.addEventListener("toggle", unfold, true);
  addEventListener("hashchange", reveal);

  // What is scrolled to shall not hide below the filters.
  new ResizeObserver(() => {
    const stuck = getComputedStyle(bar).position === "sticky";
    root.style.setProperty("--bar", `${stuck ? bar.offsetHeight : 0}px`);
  }).observe(bar);

  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = kept("tf-migrate theme");
  dark(theme ? theme === "dark" : system.matches);
  system.addEventListener("change", () => kept("tf-migrate theme") || dark(system.matches));
  for (const element of all(".state[data-of]")) element.dataset.first = element.textContent;
  for (const badge of all("[data-verdict-of]")) {
    badge.firstClass = badge.className;
    badge.firstText = badge.textContent;
  }
  for (const article of articles) article.firstVerdict = article.dataset.verdict;
  restore();
  showStates();
  filter();
  reveal();
  root.classList.add("js");
})();
