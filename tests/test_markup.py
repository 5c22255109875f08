"""HTML to paragraphs: tables, hidden parts, and markup that means harm."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_assess.readers.markup import html_text, node_text, parsed


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("  plain\n\n text ", "plain\ntext"),
        ("R&amp;D &pound;9&nbsp;million", "R&D £9 million"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<p>One <b>and</b> <i>a half</i></p>", "One and a half"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<p>One<p>Two", "One\nTwo"),
        ("loose <p>One</p> end", "loose\nOne\nend"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "a\nb\nc"),
        ("<p>a<script>x()</script>b<style>y</style></p><!-- z --><template>t</template>", "ab"),
        ("<html><head><title>t</title></head><body><h1>H</h1>x</body></html>", "H\nx"),
        ("<p>a < b & c</p>", "a < b & c"),
        ("<p>x\0y</p>", "xy"),
        ("<![CDATA[x]]>y", "y"),
        ("<p></p><div> </div>", ""),
        ("H<sub>2</sub>O", "H2O"),
    ],
)
def test_paragraphs(markup, text):
    assert html_text(markup) == text


def test_tables():
    table = "<table><tr><th>Isle</th><th>Boats</th></tr>{}</table>"
    assert html_text(table.format("<tr><td>Northreach</td><td>3</td></tr>")) == "Isle | Boats\nNorthreach | 3"
    assert html_text(table.format("<tr><td></td><td>3</td></tr><tr><td> </td></tr>")) == "Isle | Boats\n| 3"
    # What a cell holds in several lines stands in one, its words apart.
    assert html_text(table.format("<tr><td>a<br>b</td><td><p>c</p><p>d</p></td></tr>")) == "Isle | Boats\na b | c d"
    assert html_text("<p>Before</p>" + table.format("") + "After") == "Before\nIsle | Boats\nAfter"
    assert html_text(table.format("<tr><td>x<script>y</script></td></tr>")) == "Isle | Boats\nx"
    inner = "<table><tr><td>c</td><td>d</td></tr></table>"
    assert html_text(f"<table><tr><td>a {inner}</td><td>b</td></tr></table>") == "a c | d | b"


def test_a_node_without_some_elements():
    body = parsed("<div>a<small>b</small><table><tr><td>c<small>d</small></td></tr></table></div>").body
    assert node_text(body, without=frozenset({"small"})) == "a\nc"
    assert node_text(body.css_first("small")) == "b"


def test_half_a_character_is_replaced():
    assert html_text("<p>\ud83d x</p>") == "\ufffd x"


def test_what_is_nested_moderately_keeps_its_lines():
    assert html_text("<div>" * 150 + "<p>a</p><p>b</p>") == "a\nb"
    assert html_text("<b>" * 300 + "<p>a</p>" * 3) == "a\na\na"


HOSTILE = {
    "divs": "<div>" * 100_000 + "<p>x</p>" + "</div>" * 100_000,
    "divs left open": "<div>" * 100_000 + "x",
    "bold left open": "<b>" * 100_000 + "x",
    "bold in paragraphs": "".join(f"<b a={n}>" for n in range(2000)) + "<p>" * 20_000 + "x",
    "tables in tables": "<table><tr><td>" * 30_000 + "x",
    "unknown elements": "<x-y>" * 100_000 + "x",
    "links": "<a>" * 50_000 + "x",
    "paragraphs": "<p>" * 100_000 + "x",
    "items": "<li>" * 100_000 + "x",
    "rows": "<table>" + "<tr><td>" * 50_000 + "x",
    "cells": "<table><tr>" + "<td>" * 50_000 + "x",
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + ">x",
    "comments": "<!--" * 100_000 + "--><p>x",
    "scripts": "<script>" * 100_000 + "</script>x",
    "open tags": "<" * 200_000 + " x",
    "ends": "</div>" * 100_000 + "x",
    "svg": "<svg>" * 50_000 + "x",
    "selects": "<select><option>" * 20_000 + "x",
}


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markup_costs_little_time_and_keeps_its_text(markup):
    start = time.process_time()
    assert "x" in html_text(markup)
    assert time.process_time() - start < 4


def test_a_huge_table_is_read_whole():
    rows = html_text("<table>" + "<tr><td>Isle</td><td>3</td></tr>" * 30_000 + "</table>").split("\n")
    assert len(rows) == 30_000
    assert set(rows) == {"Isle | 3"}


@given(st.text(alphabet="<>/!-&;=\"' abpdivtrTABLE\n\0é\ud800", max_size=300))
def test_any_text_gives_text(markup):
    text = html_text(markup)
    text.encode()
    assert all(line.strip() for line in text.split("\n")) or not text
