"""ConvoKit corpora: utterances in both spellings, with and without what stands beside them, and the table of 2017."""

import io
import json
from pathlib import Path

import pytest

from qa_assess.errors import ColumnError
from qa_assess.exchange import Exchange, Failure
from qa_assess.readers import read, sniff, utterances

ASKED = {
    "id": "2003-05-14a.310.2",
    "speaker": "person/901",
    "conversation_id": "2003-05-14a.310.2",
    "reply_to": None,
    "timestamp": "2003-05-14",
    "text": "Will the Minister keep the Tarnbrook ferry?",
    "meta": {
        "is_question": True, "is_answer": False, "pair_idx": "2003-05-14.4.0", "next_id": "2003-05-14a.310.3",
        "party": "teal", "dept_name": "Ferries", "govt": "harbottle", "tenure": 4.5, "arcs": [["keep", "ferry"]],
    },
}  # fmt: skip
ANSWERED = ASKED | {
    "id": "2003-05-14a.310.3",
    "speaker": "person/902",
    "reply_to": ASKED["id"],
    "text": "Yes, until 2007.",
    "meta": ASKED["meta"] | {"is_question": False, "is_answer": True, "next_id": None, "party": "plum"},
}


def lines(*utterances: object) -> bytes:
    return "".join(f"{json.dumps(one)}\n" for one in utterances).encode()


def records(*utterances: object) -> list[Exchange | Failure]:
    return list(read(io.BytesIO(lines(*utterances))))


def corpus(folder: Path, *utterances: object, **tables: object) -> Path:
    (folder / "utterances.jsonl").write_bytes(lines(*utterances))
    for name, table in tables.items():
        text = table if isinstance(table, str) else json.dumps(table)
        (folder / f"{name}.json").write_text(text)
    return folder


def test_a_pair_with_its_facts():
    (exchange,) = records(ASKED, ANSWERED)
    assert (exchange.question, exchange.answer) == (ASKED["text"], "Yes, until 2007.")
    assert (exchange.id, exchange.date, exchange.house) == ("2003-05-14a.310.2", "2003-05-14", "Commons")
    assert (exchange.asker, exchange.answerer, exchange.department) == ("person/901", "person/902", "Ferries")
    assert exchange.url == "https://www.theyworkforyou.com/debates/?id=2003-05-14a.310.2"
    assert exchange.extra == {
        "section": "oral", "pair_idx": "2003-05-14.4.0", "answer_id": "2003-05-14a.310.3",
        "party_asker": "teal", "party_answerer": "plum", "govt": "harbottle", "tenure": "4.5",
    }  # fmt: skip
    assert exchange.source == "stream:1"


def test_the_older_names_are_read_too():
    def older(utterance: dict) -> dict:
        names = {"speaker": "user", "conversation_id": "root", "reply_to": "reply-to"}
        return {names.get(name, name): value for name, value in utterance.items()}

    assert sniff(lines(older(ASKED))) == "convokit"
    assert records(older(ASKED), older(ANSWERED)) == records(ASKED, ANSWERED)


def test_answers_find_their_questions_wherever_they_stand():
    pairs = []
    for number in range(5):
        asked = ASKED | {"id": f"q{number}", "text": f"Why {number}?", "meta": {"is_question": True}}
        pairs += [asked, {**asked, "id": f"a{number}", "reply_to": f"q{number}", "text": f"So {number}."}]
        pairs[-1]["meta"] = {"is_answer": True}
    mixed = [*pairs[1::2], *reversed(pairs[::2])]
    found = records(*mixed)
    assert sorted((one.question, one.answer) for one in found) == [(f"Why {n}?", f"So {n}.") for n in range(5)]


def test_the_pair_index_serves_where_the_reply_does_not():
    (exchange,) = records(ASKED, ANSWERED | {"reply_to": None})
    assert exchange.answer == "Yes, until 2007."


def test_marks_may_be_words():
    asked = ASKED | {"meta": {"is_question": "True", "is_answer": "False"}}
    (exchange,) = records(asked, ANSWERED | {"meta": {"is_question": 0, "is_answer": 1}})
    assert exchange.answer == "Yes, until 2007."


def test_without_marks_replies_answer_and_a_reply_to_a_reply_asks_again():
    talk = [
        ("1", None, "Why?"),
        ("2", "1", "So."),
        ("3", "2", "And when?"),
        ("4", "3", "In May."),
        ("5", "4", "Thanks."),
    ]
    found = records(*({"id": i, "user": "x", "root": "1", "reply-to": r, "text": t, "meta": {}} for i, r, t in talk))
    assert [(one.id, one.answer) for one in found] == [("1", "So."), ("3", "In May.")]
    assert found[0].house == found[0].url == ""
    assert "section" not in found[0].extra


def test_what_has_no_other_half_is_seen():
    lost = ANSWERED | {"id": "a9", "reply_to": "q9", "meta": {"is_answer": True}}
    failure, *rest = sorted(records(ASKED, lost), key=lambda one: isinstance(one, Exchange))
    assert isinstance(failure, Failure)
    assert (failure.id, failure.stage) == ("a9", "read")
    assert "an answer to q9, which is not among the utterances" in failure.message
    assert [(one.question, one.answer) for one in rest] == [(ASKED["text"], "")]
    twice = records(ASKED, ANSWERED, ANSWERED | {"id": "a2"})
    assert [type(one) for one in twice] == [Exchange, Failure]
    again = records(ASKED, ASKED | {"text": "Will he resign?"}, ANSWERED)
    assert [(one.question[:15], bool(one.answer)) for one in again] == [
        ("Will the Minist", False),
        ("Will he resign?", True),
    ]


def test_what_waits_too_long_is_let_go_and_not_lost(monkeypatch):
    monkeypatch.setattr(utterances, "MOST_WAITING", 2 * len(ASKED["text"]))
    asked = [ASKED | {"id": f"q{n}", "meta": {"is_question": True}} for n in range(4)]
    found = records(*asked, ANSWERED | {"reply_to": "q3", "meta": {"is_answer": True}})
    assert [(one.id, bool(one.answer)) for one in found] == [("q0", False), ("q1", False), ("q3", True), ("q2", False)]


def test_names_and_headings_from_beside_the_utterances(tmp_path):
    speakers = {"person/901": {"meta": {"name": "Ann Ash"}, "vectors": []}, "person/902": {"name": "Bo Elm"}}
    talks = {ASKED["conversation_id"]: {"meta": {"title": "Ferries at Night"}, "vectors": []}}
    folder = corpus(tmp_path, ASKED, ANSWERED, speakers=speakers, conversations=talks)
    for path in (folder, folder / "utterances.jsonl"):
        (exchange,) = read(path)
        assert (exchange.asker, exchange.answerer, exchange.heading) == ("Ann Ash", "Bo Elm", "Ferries at Night")
        assert exchange.source == "utterances.jsonl:1"


@pytest.mark.parametrize("broken", ["{", "[1]", "[" * 100_000, ""])
def test_a_broken_file_beside_costs_the_names_only(tmp_path, broken):
    failure, exchange = read(corpus(tmp_path, ASKED, ANSWERED, speakers=broken))
    assert failure.message.startswith("speakers.json: cannot be read") and failure.hint
    assert exchange.asker == "person/901"


@pytest.mark.parametrize(
    "table", [{"person/901": None}, {"person/901": {"meta": 3}}, {"person/901": {"meta": {"name": ["x"]}}}, {}]
)
def test_a_speaker_without_a_name_stays_a_key(tmp_path, table):
    (exchange,) = read(corpus(tmp_path, ASKED, ANSWERED, speakers=table))
    assert exchange.asker == "person/901"


@pytest.mark.parametrize(
    "bad", [b'{"id": "7", "te', b"[]", b'{"id": "7"}', b'{"id": "7", "text": ["Why?"]}', b"null", b"[" * 100_000]
)
def test_a_bad_line_does_not_stop_the_others(bad):
    found = list(read(io.BytesIO(lines(ASKED) + bad + b"\n" + lines(ANSWERED))))
    assert [type(one) for one in found] == [Failure, Exchange]
    assert found[0].message.startswith("stream:2: ") and found[0].hint


@pytest.mark.parametrize(
    "value", [None, [], 7, "x", {"is_question": "odd", "is_answer": 0.5, "pair_idx": {}, "a": None}]
)
def test_odd_values_harm_nobody(value):
    odd = {"id": 5, "speaker": value, "reply_to": None, "timestamp": value, "text": "Why?", "meta": value}
    found = records(ASKED, odd, ANSWERED)
    assert [(one.id, bool(one.answer)) for one in found] == [(ASKED["id"], True), ("5", False)]


@pytest.mark.parametrize(
    ("time", "date"),
    [("2003-05-14", "2003-05-14"), (1052913600, "2003-05-14"), ("0", ""), (None, ""), (1e300, "1e+300")],
)
def test_times_as_corpora_write_them(time, date):
    plain = {"id": "1", "speaker": "x", "reply_to": None, "text": "Why?", "timestamp": time}
    assert records(plain)[0].date == date


TABLE = (
    "pair_idx\tanswer_text\tanswer_text_idx\tquestion_text\tquestion_text_idx\tasker\tanswerer\tdate\tgovt\t"
    "official_name\tmajor_name\tminor_name\n"
    '2003-05-14.4.0\t"Yes.\nUntil 2007."\t2003-05-14a.310.3\tWill he keep it?\t2003-05-14a.310.2\tperson/901\t'
    "<UNKNOWN>\t2003-05-14\tharbottle\tFerries\tFERRIES\tNight Boats\n"
)


def test_the_table_of_2017():
    (exchange,) = read(io.BytesIO(TABLE.encode()))
    assert (exchange.question, exchange.answer) == ("Will he keep it?", "Yes.\nUntil 2007.")
    assert (exchange.id, exchange.department, exchange.heading) == ("2003-05-14a.310.2", "Ferries", "Night Boats")
    assert (exchange.asker, exchange.answerer, exchange.date) == ("person/901", "", "2003-05-14")
    assert exchange.url.endswith("?id=2003-05-14a.310.2")
    assert exchange.extra == {
        "pair_idx": "2003-05-14.4.0", "section": "oral", "answer_id": "2003-05-14a.310.3", "govt": "harbottle",
        "major_name": "FERRIES",
    }  # fmt: skip


def test_a_broken_row_of_the_table_is_a_failure():
    first, second = read(io.BytesIO((TABLE + "2003-05-14.4.1\tNo.\n").encode()))
    assert isinstance(first, Exchange) and isinstance(second, Failure)
    with pytest.raises(ColumnError):
        read(io.BytesIO(b"pair_idx\tquestion_text_idx\tanswer_text_idx\n1\t2\t3\n"))


def test_what_is_not_a_corpus_is_left_to_others():
    assert sniff('{"id": "1", "question": "Why?", "answer": "So."}') == "jsonl"
    assert sniff('{"id": "1", "text": "x", "speaker": "y", "question": "Why?", "answer": "So."}') == "jsonl"
    assert sniff("pair_idx\tquestion\tanswer\n1\tWhy?\tSo.\n") == "tsv"
    assert sniff('{"id": "1", "speaker": "x", "reply_to": null, "text": "' + "x" * 70_000) == "convokit"


@pytest.mark.shared
def test_the_real_table(shared):
    # Counted by hand: the file has one row a pair, six of them (lines that begin with 2007-07-25.), in two questions.
    found = list(read(shared("samples/convokit_parliament_metadata_10.tsv")))
    assert [one.id for one in found] == [
        "2007-07-25b.821.8", "2007-07-25b.822.1", "2007-07-25b.822.3",
        "2007-07-25b.823.1", "2007-07-25b.823.3", "2007-07-25b.824.3",
    ]  # fmt: skip
    assert {one.department for one in found} == {"Northern Ireland"}
    assert found[-1].answerer == "person/10651"
    assert all(one.answer and one.url for one in found)
