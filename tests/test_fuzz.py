"""What fuzzing found (`fuzz_readers.py`) stays mended; what has the shape of a format but no sense does no harm."""

import json
from io import BytesIO
from xml.etree.ElementTree import iterparse
from xml.sax.saxutils import escape, quoteattr

import pytest
from fuzz_readers import ANY, CRASHES, SLOW, as_input, check, names, seeds_of
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_assess import readers
from qa_assess.errors import InputError

JSON_FORMATS = ["json", "jsonl", "convokit", "written-questions", "twfy-api", "hansard-api", "oral-questions"]
XML_FORMATS = ["publicwhip", "parla-clarin", "akoma-ntoso", "australia", "data-parliament"]
FEW = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize("path", sorted(CRASHES.glob("*.bin")), ids=lambda path: path.stem)
def test_what_broke_a_reader_once(path):
    name = path.stem.rpartition("-")[0]
    data = path.read_bytes()
    check(name, data)
    check(ANY, as_input(name, data))


@pytest.mark.parametrize("name", names())
def test_each_format_has_seeds_that_are_read_within_bounds(name):
    assert seeds_of(name)
    for data in seeds_of(name):
        check(name, data)


def test_a_reader_that_raises_or_is_slow_is_found_out(monkeypatch):
    def broken(*_, **__):
        raise KeyError("id")

    monkeypatch.setattr("qa_assess.readers.read", broken)
    with pytest.raises(KeyError):
        check("csv", b"x")
    clock = iter((0.0, SLOW + 1))
    monkeypatch.setattr("qa_assess.readers.read", lambda *_, **__: iter(()))
    monkeypatch.setattr("time.process_time", lambda: next(clock))
    with pytest.raises(AssertionError, match="1 bytes took"):
        check("csv", b"x")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("json", '{"records": [{"question": "Why?"}]}', "one document of more than 30 characters"),
        ("json", '[{"question": "Why?", "answer": "No', "an element of more than 30 characters"),
        ("written-questions", '{"results": [\n{"uin": "1", "questionText": "?"}]}', "more than 30 characters"),
        ("pasted", "Ferries at night, and what became of them\nQ: Why?", "no question within its first 30"),
        ("assessed-page", "Q1\nFull\nWhy?\nNo.\nFerries at night, and what became of them", "stream:5: no question's"),
    ],
)
def test_what_cannot_be_read_in_pieces_has_bounds(name, text, said, monkeypatch):
    monkeypatch.setattr("qa_assess.readers.source.LARGEST_DOCUMENT", 30)
    monkeypatch.setattr("qa_assess.readers.json_array._PIECE", 1)
    for module in ("pasted", "assessed_page"):
        monkeypatch.setattr(f"qa_assess.readers.{module}.LONGEST_LINE", 30)
    with pytest.raises(InputError, match=said):
        list(readers.read(BytesIO(text.encode()), format=name))


def test_a_pair_that_never_ends_is_told_of_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr("qa_assess.readers.pasted.LONGEST_LINE", 30)
    text = "Q: Why?\nA: No.\n" + "And it rained.\n" * 9 + "Q: Who?\nA: Me.\n"
    long, short = readers.read(BytesIO(text.encode()))
    assert long.message == "stream:1: a pair is longer than 30 characters"
    assert (short.id, short.question, short.answer) == ("row-2", "Who?", "Me.")


def _documents(name):
    """JSON of the names that a format has, with any value under each."""
    seeds = [data.decode("utf-8", "replace") for data in seeds_of(name)]
    names = sorted({key for text in seeds for key in _keys(text)} | {"question", "answer"})
    texts = (
        st.sampled_from(["", "Will he act?", "<p>Yes.</p>", "2031-03-04T00:00:00", "12", "\0", "\ud800"]) | st.text()
    )
    plain = st.none() | st.booleans() | st.integers() | st.floats() | texts
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(names), inner, max_size=12),
        max_leaves=40,
    )


def _keys(text):
    found = []
    for line in [text, *text.splitlines()]:
        try:
            json.loads(line, object_pairs_hook=lambda pairs: found.extend(key for key, _ in pairs))
        except ValueError:
            continue
    return found


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_json_with_the_names_of_a_format_and_any_values(name):
    @FEW
    @given(st.lists(_documents(name), min_size=1, max_size=4), st.booleans())
    def harmless(documents, pages):
        text = "\n".join(map(json.dumps, documents)) if pages else json.dumps(documents)
        check(name, text.encode())
        check(ANY, text.encode())

    harmless()


def _elements(name):
    """XML of the elements and attributes that a format has, anyhow put into each other."""
    tags, attributes, roots = set(), set(), set()
    for data in seeds_of(name):
        try:
            found = [one for _, one in iterparse(BytesIO(data))]
        except SyntaxError:
            continue
        roots.add(found[-1].tag)
        tags |= {one.tag for one in found}
        attributes |= {key for one in found for key in one.attrib}
    text = (
        st.sampled_from(["", "To ask why.", "2031-03-04", "Oral Answers", "The Minister (Mr Elm)", "Will he?"])
        | st.text()
    )
    given_attributes = st.dictionaries(st.sampled_from(sorted(attributes) or ["id"]), text, max_size=3)
    some = st.sampled_from(sorted(tags))
    element = st.deferred(
        lambda: st.builds(_written, some, given_attributes, st.lists(element | text.map(escape), max_size=5))
    )
    return st.builds(_written, st.sampled_from(sorted(roots)), given_attributes, st.lists(element, max_size=6))


def _written(tag, attributes, inner):
    space, _, local = tag.rpartition("}")
    told = {key.rpartition("}")[2]: value for key, value in attributes.items()}
    told |= {"xmlns": space[1:]} if space else {}
    marks = "".join(f" {key}={quoteattr(value)}" for key, value in told.items())
    return f"<{local}{marks}>{''.join(inner)}</{local}>"


@pytest.mark.parametrize("name", XML_FORMATS)
def test_xml_of_the_elements_of_a_format_anyhow(name):
    @FEW
    @given(_elements(name))
    def harmless(text):
        check(name, text.encode("utf-8", "replace"))
        check(ANY, text.encode("utf-8", "replace"))

    harmless()
