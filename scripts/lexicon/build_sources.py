#!/usr/bin/env python3
"""Makes lexicon.tsv from LemmInflect's tables, SCOWL's word levels and overlay.tsv.

Run by hand by a maintainer when a source or the overlay changes; the build never runs it.
The output depends on the inputs only, so the same inputs give the same bytes.
See README.md in this folder for the inputs and for the grammar of the overlay.
"""

import argparse
import gzip
import re
import zipfile
from pathlib import Path

FLAG_ORDER = (
    "noun.s noun.p mass base 3s past pp ing adj cmp sup adv pron det prep conj aux modal part neg wh num "
    "plain n1 v1 common"
).split()
NOUN_FLAGS = {"noun.s", "noun.p"}
VERB_FLAGS = {"base", "3s", "past", "pp", "ing"}
ADJ_FLAGS = {"adj", "cmp", "sup"}

# Levels: 35 and below are everyday words, up to 60 general English; words up to 60 that LemmInflect lacks get their class from SCOWL's own
# possessives and inflections. Higher levels are left out: rare words only, and further licence conditions.
PLAIN_LEVEL = 35
HIGHEST_LEVEL = 60
SCOWL_LEVELS = (10, 20, 35, 40, 50, 55, 60)
SCOWL_DIALECTS = ("english", "american", "british", "british_z")

WORD = re.compile(r"[a-z][a-z'-]*\Z")

# Where LemmInflect offers two lemmas of one form, the one this register means.
PREFERRED_LEMMA = {
    "annexed": "annex", "annexing": "annex", "axed": "axe", "axing": "axe", "bathing": "bathe",
    "boded": "bode", "chaperoned": "chaperone", "chaperoning": "chaperone", "lambasted": "lambaste",
    "lambasting": "lambaste", "paling": "pale", "premiered": "premiere", "premiering": "premiere",
    "psyched": "psych", "psyching": "psych", "skied": "ski", "staves": "stave", "tared": "tare", "taring": "tare",
    "tinged": "tinge", "tinging": "tinge", "underlay": "underlie", "laden": "lade", "fulfilled": "fulfil",
    "fulfilling": "fulfil", "installed": "install", "installing": "install", "reset": "reset", "consisted": "consist",
}

# Plural-looking nouns that LemmInflect lists beside a countable singular, and that are a word of their own here.
OWN_NOUN_IN_S = {"goods", "means", "headquarters", "glasses", "physics", "economics", "statistics", "news", "politics",
                 "mathematics", "ethics", "electronics", "logistics", "mechanics", "dynamics", "diagnostics",
                 "genetics", "semantics", "optics", "acoustics", "aesthetics", "athletics", "clothes"}

ADJECTIVE_ENDINGS = ("able", "ible", "ous", "ful", "less", "ish", "ary", "ory", "ic", "ical", "al", "ive", "ant",
                     "ent", "ular", "proof", "worthy", "some")
MASS_ENDINGS = ("ness", "ism", "ology", "icity", "ibility", "ability")


class Table:
    """Words with their flags and, per class, their lemma."""

    def __init__(self):
        self.flags = {}
        self.lemmas = {"noun": {}, "verb": {}, "adj": {}}
        self.noun_first = set()
        self.verb_first = set()

    def add(self, word, flag, kind=None, lemma=None):
        if not WORD.match(word) and not word.startswith("'") and "/" not in word:
            return
        self.flags.setdefault(word, set()).add(flag)
        if kind and lemma:
            self.lemmas[kind].setdefault(word, [])
            if lemma not in self.lemmas[kind][word]:
                self.lemmas[kind][word].append(lemma)

    def forget(self, word):
        self.flags.pop(word, None)
        for lemmas in self.lemmas.values():
            lemmas.pop(word, None)


def doubles_last_letter(verb):
    """Whether a one-syllable verb doubles its consonant: ship, shipping."""
    return bool(re.match(r"[^aeiou]*(?:qu)?[aeiou][bdfgklmnprtvz]\Z", verb))


def plural(noun):
    if re.search(r"(s|x|z|ch|sh)\Z", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y\Z", noun):
        return noun[:-1] + "ies"
    return noun + "s"


def verb_forms(verb):
    """Third person, past, past participle and -ing form by rule."""
    third = plural(verb) if not verb.endswith("o") else verb + "es"
    if verb.endswith("e"):
        stem_ed, stem_ing = verb[:-1], verb if verb.endswith(("ee", "oe", "ye")) else verb[:-1]
    elif re.search(r"[^aeiou]y\Z", verb):
        stem_ed, stem_ing = verb[:-1] + "i", verb
    elif doubles_last_letter(verb.rsplit("-", 1)[-1]):
        stem_ed = stem_ing = verb + verb[-1]
    else:
        stem_ed = stem_ing = verb
    return {"s": third, "past": stem_ed + "ed", "pp": stem_ed + "ed", "ing": stem_ing + "ing"}


def participles(verb):
    """The regular participles a verb can have, with and without a doubled consonant."""
    return {verb_forms(verb)["pp"], verb + verb[-1] + "ed", verb + "ed"}


def usual_spellings(forms, levels):
    """The forms SCOWL knows, if it knows any: LemmInflect also lists common misspellings ("occured")."""
    return [form for form in forms if form in levels] or forms


def read_lemminflect(wheel, levels):
    """Rows of the inflection table: lemma, class, forms per slot."""
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read("lemminflect/resources/infl_lu.csv.gz")
    for line in gzip.decompress(raw).decode("utf-8").splitlines():
        lemma, category, *slots = line.split(",")
        if WORD.match(lemma):
            yield lemma, category, [
                usual_spellings([form for form in slot.split("/") if form], levels) for slot in slots
            ]


def add_nouns(table, rows):
    lemmas = {lemma: slots for lemma, category, slots in rows if category == "noun"}
    for lemma, slots in lemmas.items():
        forms = slots[0] if slots else []
        singular = lemma[:-1]
        if forms == [lemma] and lemma.endswith("s") and lemma not in OWN_NOUN_IN_S:
            if singular in lemmas and lemma in lemmas[singular][0]:
                continue  # "funds" beside "fund": the plural reading is enough.
        only_itself = forms in ([], [lemma])
        if only_itself and lemma.endswith("s") and not lemma.endswith(("ss", "ics", "us", "is", "as", "os")):
            table.add(lemma, "noun.p", "noun", lemma)
            continue
        table.add(lemma, "noun.s", "noun", lemma)
        if forms == [lemma]:
            table.add(lemma, "mass")
        for form in forms:
            if form != lemma:
                table.add(form, "noun.p", "noun", lemma)


def add_verbs(table, rows):
    for lemma, category, slots in rows:
        if category != "verb":
            continue
        past, participle, gerund, third = (slots + [[]] * 4)[:4]
        table.add(lemma, "base", "verb", lemma)
        # The table names fewer participles than pasts for some regular verbs (focused, focussed).
        participle = (participle or past) + [form for form in past if form.endswith("ed") and form in participles(lemma)]
        for flag, forms in (("past", past), ("pp", participle), ("ing", gerund), ("3s", third)):
            for form in forms:
                table.add(form, flag, "verb", lemma)


def add_adjectives_and_adverbs(table, rows):
    for lemma, category, slots in rows:
        if category not in ("adj", "adv"):
            continue
        table.add(lemma, category, *(("adj", lemma) if category == "adj" else ()))
        for flag, forms in zip(("cmp", "sup"), slots):
            for form in forms:
                table.add(form, flag, "adj", lemma)
                if category == "adv":
                    table.add(form, "adv")


def read_scowl(folder):
    """Lowest level of every plain word, and the words that have a possessive (so: nouns)."""
    levels, possessives = {}, set()
    for level in SCOWL_LEVELS:
        for dialect in SCOWL_DIALECTS:
            for part in ("words", "contractions"):
                path = folder / f"{dialect}-{part}.{level}"
                if not path.exists():
                    continue
                for word in path.read_text(encoding="utf-8").split():
                    if word.endswith("'s"):
                        possessives.add(word[:-2])
                    elif WORD.match(word):
                        levels.setdefault(word, level)
    return levels, possessives


def add_scowl_words(table, levels, possessives):
    """Gives words that LemmInflect lacks a class from the company they keep in SCOWL."""
    known = set(table.flags)
    missing = sorted(word for word in levels if word not in known)
    verbs = {word for word in missing if verb_forms(word)["ing"] in levels or word + word[-1] + "ing" in levels}
    for word in missing:
        if word in possessives or plural(word) in missing and word not in verbs and len(word) > 2:
            table.add(word, "noun.s", "noun", word)
            if plural(word) in levels:
                table.add(plural(word), "noun.p", "noun", word)
            elif word.endswith(MASS_ENDINGS):
                table.add(word, "mass")
        if word in verbs:
            table.add(word, "base", "verb", word)
            rule = verb_forms(word)
            if rule["ing"] not in levels:
                rule.update(past=word + word[-1] + "ed", pp=word + word[-1] + "ed", ing=word + word[-1] + "ing")
            for flag, slot in (("3s", "s"), ("past", "past"), ("pp", "pp"), ("ing", "ing")):
                if rule[slot] in levels:
                    table.add(rule[slot], flag, "verb", word)
    for word in missing:
        if word.endswith(ADJECTIVE_ENDINGS):
            table.add(word, "adj", "adj", word)
        if word in table.flags:
            continue
        if word.endswith("ly"):
            table.add(word, "adv")
            continue
        for ending, flag in (("er", "cmp"), ("est", "sup")):
            stem = word.removesuffix(ending)
            bases = (stem, stem + "e", stem[:-1] + "y" if stem.endswith("i") else stem, stem[:-1])
            base = next((b for b in bases if "adj" in table.flags.get(b, ())), None)
            if word != stem and base:
                table.add(word, flag, "adj", base)
        if word in table.flags:
            continue
        if re.match(r"un.*(ed|ing)\Z", word):
            table.add(word, "adj", "adj", word)


def split_form(form):
    key, _, value = form.partition("=")
    return key, value


def apply_overlay(table, path):
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) not in (2, 3):
            raise SystemExit(f"{path.name}:{number}: expected two or three columns")
        forms = dict(split_form(form) for form in columns[2].split(" ")) if len(columns) == 3 else {}
        entries.append((columns[0], columns[1].split(" "), forms))
    exact = {word for word, tags, _ in entries if "only" in tags}
    for word in exact:
        table.forget(word)
    for word, tags, forms in entries:
        add_overlay_entry(table, word, tags, forms, exact)


def add_overlay_entry(table, word, tags, forms, exact):
    def form(value, flag, kind):
        if value not in exact:
            table.add(value, flag, kind, word)

    for tag in tags:
        if tag in ("only", "n1", "v1"):
            continue
        if tag in ("n", "mass", "inv"):
            table.add(word, "noun.s", "noun", word)
            if tag == "n":
                form(forms.get("pl", plural(word)), "noun.p", "noun")
                table.flags[word].discard("mass")
            elif tag == "mass":
                table.add(word, "mass")
                if "pl" in forms:
                    form(forms["pl"], "noun.p", "noun")
            else:
                table.add(word, "noun.p", "noun", word)
                table.flags[word].discard("mass")
        elif tag == "-noun":
            table.flags[word] -= {"noun.s", "noun.p", "mass"}
        elif tag == "pl":
            table.add(word, "noun.p", "noun", word)
            table.flags[word] -= {"noun.s", "mass"}
        elif tag == "v":
            table.add(word, "base", "verb", word)
            rule = verb_forms(word) | {k: v for k, v in forms.items() if k in ("s", "past", "ing")}
            rule["pp"] = forms.get("pp", rule["past"])
            for flag, slot in (("3s", "s"), ("past", "past"), ("pp", "pp"), ("ing", "ing")):
                if rule[slot] == word:
                    table.add(word, flag)
                else:
                    form(rule[slot], flag, "verb")
        elif tag in FLAG_ORDER:
            table.add(word, tag)
            for kind, flags in (("noun", NOUN_FLAGS), ("verb", VERB_FLAGS | {"aux"}), ("adj", ADJ_FLAGS)):
                if tag in flags:
                    table.lemmas[kind][word] = [forms.get(kind, word)]
        else:
            raise SystemExit(f"overlay: unknown tag {tag!r} of {word!r}")
    if "n1" in tags:
        table.noun_first.add(word)
    if "v1" in tags:
        table.verb_first.add(word)


def choose_lemma(word, candidates):
    if word in PREFERRED_LEMMA and PREFERRED_LEMMA[word] in candidates:
        return PREFERRED_LEMMA[word]
    if word in candidates:
        return word
    # An unhyphenated spelling first, then the one listed first.
    return min(candidates, key=lambda lemma: ("-" in lemma, candidates.index(lemma)))


def rows_of(table, levels):
    for word in sorted(table.flags):
        flags = set(table.flags[word])
        lemmas = {kind: choose_lemma(word, lemmas[word]) if word in lemmas else word
                  for kind, lemmas in table.lemmas.items()}
        if levels.get(word, 99) <= PLAIN_LEVEL:
            flags.add("plain")
        elif word in levels:
            flags.add("common")
        if flags & {"noun.s", "noun.p"} and flags & {"base", "3s", "past", "pp"}:
            for kind in ("noun", "verb"):
                if word in table.noun_first or lemmas[kind] in table.noun_first and flags & {"base", "3s"}:
                    flags.add("n1")
                if word in table.verb_first or lemmas[kind] in table.verb_first and flags & {"base", "3s"}:
                    flags.add("v1")
            if {"n1", "v1"} <= flags:
                flags.discard("v1" if word in table.noun_first else "n1")
        flags_text = " ".join(flag for flag in FLAG_ORDER if flag in flags)
        different = [lemmas[kind] if lemmas[kind] != word else "" for kind in ("noun", "verb", "adj")]
        yield "\t".join([word, flags_text, *different]).rstrip("\t")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lemminflect", type=Path, required=True, help="the LemmInflect 0.2.3 wheel")
    parser.add_argument("--scowl", type=Path, required=True, help="folder with SCOWL's final word lists")
    parser.add_argument("--data", type=Path, required=True, help="folder with overlay.tsv; lexicon.tsv goes there too")
    arguments = parser.parse_args()

    table = Table()
    levels, possessives = read_scowl(arguments.scowl)
    rows = list(read_lemminflect(arguments.lemminflect, levels))
    add_nouns(table, rows)
    add_verbs(table, rows)
    add_adjectives_and_adverbs(table, rows)
    add_scowl_words(table, levels, possessives)
    apply_overlay(table, arguments.data / "overlay.tsv")
    lines = list(rows_of(table, levels))
    (arguments.data / "lexicon.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} words")


if __name__ == "__main__":
    main()
