"use strict";
// The table of all repositories: found, sorted, and shown in pages. Texts are set as text, never as markup.
(() => {
  const [NAME, SOURCE, STATUS, FILES, SITES, , , , FLAGGED, CHANGED, ERRORS, SECONDS, ERROR] = Array(13).keys();
  const COLUMNS = [NAME, STATUS, FILES, SITES, 5, 6, 7, FLAGGED, CHANGED, ERRORS, SECONDS];
  const PAGE = 100;
  const SHOWN = {
    all: () => true,
    sites: (row) => row[SITES] > 0,
    changed: (row) => row[CHANGED] > 0,
    flagged: (row) => row[FLAGGED] > 0,
    errors: (row) => row[ERRORS] > 0,
    failed: (row) => row[STATUS] === "failed",
    waiting: (row) => row[STATUS] === "waiting",
  };
  const rows = JSON.parse(document.getElementById("rows").textContent);
  const byId = (id) => document.getElementById(id);
  const heads = [...document.querySelectorAll("#table th")];
  const body = document.querySelector("#table tbody");
  let shown = rows;
  let page = 0;
  let sorted = { column: -1, down: false };

  function cell(row, index) {
    const value = row[index];
    const made = document.createElement("td");
    if (index === NAME) {
      made.className = "word";
      if (row[STATUS] === "waiting") {
        made.append(value);
      } else {
        made.append(link(`records/${value}.json`, value));
      }
      made.append(line(row[SOURCE], ""));
      if (row[ERROR]) made.append(line(row[ERROR], "error"));
    } else if (index === STATUS) {
      made.textContent = value;
      made.className = value;
    } else {
      made.className = value ? "figure" : "figure zero";
      const text = index === SECONDS ? value.toFixed(2) : value.toLocaleString("en");
      const patched = index === CHANGED && value && row[STATUS] === "done";
      made.append(patched ? link(`patches/${row[NAME]}.patch`, text) : text);
    }
    return made;
  }

  function link(address, text) {
    const made = document.createElement("a");
    made.href = address;
    made.textContent = text;
    return made;
  }

  function line(text, kind) {
    const made = document.createElement("div");
    made.textContent = text;
    made.className = kind;
    return made;
  }

  function draw() {
    const pages = Math.max(Math.ceil(shown.length / PAGE), 1);
    page = Math.min(Math.max(page, 0), pages - 1);
    body.replaceChildren(
      ...shown.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
        const made = document.createElement("tr");
        made.append(...COLUMNS.map((index) => cell(row, index)));
        return made;
      }),
    );
    byId("count").textContent = `${shown.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
    byId("page").textContent = `page ${page + 1} of ${pages}`;
    byId("previous").disabled = page === 0;
    byId("next").disabled = page === pages - 1;
    document.querySelector(".pages").hidden = pages === 1;
  }

  function choose() {
    const wanted = byId("find").value.trim().toLowerCase();
    const fits = SHOWN[byId("show").value];
    shown = rows.filter(
      (row) => fits(row) && [NAME, SOURCE, ERROR].some((index) => row[index].toLowerCase().includes(wanted)),
    );
    if (sorted.column >= 0) {
      const index = COLUMNS[sorted.column];
      const sign = sorted.down ? -1 : 1;
      shown.sort((a, b) => sign * (a[index] < b[index] ? -1 : a[index] > b[index] ? 1 : 0));
    }
    page = 0;
    draw();
  }

  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      // Numbers are looked at from the greatest down.
      const down = sorted.column === column ? !sorted.down : COLUMNS[column] > STATUS;
      sorted = { column, down };
      for (const other of heads) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      choose();
    });
  });
  byId("find").addEventListener("input", choose);
  byId("show").addEventListener("change", choose);
  byId("previous").addEventListener("click", () => { page -= 1; draw(); });
  byId("next").addEventListener("click", () => { page += 1; draw(); });
  byId("table").hidden = false;
  choose();
})();
