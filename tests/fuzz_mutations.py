"""Changes to an input that keep most of its structure: what random bytes alone would hardly ever come upon."""

import json
import random
import re

LARGEST = 60_000  # bytes of an input

# Where a text can be cut: before a tag, and behind a line.
_SEAMS = re.compile(r"(?=<)|(?<=\n)")
_ODD = (None, True, 0, -1, 1e308, float("nan"), "", "\0", "\ud800", [], {}, [[]], [None], {"": None}, "x" * 255, "<p>")


def changed(data: bytes, rng: random.Random) -> bytes:
    """An input with one thing in it taken out, doubled, moved or replaced."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        return _json(json.loads(text), rng)
    except (ValueError, RecursionError):
        return _whole(_moved(_SEAMS.split(text), rng))


def pumped(data: bytes, rng: random.Random) -> bytes:
    """An input with a piece of it again and again: what is cheap once may not be a thousand times."""
    text = data.decode("utf-8", "surrogateescape")
    start = rng.randrange(len(text) + 1)
    piece = text[start : start + rng.choice((1, 2, 10, 100))]
    piece = piece if rng.random() < 0.5 else rng.choice(_SEAMS.split(text))
    times = (LARGEST - len(data)) // max(1, len(piece.encode("utf-8", "surrogateescape")))
    return _whole([text[:start], piece * times, text[start:]])


def _moved(parts: list[str], rng: random.Random) -> list[str]:
    first, second = sorted(rng.randrange(len(parts) + 1) for _ in range(2))
    second = min(second, first + rng.choice((1, 2, 8, 64)))
    piece = parts[first:second]
    kept = parts[:first] + parts[second:]
    place = rng.randrange(len(kept) + 1)
    return rng.choice((
        kept,
        parts[:place] + piece + parts[place:],
        kept[:place] + piece + kept[place:],
        parts[:first] + piece[::-1] + parts[second:],
    ))  # fmt: skip


def _json(document: object, rng: random.Random) -> bytes:
    """A document with the value at one place replaced, by an odd one or by one from another place."""
    places = list(_places(document))
    if not places:
        return json.dumps(rng.choice(_ODD)).encode()
    holder, key = rng.choice(places)
    other, its_key = rng.choice(places)
    chance = rng.random()
    if chance < 0.2:
        del holder[key]
    elif chance < 0.6:
        holder[key] = rng.choice(_ODD)
    elif chance < 0.7 and isinstance(holder, list):
        holder.insert(key, holder[key])
    elif chance < 0.8 and isinstance(holder, dict):
        holder[rng.choice([its_key, "id", "question"])] = holder[key]
    else:
        # As it is written, for a document that holds itself would have no end.
        holder[key] = json.loads(json.dumps(other[its_key]))
    return json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _places(value: object):
    """Every list and object of a document with each of its keys."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        yield value, key
        yield from _places(inner)


def _whole(parts: list[str]) -> bytes:
    return "".join(parts).encode("utf-8", "surrogateescape")
