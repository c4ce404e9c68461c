// The editor's preview: what is written in the form, tried on a sentence. And what a draft would change, fetched for who stays
// where it stands. Everything else works without this file.

const WAIT_MS = 350;
// Engines are built for it, and whoever passes through a page has no use for them.
const STAY_MS = 500;

const editor = document.getElementById("editor");
(document.getElementById("errors") ?? document.getElementById("warnings"))?.focus();

if (editor) {
  const at = (id) => document.getElementById(id);
  const preview = editor.querySelector(".preview");
  let timer;
  let asking;

  const show = (answer) => {
    const isTried = at("sentence").value.trim() !== "";
    at("preview-before").textContent = isTried ? answer.before : "…";
    at("preview-after").textContent = isTried ? answer.after : "…";
    at("preview-note").textContent = answer.problems.length > 0
      ? answer.problems.join(" ")
      : !isTried ? "" : answer.is_found ? "The entry is found in this sentence." : "The entry is not found in this sentence.";
  };

  // What others say already, as one writes and not only when it is to be saved.
  const warn = (warnings) => {
    const told = at("preview-warnings");
    if (warnings.join("\n") === told.dataset.told) return;
    told.dataset.told = warnings.join("\n");
    told.replaceChildren();
    if (warnings.length === 0) return;
    const [title, list] = [document.createElement("h3"), document.createElement("ul")];
    title.textContent = "Look at these before you save";
    for (const warning of warnings) list.append(Object.assign(document.createElement("li"), { textContent: warning }));
    told.append(title, list);
  };

  const ask = async () => {
    asking?.abort();
    if (at("sentence").value.trim() === "" && at("terms").value.trim() === "") return;
    asking = new AbortController();
    preview.classList.add("stale");
    const body = new URLSearchParams(new FormData(editor));
    body.set("sentence", at("sentence").value);
    body.set("reader", at("reader").value);
    try {
      const response = await fetch("/glossary/preview", { method: "POST", body, signal: asking.signal });
      const answer = await response.json();
      if (response.ok) {
        show(answer);
        warn(answer.warnings);
      }
      else at("preview-note").textContent = answer.detail ?? "The sentence cannot be tried at this moment.";
      preview.classList.remove("stale");
    } catch (error) {
      if (error.name !== "AbortError") at("preview-note").textContent = "The server does not answer. Try again.";
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  };
  editor.addEventListener("input", later);
  editor.addEventListener("change", later);
  ask();
}

const effect = document.getElementById("effect");

if (effect) {
  const link = effect.querySelector("a");
  const tried = async () => {
    const waiting = document.createElement("span");
    waiting.className = "hint";
    waiting.textContent = "Being tried …";
    link.after(" ", waiting);
    try {
      const response = await fetch(effect.dataset.from);
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      const result = answer.getElementById("effect-result");
      if (!response.ok || !result) throw new Error(`${response.status}`);
      // The page's headings stand one level below the one of this part.
      for (const heading of result.querySelectorAll("h2")) {
        const lower = document.createElement("h3");
        lower.append(...heading.childNodes);
        heading.replaceWith(lower);
      }
      link.parentElement.replaceWith(result);
    } catch {
      waiting.textContent = "It could not be tried at this moment.";
    }
  };
  let staying;
  const watch = new IntersectionObserver(([place]) => {
    clearTimeout(staying);
    if (!place.isIntersecting) return;
    staying = setTimeout(() => {
      watch.disconnect();
      tried();
    }, STAY_MS);
  }, { rootMargin: "600px" });
  watch.observe(effect);
}
