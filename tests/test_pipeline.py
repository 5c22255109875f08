"""The pipeline as it is loaded: sentences as they are printed, and entities where they are wanted."""

from time import process_time

import pytest
import spacy

from qa_assess.pipeline import load_parser, parse, printed_sentences

ANSWER = "On 4 May the department paid £3 million."


def sentences(text):
    return [sentence.text for sentence in printed_sentences(spacy.blank("en").make_doc(text)).sents]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Will he act? No.", ["Will he act?", "No."]),
        ("He said: “Stop!” Nobody did.", ["He said: “Stop!”", "Nobody did."]),
        ("It rose (by a tenth.) Then it fell.", ["It rose (by a tenth.)", "Then it fell."]),
        ("It is 4.5 per cent. of the whole.", ["It is 4.5 per cent. of the whole."]),
        ("Fares rose\nand rose.", ["Fares rose\nand rose."]),
        ("Fares\n\nWhy did they rise?", ["Fares\n\n", "Why did they rise?"]),
        ("fares\n\nwhy did they rise?", ["fares\n\n", "why did they rise?"]),
        ("What?! Never…", ["What?!", "Never…"]),
        ('. "Why?" he asked.', ['. "', 'Why?" he asked.']),
        ("  Why?", ["  Why?"]),
        ("?", ["?"]),
        ("", []),
    ],
)
def test_sentences_are_those_of_the_print(text, wanted):
    assert sentences(text) == wanted


def test_the_time_of_sentences_grows_with_the_text():
    """Eight times the words: some eight times the time, where it once was sixty."""
    nlp = spacy.blank("en")
    short, long = nlp.make_doc("Not a word is said. " * 500), nlp.make_doc("Not a word is said. " * 4000)

    def fastest(doc):
        times = []
        for _ in range(3):
            start = process_time()
            printed_sentences(doc)
            times.append(process_time() - start)
        return min(times)

    assert fastest(long) < 25 * fastest(short)


def test_entities_are_marked_where_they_are_wanted():
    nlp = load_parser()
    assert [bool(doc.ents) for doc in parse(nlp, [ANSWER])] == [True]
    assert [bool(doc.ents) for doc in parse(nlp, [ANSWER], entities=False)] == [False]
