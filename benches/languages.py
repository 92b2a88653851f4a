#!/usr/bin/env python3
"""How well each language is tagged, as a table.

usage: languages.py SHARED [--cmd "target/release/news-ingest process"]

Names are scored by eval/score.py on eval/langs/ner-*; topics on eval/langs/topics-*. Places are those of the
sentences of data/langs/topics-sib-train, which are the same in every language by id: of the GeoNames ids that
the English sentences give, the share that the language's give (found), and of those that the language gives the share
that English does not (others); the same of places and of the countries of nationalities together (lands): "the president of
Orland" is "the Orlandian president" in another language.
Topics by language are the share of right top levels of eval/langs/topics-sib-dev. Amounts and dates are those of the same
sentences: of what the English ones give, the share that the language's give, with the same number and unit, the
same date. Speed is stories of twenty such sentences per second of processor time, as a share of English's; the best of five runs.
Standard library only.
"""
import collections, glob, gzip, json, os, re, resource, shlex, subprocess, sys

args = sys.argv[1:]
cmd = "target/release/news-ingest process"
if "--cmd" in args:
    at = args.index("--cmd")
    cmd = args[at + 1]
    del args[at:at + 2]
shared_dir = args[0]


def score(what, path):
    """The last score of a set by score.py, and the languages of its stories."""
    run = [sys.executable, os.path.join(shared_dir, "eval/score.py"), what, path, "--cmd", cmd]
    lines = subprocess.run(run, capture_output=True, text=True).stdout.splitlines()
    key = "entities all: F1 " if what == "spans" else "topics: accuracy "
    return next((re.match(r"[0-9.]+", x[len(key):]).group() for x in lines if x.startswith(key)), "")


def tagged(rows):
    """The tags of sentences, in their order."""
    raw = "".join(json.dumps({"id": f"{r['lang']}-{r['id']}", "title": "", "text": r["text"], "inLanguage": r["lang"],
                              "datePublished": "2025-03-12T18:00:00Z"}, ensure_ascii=False) + "\n" for r in rows)
    done = subprocess.run(shlex.split(cmd), input=raw.encode(), capture_output=True)
    return [json.loads(line).get("tags") or {} for line in done.stdout.decode().splitlines()]


def ids(rows, tags, types):
    """Of the GeoNames ids of entities of some types, by language: the share of English's that it gives, of its own that English does not."""
    given = collections.defaultdict(dict)
    for row, tag in zip(rows, tags):
        found = [e for e in tag.get("entities", []) if e["type"] in types and e.get("geonames")]
        given[row["lang"]][row["id"]] = {e["geonames"] for e in found}
    for lang, of in sorted(given.items()):
        both = [(given["en"][i], got) for i, got in of.items() if i in given["en"]]
        want, own = sum(len(e) for e, _ in both), sum(len(g) for _, g in both)
        same = sum(len(e & g) for e, g in both)
        yield lang, same / want if want else 0, (own - same) / own if own else 0


def shared(rows, tags, of):
    """The share of what the English sentences give that each language's give, by language."""
    given = collections.defaultdict(dict)
    for row, tag in zip(rows, tags):
        given[row["lang"]][row["id"]] = of(tag)
    for lang, ours in given.items():
        both = [(given["en"][i], got) for i, got in ours.items() if i in given["en"]]
        want = sum(len(e) for e, _ in both)
        yield lang, sum(len(e & g) for e, g in both) / want if want else 0


def amounts(tag):
    return {(round(a["value"], 4), a["unit"]) for a in tag.get("amounts", []) if a.get("unit") and a.get("value") is not None}


def dates(tag):
    return {d["date"] for d in tag.get("dates", [])}


def speeds(rows):
    """Stories of twenty sentences per second of processor time, by language; the start is left out."""
    texts = collections.defaultdict(list)
    for row in rows:
        texts[row["lang"]].append(row["text"])

    def seconds(lang, times):
        stories = [texts[lang][i:i + 20] for i in range(0, len(texts[lang]) - 20, 20)]
        raw = "".join(json.dumps({"id": f"{n}-{i}", "title": "", "text": " ".join(story), "inLanguage": lang}, ensure_ascii=False) + "\n"
                      for n in range(times) for i, story in enumerate(stories))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(shlex.split(cmd), input=raw.encode(), capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return len(stories), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    for lang in texts:
        once, often = min(seconds(lang, 1)[1] for _ in range(5)), min(seconds(lang, 11)[1] for _ in range(5))
        yield lang, 10 * seconds(lang, 1)[0] / max(often - once, 1e-6)


def topics(path):
    """The share of right top levels, by language."""
    with gzip.open(path, "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    raw = "".join(json.dumps({k: v for k, v in r.items() if k != "gold"}, ensure_ascii=False) + "\n" for r in rows)
    done = subprocess.run(shlex.split(cmd), input=raw.encode(), capture_output=True)
    right = collections.defaultdict(list)
    for row, line in zip(rows, done.stdout.decode().splitlines()):
        right[row["inLanguage"]].append((json.loads(line).get("tags") or {}).get("topic") == row["gold"]["topic"])
    return {lang: sum(of) / len(of) for lang, of in right.items()}


with gzip.open(os.path.join(shared_dir, "data/langs/topics-sib-train.jsonl.gz"), "rt", encoding="utf-8") as f:
    rows = [json.loads(line) for line in f]
tags = tagged(rows)
table = collections.defaultdict(lambda: [[]] + [""] * 8)
for path in sorted(glob.glob(os.path.join(shared_dir, "eval/langs/ner-*.gz"))):
    name = os.path.basename(path)[4:-9].removesuffix("-dev")
    table[name.rsplit("-", 1)[1]][0].append(f"{name.rsplit('-', 1)[0]} {score('spans', path)}")
for column, types in ((1, ("PLACE",)), (3, ("PLACE", "NATIONALITY"))):
    for lang, found, others in ids(rows, tags, types):
        table[lang][column:column + 2] = [f"{found:.2f}", f"{others:.2f}"]
for lang, right in topics(os.path.join(shared_dir, "eval/langs/topics-sib-dev.jsonl.gz")).items():
    table[lang][5] = f"{right:.2f}"
for column, of in ((6, amounts), (7, dates)):
    for lang, share in shared(rows, tags, of):
        table[lang][column] = f"{share:.2f}"
speed = dict(speeds(rows))
for lang, stories in speed.items():
    table[lang][8] = f"{stories / speed['en']:.2f}"
print("| language | names | places found | others | lands found | others | topics | amounts | dates | speed |\n" + "|---" * 10 + "|")
for lang, (names, *cells) in sorted(table.items()):
    print(f"| {lang} | {', '.join(names)} | {' | '.join(cells)} |")
for path in sorted(glob.glob(os.path.join(shared_dir, "eval/langs/topics-*.gz"))):
    print(f"topics of {os.path.basename(path)}: {score('topics', path)}")
