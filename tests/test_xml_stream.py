"""XML piece by piece: what a hostile, broken or merely large document may not do."""

import io
import time
import tracemalloc
from html.entities import html5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.errors import FormatError, QaAssessError
from qa_assess.exchange import Failure
from qa_assess.readers.source import open_source
from qa_assess.readers.xml_stream import (
    DEEPEST,
    LONGEST_ELEMENT,
    Element,
    attribute,
    elements,
    local,
    paragraphs,
    root_of,
    words,
)


def said(document, tags=("p",)):
    """The text of each element, and the failures as they are."""
    data = document.encode() if isinstance(document, str) else document
    found = elements(open_source(io.BytesIO(data)), frozenset(tags))
    return [one if isinstance(one, Failure) else words(one) for one in found]


# What a document type could do


def test_entities_that_a_document_declares_are_never_expanded():
    bomb = '<!DOCTYPE a [<!ENTITY lol "lol">' + "".join(
        f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10)
    )
    start = time.process_time()
    assert said(f"{bomb}]><a><p>x &lol9; y</p></a>") == ["x &lol9; y"]
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        '<!DOCTYPE a [<!ENTITY % y SYSTEM "http://127.0.0.1:9/x.dtd"> %y;]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/x.dtd" [<!ENTITY x "z">]>',
        '<!DOCTYPE a [<!ENTITY x "]><b>">]>',
        "<!DOCTYPE a [<!-- don't ]> --><!ENTITY x \"it's\">]>",
        "<!DOCTYPE a [<?x ]> ' ?><!ENTITY x 'z'>]>",
        '<!-- <!DOCTYPE b [ --><!DOCTYPE a [<!ENTITY x "z">]>',
        '<?pi <!DOCTYPE b [ ?><!doctype a [<!ENTITY x "z">] >',
        '<!DOCTYPE a [<!ENTITY x "z">]><!DOCTYPE a [<!ENTITY x "zz">]>',
        "<!DOCTYPE a [" + '<!ENTITY x "z">\n' * 20_000 + "]>",
        "\ufeff \n<?xml version='1.0'?>\n<!DOCTYPE a>\n",
    ],
)
def test_a_document_type_is_skipped_whole(declared):
    assert said(f"{declared}<a><p>-&x;-</p></a>") == ["-&x;-"]
    assert root_of(f"{declared}<a><p/></a>") == "a"


@pytest.mark.parametrize(
    "document",
    [
        "<!DOCTYPE a [<!ENTITY x 'z'>",
        '<!DOCTYPE a "',
        "<!DOCTYPE a [<!-- ",
        "<!-- ",
        "<?xml ",
        "no markup",
        "<",
        "<1/>",
        "<!DOCTYPE",
        "<!DOCTYPE a [" + "<!--x-->" * 200_000,
    ],
)
def test_a_beginning_without_end_is_an_error_with_a_hint(document):
    assert root_of(document) == ""
    with pytest.raises(FormatError, match="no root element") as caught:
        said(document)
    assert caught.value.hint


@pytest.mark.parametrize("document", ['<a><p>x</p><!DOCTYPE a [<!ENTITY x "z">]><p>&x;</p></a>', "<a><p>x</p></a><a/>"])
def test_a_document_type_or_a_root_too_late_breaks_the_document(document):
    first, failure = said(document)
    assert first == "x"
    assert "broken XML" in failure.message


@pytest.mark.parametrize(
    "filling",
    ["<!--x-->", "<", "'", '"', "[", "]", "<!--", "<?x?>", " ", "''", "<!ENTITY x 'z'>", "<!DOCTYPE a ["],
)
@pytest.mark.parametrize("opening", ["", "<!DOCTYPE a ", "<!DOCTYPE a [", "<?xml ", "<!--"])
def test_no_beginning_takes_long(opening, filling):
    document = opening + filling * (200_000 // len(filling))
    start = time.process_time()
    root_of(document)
    with pytest.raises(QaAssessError):
        said(document)
    assert time.process_time() - start < 2


# Broken and hostile content


@pytest.mark.parametrize("depth", [DEEPEST + 1, 100_000])
def test_deep_nesting_ends_the_reading(depth):
    document = "<a><p>x</p>" + "<b>" * depth + "</b>" * depth + "<p>y</p></a>"
    first, failure = said(document)
    assert first == "x"
    assert f"deeper than {DEEPEST}" in failure.message
    with pytest.raises(FormatError, match="deeper"):
        said("<p>" * depth)


def test_nesting_up_to_the_limit_is_read():
    inside = DEEPEST - 2
    assert said("<a><p>" + "<b>" * inside + "x" + "</b>" * inside + "</p></a>") == ["x"]


@pytest.mark.parametrize(
    "rest",
    ["", "<p>y", "<p>y</p>", "<p>y</q></a>", "&;</a>", "<p a=1/></a>", "<x:p/></a>", "<p a='' a=''/></a>", "<", "]]>"],
)
def test_what_stands_before_the_break_is_read(rest):
    *found, failure = said(f"<a><p>x</p>{rest}")
    assert found[0] == "x"
    assert isinstance(failure, Failure)
    assert failure.hint
    assert failure.id == "stream-rest"


def test_one_endless_element_is_cut_off(monkeypatch):
    monkeypatch.setattr("qa_assess.readers.xml_stream.LONGEST_ELEMENT", 200_000)
    first, failure = said("<a><p>x</p><p>" + "y" * 400_000 + "</p></a>")
    assert first == "x"
    assert "200,000" in failure.message


def test_a_huge_text_is_read_whole():
    assert said("<a><p>" + "y" * 1_000_000 + "</p></a>") == ["y" * 1_000_000]
    assert LONGEST_ELEMENT > 1_000_000


# Characters


@pytest.mark.parametrize("before", range(65_520, 65_545))
def test_a_named_character_cut_at_the_end_of_a_piece(before):
    start = "<a><p>"
    filling = "y" * (before - len(start))
    assert said(f"{start}{filling}&mdash;&#8212;&amp;&zwnjx;z</p></a>") == [f"{filling}——&&zwnjx;z"]


def test_named_characters():
    assert said("<a><p>&pound;9&nbsp;&eacute;&hellip; &lt;&gt;&quot;&apos;&amp;amp;</p></a>") == ["£9 é… <>\"'&amp;"]
    # Names that stand for markup are text all the same.
    assert said("<a><p>&LT;b&GT;&AMP;lt;&QUOT;</p></a>") == ['<b>&lt;"']
    every = {name.removesuffix(";"): char for name, char in html5.items() if name.endswith(";")}
    (text,) = said("<a><p>" + "".join(f"&{name};" for name in every) + "</p></a>")
    assert text.replace(" ", "") == "".join("".join(every.values()).split())


def test_characters_that_xml_forbids_become_spaces():
    assert said("<a><p>x\0\x01\x08y\x0b\x0cz\x1f\ufffe\uffff</p></a>") == ["x y z"]
    assert said("<a><p>x&#0;y&#x1F;z&#xD800;&#1114112;&#99999999;&#xFFFF;.</p></a>") == ["x y z ."]
    assert said("<a><p>x&#65;&#x42;&#10;y</p></a>") == ["xAB y"]


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        ("iso-8859-1", "“£é”".encode("cp1252")),
        ("ISO-8859-1", "“£é”".encode("cp1252")),
        ("latin1", "“£é”".encode("cp1252")),
        ("windows-1252", "“£é”".encode("cp1252")),
        ("utf-8", "“£é”".encode()),
        ("utf-8", "“£é”".encode("cp1252")),
        ("us-ascii", "“£é”".encode()),
        ("utf-16", "“£é”".encode()),
        ("utf-7", "“£é”".encode()),
        ("idna", "“£é”".encode()),
        ("undefined", "“£é”".encode()),
        ("rot13", "“£é”".encode()),
        ("unicode_escape", "“£é”".encode()),
        ("punycode", "“£é”".encode()),
        ("no-such-code", "“£é”".encode()),
        ("iso-8859-12", "“£é”".encode()),
    ],
)
def test_encodings_and_what_only_calls_itself_so(declared, data):
    document = f'<?xml version="1.0" encoding="{declared}"?><a><p>'.encode() + data + b"</p></a>"
    assert said(document) == ["“£é”"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_show_in_the_bytes(encoding):
    document = '<?xml version="1.0"?><a><p>“£é”</p></a>'
    assert said(document.encode(encoding)) == ["“£é”"]


def test_a_byte_that_is_no_utf8_far_behind_the_head():
    assert said(b"<a><p>" + b"y" * 100_000 + b"\xa39 \xe2\x80\x94</p></a>") == ["y" * 100_000 + "£9 —"]


# Memory


class _Generated(io.RawIOBase):
    """A large document that is never in memory as a whole."""

    def __init__(self, start, piece, count):
        self._pieces = iter([start, *[piece] * count, b"</a>"])
        self._left = b""

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self._left) < len(buffer):
            if (piece := next(self._pieces, None)) is None:
                break
            self._left += piece
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"<a>", b"<p>" + b"text " * 12_000 + b"</p>\n"),
        # What is not wanted is freed too, wherever it stands.
        (b"<a><b><c>", b"<d e='f'>" + b"text " * 12_000 + b"</d><p>x</p> tail"),
    ],
    ids=["wanted", "not wanted"],
)
def test_memory_does_not_grow_with_the_file(start, piece):
    count = 60_000_000 // len(piece)
    source = open_source(io.BufferedReader(_Generated(start, piece, count)))
    tracemalloc.start()
    found = sum(1 for one in elements(source, frozenset({"p"})) if not isinstance(one, Failure))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == count
    assert peak < 30_000_000


@pytest.mark.parametrize("piece", [b"<p/>", b"<p/>x", b"<b>x</b>", b"<b><b/></b>"])
def test_not_even_the_shells_of_elements_are_kept(piece):
    def peak(count):
        source = open_source(io.BufferedReader(_Generated(b"<a><p/>", piece * 1000, count)))
        tracemalloc.start()
        found = sum(1 for one in elements(source, frozenset({"p"})) if not isinstance(one, Failure))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found == 1 + piece.count(b"<p/>") * count * 1000
        return most

    assert peak(200) < peak(50) + 500_000


def test_an_element_within_another_is_handed_over_first_and_its_surroundings_are_kept():
    assert said("<a><q>x<p>y</p>z<b>w</b>v</q></a>", tags=("p", "q")) == ["y", "xzwv"]


# Helpers


def test_wanted_elements_come_complete_and_without_prefixes():
    document = '<x:a xmlns:x="u"><x:p x:n="1  2"><x:b>y</x:b>z<!-- c --></x:p>tail<x:q><x:p>in</x:p></x:q></x:a>'
    source = open_source(io.BytesIO(document.encode()))
    found = []
    for one in elements(source, frozenset({"p"})):
        found.append((local(one.tag), attribute(one, "n"), attribute(one, "m"), words(one)))
    assert found == [("p", "1 2", "", "yz"), ("p", "", "", "in")]


def test_paragraphs_lists_and_tables():
    (text,) = _paragraphs(
        "<s>Loose <p>One <i>two</i><br/>three</p> between <ul><li>a</li><li>b</li></ul>"
        "<table><tr><td><p>x</p><p>y</p></td><td/><td>z</td></tr><tr><td> </td></tr></table><note>n</note> end</s>"
    )
    assert text == "Loose\nOne two three\nbetween\na\nb\nx y |  | z\nn\nend"
    (text,) = _paragraphs("<s>A<note>n</note> b<table><tr><td>c<note>n</note></td></tr></table></s>", {"note"})
    assert text == "A b\nc"


def _paragraphs(markup, without=()):
    found = elements(open_source(io.BytesIO(f"<a>{markup}</a>".encode())), frozenset({"s"}))
    return [paragraphs(one, without=frozenset(without)) for one in found if isinstance(one, Element)]


def test_root_of():
    assert root_of("\ufeff <?xml?><tei:TEI xmlns:tei='u'>") == "TEI"
    assert [root_of(text) for text in ("", "a", "<a", "a<b>", "</a>", "<a:>")] == [""] * 6


# Anything at all


@given(
    st.text(alphabet="<>/!?-[]&;#\"' apDOCTYEN=\n\0é\ud7ff", max_size=200),
    st.sampled_from(["", "<a><p>", "<!DOCTYPE a ["]),
)
def test_any_text_gives_elements_or_an_error_of_ours(text, before):
    try:
        found = said(f"{before}{text}x")
    except QaAssessError as error:
        assert error.hint
    else:
        assert all(isinstance(one, (str, Failure)) for one in found)


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_give_elements_or_an_error_of_ours(data):
    try:
        said(b"<a><p>x" + data + b"</p></a>")
        said(b'<?xml version="1.0" encoding="' + data + b'"?><a/>')
    except QaAssessError as error:
        assert error.hint
