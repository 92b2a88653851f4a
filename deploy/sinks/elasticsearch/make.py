#!/usr/bin/env python3
"""The index template for Elasticsearch and OpenSearch, from the record's JSON Schema:

    news-ingest schema record | python3 deploy/sinks/elasticsearch/make.py >deploy/sinks/elasticsearch/index-template.json

Every field of the schema has a mapping; what the schema does not know, such as a producer's `meta`, is kept in the
document and not indexed. Texts of stories are analysed, everything else is a keyword, a number, a date or a point.
"""

import json
import sys

# Analysed: what people search in. Paths without the list's index.
TEXTS = {"item.headlines.value", "item.bodies.value", "item.descriptions.value", "tags.quotes.text"}
# Date-times, and days.
DATES = {"item.contentCreated", "item.versionCreated", "fetch.fetchedAt", "extract.dateModified"}
# Kept as they are and not searched: free objects, and dates that may be whole years.
OPAQUE = {"meta", "tags.custom", "tags.models"}
# What is matched together, as one speaker's quote or one name in one country.
NESTED = {"tags.entities", "tags.quotes", "tags.topics"}
NUMBERS = {"integer": "long", "number": "double", "boolean": "boolean"}


def mapping(schema, node, path=""):
    """The mapping of a node of the schema."""
    node = resolved(schema, node)
    if path in OPAQUE:
        return {"type": "object", "enabled": False}
    if path in TEXTS:
        return {"type": "text"}
    if path in DATES:
        return {"type": "date"}
    if path.endswith(".geoJSON"):
        return {"type": "geo_shape"}
    kind = kind_of(node)
    if kind == "array":
        inner = mapping(schema, node.get("items", {"type": "string"}), path)
        return inner | {"type": "nested"} if path in NESTED else inner
    if kind == "object":
        fields = {name: mapping(schema, child, f"{path}.{name}".lstrip(".")) for name, child in node.get("properties", {}).items()}
        return {"properties": fields} if fields else {"type": "object", "enabled": False}
    if kind in NUMBERS:
        return {"type": NUMBERS[kind]}
    return {"type": "keyword", "ignore_above": 8191}


def resolved(schema, node):
    """The definition that a node refers to; of alternatives the one that is not null."""
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        elif choices := [c for c in node.get("anyOf", node.get("oneOf", [])) if c.get("type") != "null"]:
            if all("const" in c or "enum" in c for c in choices):
                return {"type": "string"}
            node = choices[0]
        else:
            return node


def kind_of(node):
    kinds = node.get("type", "string")
    return next((k for k in kinds if k != "null"), "string") if isinstance(kinds, list) else kinds


def template(schema):
    return {
        "index_patterns": ["news-*"],
        "template": {
            "settings": {"index": {"mapping": {"total_fields": {"limit": 400}}}},
            "mappings": {"dynamic": False, "_meta": {"schema": schema["title"]}} | mapping(schema, schema),
        },
    }


if __name__ == "__main__":
    print(json.dumps(template(json.load(sys.stdin)), indent=2))
