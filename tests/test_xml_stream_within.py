"""Elements within elements: what stands around the one handed over, and nothing lost or kept when it is let go."""

import io
import tracemalloc

from qa_assess.readers.source import open_source
from qa_assess.readers.xml_stream import attribute, elements, local, paragraphs


def test_the_elements_around_are_told_with_their_attributes():
    source = open_source(io.BytesIO(b'<a><b n="1"><c n="2"><u/></c></b><u/></a>'))
    within = []
    told = [
        (local(one.tag), [attribute(outer, "n") for outer in within])
        for one in elements(source, frozenset({"u", "c"}), within=within)
    ]
    assert told == [("u", ["", "1", "2"]), ("c", ["", "1"]), ("u", [""])]
    assert within == []


def test_what_follows_an_inner_element_belongs_to_the_outer_one():
    text = "<a><u>One <note>a</note> two <b>three</b> four <note>b</note> five.</u></a>"
    for padding in range(0, 90, 7):  # the break between two pieces of the file falls on each place in turn
        source = open_source(io.BytesIO(f"<a><!--{'x' * (65_536 - padding)}-->{text[3:]}".encode()))
        *_, outer = (paragraphs(one) for one in elements(source, frozenset({"u", "note"})))
        assert outer.split() == ["One", "two", "three", "four", "five."]


def test_memory_does_not_grow_with_the_number_of_elements():
    class Endless(io.RawIOBase):
        left = 400_000

        def readable(self):
            return True

        def readinto(self, buffer):
            piece = b"<a>" if self.left == 400_000 else b"<u/>" * (len(buffer) // 4)
            piece = piece if self.left > 0 else b""
            self.left -= max(len(piece) // 4, 1)
            buffer[: len(piece)] = piece
            return len(piece)

    tracemalloc.start()
    assert sum(1 for _ in elements(open_source(io.BufferedReader(Endless())), frozenset({"u"}))) > 390_000
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
