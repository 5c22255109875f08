"""The encoder: what it sees, what it says, and that it says the same again."""

import json
import shutil

import numpy as np
import pytest
import spacy
from conftest import make_exchange

from qa_assess import Assessor, Settings
from qa_assess.encoder import (
    ASKED,
    CONFIG,
    MOST_OF_QUESTION,
    MOST_PIECES,
    NAMES,
    NETWORK,
    TOKENIZER,
    Encoder,
    WordPieces,
    asked_figures,
    encoder_sha256,
    masked_words,
)
from qa_assess.errors import ModelError
from qa_assess.pipeline import load_parser
from qa_assess.resources import encoder_path
from qa_assess.settings import Model

QUESTION = "Bus fares rose in Wexcombe. When will the Minister publish the review, and will she meet Mr Ottway?"
ANSWER = "I shall be happy to meet Mr Ottway. The review will be published by 4 May."


@pytest.fixture(scope="module")
def encoder():
    return Encoder(encoder_path())


@pytest.fixture(scope="module")
def pieces():
    return WordPieces(encoder_path() / TOKENIZER)


def parsed(*texts):
    nlp = load_parser()
    return [nlp(text) for text in texts]


def spans_of(question, *parts):
    return [(question.index(part), question.index(part) + len(part)) for part in parts]


def test_the_same_name_is_the_same_mask_in_question_and_answer():
    names = {}
    question, answer = parsed("Will she meet Ann Ottway in Wexcombe?", "I met Ottway in Wexcombe on 4 May.")
    asked = [text for text, *_ in masked_words(question, names)]
    said = [text for text, *_ in masked_words(answer, names)]
    assert asked == ["will", "he", "meet", "[unused1]", "in", "[unused3]", "?"]
    assert said == ["i", "met", "[unused1]", "in", "[unused3]", "on", "4", "may", "."]


def test_many_names_share_the_last_mask():
    text = "We met " + " and ".join(f"B{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(60)) + "."
    masks = {text for text, *_ in masked_words(spacy.blank("en")(text), {}) if text.startswith("[unused")}
    assert masks == {f"[unused{n + 1}]" for n in range(NAMES)}


def test_places_of_pieces_are_those_of_their_words(pieces):
    question, answer = parsed(QUESTION, ANSWER)
    seen = pieces(question, answer)
    first, last = seen.in_question(*spans_of(QUESTION, "publish the review")[0])
    assert (seen.question[first - 1 : last - 1, 0].min(), seen.question[first - 1 : last - 1, 1].max()) == spans_of(
        QUESTION, "publish the review"
    )[0]
    first, last = seen.in_answer(*spans_of(ANSWER, "by 4 May")[0])
    assert first >= seen.answer_at
    own = seen.answer[first - seen.answer_at : last - seen.answer_at]
    assert (own[0, 0], own[-1, 1]) == spans_of(ANSWER, "by 4 May")[0]


def test_long_texts_are_cut_where_it_hurts_least(pieces):
    question, answer = parsed("We ask about the pier. " * 80 + "When will it open?", "It will open in May. " * 200)
    seen = pieces(question, answer)
    assert len(seen.ids) <= MOST_PIECES + 3
    assert len(seen.question) == MOST_OF_QUESTION
    assert seen.question[-1, 1] == len(question.text)
    assert seen.answer[0, 0] == 0
    assert seen.in_question(0, 5) == (0, 1)
    assert seen.in_answer(len(answer.text) - 5, len(answer.text)) is None


def test_it_gives_probabilities_of_the_right_shapes(encoder):
    question, answer = parsed(QUESTION, ANSWER)
    seen = encoder.read(question, answer, spans_of(QUESTION, "publish the review", "meet Mr Ottway"))
    assert seen.kinds.shape == (2, 14) and seen.outcomes.shape == (2, 3)
    assert seen.cases.shape == (4,) and seen.tags.shape == (19,) and seen.asked.shape == (2, len(ASKED))
    for probabilities in (seen.kinds, seen.outcomes, seen.cases):
        np.testing.assert_allclose(probabilities.sum(-1), 1, atol=1e-5)


@pytest.mark.parametrize(("question", "answer"), [("Why?", "-"), ("?", "."), ("Will he?", "")])
def test_texts_of_next_to_nothing(encoder, question, answer):
    seen = encoder.read(*parsed(question, answer), [])
    assert seen.kinds.shape == (0, 14) and np.isfinite(seen.tags).all()


def test_a_text_that_looks_like_our_masks_is_only_text(encoder):
    encoder.read(*parsed("Will he see [unused1] [CLS]?", "[unused99] [SEP] [MASK]"), [(0, 7)])


def test_other_people_leave_it_as_it_was(encoder):
    one = encoder.read(*parsed(QUESTION, ANSWER), spans_of(QUESTION, "publish the review"))
    swapped = [
        text.replace("Ottway", "Fernsby").replace("Mr ", "Mrs ").replace(" she ", " he ") for text in (QUESTION, ANSWER)
    ]
    other = encoder.read(*parsed(*swapped), spans_of(swapped[0], "publish the review"))
    np.testing.assert_array_equal(one.outcomes, other.outcomes)
    np.testing.assert_array_equal(one.tags, other.tags)


def test_what_is_asked_looks_more_like_it_than_what_leads_to_it(encoder):
    question, answer = parsed(QUESTION, ANSWER)
    asked, told = encoder.read(question, answer, spans_of(QUESTION, "publish the review", "Bus fares rose")).asked
    assert asked[ASKED.index("mean")] > 0.5 > told[ASKED.index("mean")]


def test_of_a_span_that_was_cut_off_nothing_is_seen(encoder):
    question = "When will it open? " + "We ask about the pier. " * 80
    (seen,) = encoder.read(*parsed(question, ANSWER), [(0, 17)]).asked
    assert set(seen) == {-1.0}


def test_some_of_the_spans_are_those_of_their_numbers(encoder):
    question, answer = parsed(QUESTION, ANSWER)
    seen = encoder.read(question, answer, spans_of(QUESTION, "publish the review", "meet Mr Ottway"))
    assert seen.of([1]).kinds.tolist() == seen.kinds[1:].tolist()
    assert seen.of([]).asked.shape == (0, len(ASKED))


def test_the_figures_of_a_span_are_of_its_pieces_and_those_beside_it():
    each = np.array([0.2, 0.0, 0.6, 1.0, 0.5, 0.5])
    seen = dict(zip(ASKED, asked_figures(each, 2, 4), strict=True))
    assert seen["mean"] == 0.8 and (seen["first"], seen["last"]) == (0.6, 1.0)
    assert (seen["before"], seen["after"]) == (0.1, 0.5)
    assert dict(zip(ASKED, asked_figures(each, 0, 6), strict=True))["before"] == -1.0


def test_a_span_is_judged_alike_alone_and_beside_others(encoder):
    question, answer = parsed(QUESTION, ANSWER)
    both = encoder.read(question, answer, spans_of(QUESTION, "publish the review", "meet Mr Ottway"))
    alone = encoder.read(question, answer, spans_of(QUESTION, "meet Mr Ottway"))
    np.testing.assert_allclose(both.outcomes[1], alone.outcomes[0], atol=1e-5)


def test_records_are_read_alike_alone_and_one_after_the_other(encoder):
    texts = ((QUESTION, ANSWER), ("Why?", "-"), (QUESTION, "No."))
    questions, answers = zip(*(parsed(*pair) for pair in texts), strict=True)
    spans = [spans_of(QUESTION, "publish the review"), [], spans_of(QUESTION, "meet Mr Ottway", "publish the review")]
    together = encoder.read_all(questions, answers, spans)
    for seen, question, answer, own in zip(together, questions, answers, spans, strict=True):
        alone = encoder.read(question, answer, own)
        for part in ("kinds", "outcomes", "asked", "cases", "tags"):
            np.testing.assert_array_equal(getattr(seen, part), getattr(alone, part))


def _copy(tmp_path):
    return shutil.copytree(encoder_path(), tmp_path / "encoder")


def test_a_broken_network_is_named(tmp_path):
    folder = _copy(tmp_path)
    (folder / NETWORK).write_bytes(b"no network")
    with pytest.raises(ModelError, match="does not load"):
        Encoder(folder)


def test_another_codebooks_encoder_is_refused(tmp_path):
    folder = _copy(tmp_path)
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    (folder / CONFIG).write_text(json.dumps({**config, "codebook": "0.1"}), encoding="utf-8")
    with pytest.raises(ModelError, match="another codebook"):
        Encoder(folder)


def test_a_folder_without_one(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        Encoder(tmp_path)
    with pytest.raises(ModelError, match="cannot be read"):
        encoder_sha256(tmp_path)


def test_a_grader_refuses_an_encoder_that_it_was_not_trained_beside(tmp_path):
    folder = _copy(tmp_path)
    (folder / NETWORK).write_bytes((folder / NETWORK).read_bytes() + b"\0")
    with pytest.raises(ModelError, match="not the one that the grader was trained beside"):
        Assessor(Settings(encoder=folder))


def test_the_fast_model_does_without_it():
    standard, fast = Assessor(), Assessor(Settings(model=Model.FAST))
    assert "with encoder" in standard.model
    assert "encoder" not in fast.model
    exchange = make_exchange(QUESTION, ANSWER)
    one, other = standard.assess_one(exchange), fast.assess_one(exchange)
    assert [o.ask.text for o in one.outcomes] == [o.ask.text for o in other.outcomes]
    assert one.probabilities != other.probabilities
