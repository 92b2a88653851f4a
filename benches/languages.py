#!/usr/bin/env python3
"""How well each language is tagged, as a table.

usage: languages.py SHARED [--cmd "target/release/news-ingest process"]

Names are scored by eval/score.py on eval/langs/ner-*; topics on eval/langs/topics-*. Places are those of the
sentences of data/langs/topics-sib-train, which are the same in every language by id: of the GeoNames ids that
the English sentences give, the share that the language's give (found), and of those that the language gives
the share that English does not (others); of these again the share without the countries whose people English
names there, where other languages name the country (strange): "the president of Orland" is "the Orlandian president".
Topics by language are the share of right top levels of eval/langs/topics-sib-dev.
Standard library only.
"""
import collections, glob, gzip, json, os, re, shlex, subprocess, sys

args = sys.argv[1:]
cmd = "target/release/news-ingest process"
if "--cmd" in args:
    at = args.index("--cmd")
    cmd = args[at + 1]
    del args[at:at + 2]
shared = args[0]


def score(what, path):
    """The last score of a set by score.py, and the languages of its stories."""
    run = [sys.executable, os.path.join(shared, "eval/score.py"), what, path, "--cmd", cmd]
    lines = subprocess.run(run, capture_output=True, text=True).stdout.splitlines()
    key = "entities all: F1 " if what == "spans" else "topics: accuracy "
    return next((re.match(r"[0-9.]+", x[len(key):]).group() for x in lines if x.startswith(key)), "")


def places(path):
    with gzip.open(path, "rt", encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    raw = "".join(json.dumps({"id": f"{r['lang']}-{r['id']}", "title": "", "text": r["text"], "inLanguage": r["lang"],
                              "datePublished": "2025-03-12T18:00:00Z"}, ensure_ascii=False) + "\n" for r in rows)
    done = subprocess.run(shlex.split(cmd), input=raw.encode(), capture_output=True)
    ids, peoples, lands = collections.defaultdict(dict), collections.defaultdict(set), {}
    for row, line in zip(rows, done.stdout.decode().splitlines()):
        entities = (json.loads(line).get("tags") or {}).get("entities", [])
        found = [e for e in entities if e["type"] == "PLACE" and e.get("geonames")]
        ids[row["lang"]][row["id"]] = {e["geonames"] for e in found}
        # Of places, countries alone have an item.
        lands.update((e["geonames"], e["country"]) for e in found if e.get("wikidata") and e.get("country"))
        if row["lang"] == "en":
            peoples[row["id"]] = {e.get("country") for e in entities if e["type"] == "NATIONALITY"}
    for lang, of in sorted(ids.items()):
        both = [(ids["en"][i], got, peoples[i]) for i, got in of.items() if i in ids["en"]]
        want, given = sum(len(e) for e, _, _ in both), sum(len(g) for _, g, _ in both)
        same = sum(len(e & g) for e, g, _ in both)
        named = sum(lands.get(place) in people for e, g, people in both for place in g - e)
        share = lambda others: others / given if given else 0
        yield lang, same / want if want else 0, share(given - same), share(given - same - named)


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


table = collections.defaultdict(lambda: [[], "", "", "", ""])
for path in sorted(glob.glob(os.path.join(shared, "eval/langs/ner-*.gz"))):
    name = os.path.basename(path)[4:-9].removesuffix("-dev")
    table[name.rsplit("-", 1)[1]][0].append(f"{name.rsplit('-', 1)[0]} {score('spans', path)}")
for lang, found, others, strange in places(os.path.join(shared, "data/langs/topics-sib-train.jsonl.gz")):
    table[lang][1:4] = [f"{found:.2f}", f"{others:.2f}", f"{strange:.2f}"]
for lang, right in topics(os.path.join(shared, "eval/langs/topics-sib-dev.jsonl.gz")).items():
    table[lang][4] = f"{right:.2f}"
print("| language | names | places found | others | strange | topics |\n|---|---|---|---|---|---|")
for lang, (names, found, others, strange, right) in sorted(table.items()):
    print(f"| {lang} | {', '.join(names)} | {found} | {others} | {strange} | {right} |")
for path in sorted(glob.glob(os.path.join(shared, "eval/langs/topics-*.gz"))):
    print(f"topics of {os.path.basename(path)}: {score('topics', path)}")
