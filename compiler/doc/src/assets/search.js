// The search box: finds names, types and first sentences, without a server and without a network.
//
// Rows of the index (`search-index.js`): path, kind, address, type, first sentence, 1 for the library. The index is loaded
// when somebody goes to the box. `rank` knows nothing of the page, so that tests can call it.
"use strict";

var darkSearch = (() => {
  // Rows that answer alike come in this order.
  const KINDS = ["module", "type", "datastore", "handler", "worker", "cron", "function", "value", "case"];
  const prepared = new WeakMap();

  // What comparing needs, computed once for each index.
  function prepare(index) {
    let rows = prepared.get(index);
    if (!rows) {
      rows = index.map((row) => {
        const [path, kind, , type, said, library] = row;
        const low = path.toLowerCase();
        return {
          row,
          path: low,
          name: low.slice(low.lastIndexOf(".") + 1),
          type: type.toLowerCase().replace(/\s+/g, ""),
          said: said.toLowerCase(),
          pathWords: words(path),
          allWords: words(`${path} ${type} ${said}`),
          kind: KINDS.indexOf(kind),
          library,
        };
      });
      prepared.set(index, rows);
    }
    return rows;
  }

  // `Stdlib.List.indexedMap` has the words stdlib, list, indexed, map, and indexedmap.
  function words(text) {
    const whole = text.split(/[^\p{L}\p{N}]+/u);
    const parts = whole.flatMap((word) => word.split(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u));
    return [...new Set([...whole, ...parts].filter((word) => word).map((word) => word.toLowerCase()))];
  }

  // How well a row answers: 0 is best, `null` not at all.
  function quality(it, query, asked, type) {
    if (it.name === query || `.${it.path}`.endsWith(`.${query}`)) return 0;
    if (`.${it.path}`.includes(`.${query}`)) return it.name.startsWith(query) ? 1 : 2;
    if (it.path.includes(query)) return 3;
    const begins = (list) => asked.every((word) => list.some((it) => it.startsWith(word)));
    if (type && it.type.includes(type)) return it.type === type ? 4 : 5;
    if (asked.length && begins(it.pathWords)) return asked.includes(it.name) ? 6 : 7;
    if (asked.length && begins(it.allWords)) return 8;
    if (it.said.includes(query)) return 9;
    return null;
  }

  // The rows that answer a query, best first.
  function rank(index, text) {
    const query = text.trim().toLowerCase().replace(/\s+/g, " ");
    if (!query) return [];
    const asked = words(query);
    // One word is a name; what has signs or several words may be a type.
    const type = /[^\p{L}\p{N}_.]/u.test(query) ? query.replace(/\s+/g, "") : "";
    const found = [];
    for (const it of prepare(index)) {
      const good = quality(it, query, asked, type);
      if (good !== null) found.push({ good, it });
    }
    found.sort(
      (a, b) =>
        a.good - b.good ||
        a.it.library - b.it.library ||
        a.it.kind - b.it.kind ||
        a.it.name.length - b.it.name.length ||
        a.it.path.length - b.it.path.length ||
        (a.it.path < b.it.path ? -1 : 1),
    );
    return found.map(({ it }) => it.row);
  }

  return { rank };
})();

if (typeof document !== "undefined") {
  const SHOWN_MAX = 40;
  const box = document.getElementById("-query");
  const panel = document.getElementById("-panel");
  const list = document.getElementById("-found");
  const count = document.getElementById("-count");
  let chosen = -1;
  let asked = false;

  function load() {
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = "search-index.js";
    script.onload = show;
    document.head.append(script);
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  }

  // Names are text and never HTML, whatever a program calls its functions.
  function option([path, kind, address, type, said], index) {
    const item = element("li", "", "");
    item.id = `-found-${index}`;
    item.setAttribute("role", "option");
    const link = element("a", "", "");
    link.href = address;
    link.tabIndex = -1;
    const dot = path.lastIndexOf(".") + 1;
    const name = element("span", "path", "");
    name.append(element("i", "", kind), element("span", "", path.slice(0, dot)), element("b", "", path.slice(dot)));
    link.append(name);
    if (type) link.append(element("span", "type", type));
    if (said) link.append(element("span", "said", said));
    item.append(link);
    return item;
  }

  function show() {
    if (typeof darkIndex === "undefined") return;
    const query = box.value.trim();
    const found = darkSearch.rank(darkIndex, query);
    list.replaceChildren(...found.slice(0, SHOWN_MAX).map(option));
    const more = found.length > SHOWN_MAX ? `The first ${SHOWN_MAX} of ${found.length}.` : "";
    count.textContent = found.length ? more : `Nothing is called or described as “${query}”.`;
    count.hidden = !count.textContent;
    open(query !== "");
    choose(found.length ? 0 : -1);
    panel.scrollTop = 0;
  }

  function open(yes) {
    panel.hidden = !yes;
    box.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  }

  function choose(index) {
    list.children[chosen]?.setAttribute("aria-selected", "false");
    chosen = index;
    const item = list.children[index];
    if (item) {
      item.setAttribute("aria-selected", "true");
      box.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      box.removeAttribute("aria-activedescendant");
    }
  }

  function go(item) {
    open(false);
    box.blur();
    item.querySelector("a").click();
  }

  box.disabled = false;
  box.addEventListener("focus", () => {
    load();
    if (box.value) show();
  });
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const length = list.children.length;
    if (event.key === "Escape") {
      if (panel.hidden) box.blur();
      open(false);
    } else if (panel.hidden || !length || event.isComposing) {
      return;
    } else if (event.key === "ArrowDown") {
      choose((chosen + 1) % length);
    } else if (event.key === "ArrowUp") {
      choose((chosen + length - 1) % length);
    } else if (event.key === "Enter" && chosen >= 0) {
      go(list.children[chosen]);
    } else {
      return;
    }
    event.preventDefault();
  });
  list.addEventListener("click", () => open(false));
  list.addEventListener("mousemove", (event) => {
    const item = event.target.closest("li");
    if (item) choose([...list.children].indexOf(item));
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#-search")) open(false);
  });
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
}
