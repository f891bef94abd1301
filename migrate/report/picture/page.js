"use strict";
// Opens boxes: what is inside them lies in the page, compressed, and is unpacked when it is asked for.
(() => {
  const insides = JSON.parse(document.getElementById("insides").textContent);
  if (!window.DecompressionStream) return;

  async function unpack(key) {
    const bytes = Uint8Array.from(atob(insides[key].packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const text = await new Response(stream).text();
    return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  }

  function prepare(figure, picture) {
    for (const box of picture.querySelectorAll("[data-open]")) {
      const key = box.dataset.open;
      if (!Object.hasOwn(insides, key)) continue;
      box.classList.add("can");
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "button");
      box.addEventListener("click", () => show(figure, key));
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        show(figure, key);
      });
    }
  }

  async function show(figure, key) {
    const top = figure.dataset.key;
    const picture = key === top ? figure.whole : await unpack(key);
    figure.querySelector("svg").replaceWith(picture);
    if (key !== top) prepare(figure, picture);
    const trail = figure.querySelector("nav");
    trail.replaceChildren();
    trail.hidden = key === top;
    const parts = key.slice(top.length).split(".");
    for (let depth = 1; depth <= parts.length; depth++) {
      const step = top + parts.slice(0, depth).join(".");
      const title = depth === 1 ? "whole picture" : insides[step].title;
      if (depth > 1) trail.append(" › ");
      if (step === key) {
        trail.append(title);
        continue;
      }
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => show(figure, step));
      trail.append(button);
    }
    figure.scrollTop = 0;
    figure.scrollLeft = (figure.scrollWidth - figure.clientWidth) / 2;
    if (figure.getBoundingClientRect().top < 0) figure.scrollIntoView();
  }

  for (const figure of document.querySelectorAll("figure[data-key]")) {
    figure.whole = figure.querySelector("svg");
    prepare(figure, figure.whole);
  }
  for (const hint of document.querySelectorAll(".opens")) {
    hint.hidden = false;
  }
})();
