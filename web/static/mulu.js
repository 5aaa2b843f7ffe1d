// What pages do better with scripts: suggestions, kept drafts, fields that appear when needed,
// copying. Everything works without.
"use strict";

(() => {
  const each = (selector, use) => document.querySelectorAll(selector).forEach(use);

  each("[data-focus]", (box) => box.focus());
  each("[data-copy]", copying);
  each("input[data-suggest]", suggesting);
  each("form[data-keep]", keeping);
  each("[data-when]", revealing);
  each("[data-live]", following);
  forgetSaved();
  if (document.querySelector("[data-keys], [data-queue]")) listening();

  // What is under way is asked for again every two seconds; when it has ended the page is.
  function following(place) {
    setTimeout(async () => {
      try {
        const answer = await fetch(place.dataset.live);
        if (answer.ok) place.innerHTML = await answer.text();
        if (place.querySelector("[data-ended]")) return location.reload();
      } catch { /* asked again later */ }
      following(place);
    }, 2000);
  }

  function copying(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    const words = button.innerHTML;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.innerHTML = words; }, 1500);
    });
  }

  // The reviewer's keys: never while something is typed, nor with a modifier. "?" tells them.
  function listening() {
    const titles = [...document.querySelectorAll("[data-queue] h2 a")];
    let at = -1;
    const move = (step) => {
      at = Math.min(Math.max(at + step, 0), titles.length - 1);
      titles[at]?.focus();
    };
    const queue = {
      j: () => move(1),
      k: () => move(-1),
      x: () => titles[at]?.closest("li").querySelector("input[type=checkbox]")?.click(),
    };
    const act = {
      focus: (target) => target.focus(),
      return: (target) => { target.focus(); target.scrollIntoView({ block: "nearest" }); },
    };
    let returning = null;

    document.addEventListener("focusin", (event) => {
      const here = titles.indexOf(event.target);
      if (here >= 0) at = here;
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])")) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const help = document.querySelector("#keys");
      const target = document.querySelector(`[data-keys~="${CSS.escape(key)}"]`);
      if (key === "?" && help) {
        help.open = !help.open;
        help.scrollIntoView({ block: "nearest" });
      } else if (returning && /^[1-9]$/.test(key)) {
        const reason = document.querySelectorAll("[data-reasons] input[type=checkbox]")[key - 1];
        if (!reason) return;
        reason.checked = !reason.checked;
        returning.focus();
      } else if (titles.length && queue[key]) queue[key]();
      else if (target && !target.disabled) {
        returning = target.dataset.then === "return" ? target : null;
        (act[target.dataset.then] ?? ((link) => link.click()))(target);
      } else return;
      event.preventDefault();
    });
  }

  // A combobox after the ARIA pattern: the list is announced, arrows choose, Escape closes.
  function suggesting(input) {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${input.id}-suggestions`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.placeholder);
    list.hidden = true;
    input.after(list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    let asked = 0;
    let chosen = -1;
    let timer;

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (index) => {
      const options = [...list.children];
      chosen = (index + options.length) % options.length;
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
      input.setAttribute("aria-activedescendant", options[chosen].id);
    };
    const go = (option) => {
      if (option.dataset.url) window.location.href = option.dataset.url;
      else { input.value = option.dataset.text; input.form.submit(); }
    };
    const show = (found) => {
      list.replaceChildren(...found.map(({ text, about, url }, i) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${i}`;
        option.setAttribute("role", "option");
        option.dataset.text = text;
        const soft = document.createElement("span");
        soft.textContent = about ?? "";
        option.append(text, soft);
        if (url) option.dataset.url = url;
        option.addEventListener("mousedown", (event) => { event.preventDefault(); go(option); });
        return option;
      }));
      list.hidden = found.length === 0;
      chosen = -1;
      input.setAttribute("aria-expanded", String(!list.hidden));
    };
    const ask = async () => {
      const words = input.value.trim();
      const mine = ++asked;
      if (!words) return close();
      try {
        const query = new URLSearchParams({ q: words, as: "opensearch" });
        const answer = await fetch(`${input.dataset.suggest}?${query}`);
        if (!answer.ok || mine !== asked) return;
        const [, texts, about = [], urls = []] = await answer.json();
        show(texts.slice(0, 8).map((text, i) => ({ text, about: about[i], url: urls[i] })));
      } catch { close(); }
    };
    input.addEventListener("input", (event) => {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 60); });
    input.addEventListener("blur", () => { asked += 1; close(); });
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? -1 : chosen - 1); }
      else if (event.key === "Escape") { event.preventDefault(); close(); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); go(list.children[chosen]); }
    });
  }

  // What is typed is kept on this computer until the directory has it.
  function keeping(form) {
    const key = `mulu:${form.dataset.keep}`;
    const words = form.querySelector("[data-kept]");
    const note = document.querySelector("[data-draft-note]");
    const snapshot = () => JSON.stringify(
      [...new FormData(form)].filter(([name, value]) => value !== "" && !["csrf_token", "revision"].includes(name)),
    );
    const first = snapshot();
    const kept = read(key);
    const answered = document.querySelector("[role=alert]");

    if (note && kept && kept !== first && !answered && !note.previousElementSibling?.matches("[role=status]")) {
      note.hidden = false;
      note.addEventListener("click", (event) => {
        const act = event.target.dataset.draft;
        if (act === "restore") fill(form, JSON.parse(kept));
        if (act === "drop") store(key, null);
        if (act) note.hidden = true;
      });
    }
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (snapshot() === first) return;
        store(key, snapshot());
        if (words) words.textContent = words.dataset.words;
      }, 400);
    });
    form.addEventListener("submit", () => {
      store(key, snapshot());
      store("mulu:sent", key);
    });
  }

  // The page after a save says so: only then is the copy dropped.
  function forgetSaved() {
    if (!document.querySelector("[data-saved]")) return;
    const key = read("mulu:sent");
    if (key) store(key, null);
    store("mulu:sent", null);
  }

  function fill(form, pairs) {
    const left = new Map();
    pairs.forEach(([name, value]) => left.set(name, [...(left.get(name) || []), value]));
    for (const control of form.elements) {
      const values = left.get(control.name);
      if (!values || control.type === "hidden" || control.type === "submit") continue;
      if (["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
      else control.value = values.shift() ?? "";
    }
    form.querySelectorAll("details").forEach((part) => { part.open = true; });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function read(key) {
    try { return localStorage.getItem(key); } catch { return null; }
  }

  function store(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch { /* private windows have no store: the form works all the same */ }
  }

  // A field that a condition of the standard asks for only after certain choices.
  function revealing(field) {
    const form = field.closest("form");
    const wanted = field.dataset.when.split(" ").map((pair) => pair.split("=").map(decodeURIComponent));
    const judge = () => {
      const data = new FormData(form);
      const asked = wanted.some(([name, value]) => data.getAll(name).includes(value));
      const filled = [...field.querySelectorAll("input, select, textarea")].some((control) =>
        ["checkbox", "radio"].includes(control.type) ? control.checked : control.value);
      field.hidden = !(asked || filled || field.matches(".wrong"));
    };
    form.addEventListener("change", judge);
    judge();
  }
})();
