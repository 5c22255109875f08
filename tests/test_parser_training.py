"""The recipe of the parser: notation, frames, splicing, patterns, stages; no training here."""

import json
import random
import re
from itertools import count

import pytest
import spacy
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from qa_assess.errors import InputError, LabelError, OutputError
from qa_assess.parser_training import analysis, card, entities, frames, grammar, lexicon, scores, splice, stages, trees
from qa_assess.parser_training.__main__ import main
from qa_assess.parser_training.recipe import NEEDED, check_data, check_output

UD_RELATIONS = frozenset(
    """ROOT acl acl:relcl advcl advmod amod appos aux aux:pass case cc ccomp compound compound:prt conj cop csubj det
    discourse expl fixed flat iobj mark nmod nmod:desc nmod:poss nmod:unmarked nsubj nsubj:pass nummod obj obl
    obl:agent obl:unmarked parataxis punct xcomp""".split()  # noqa: SIM905
)


@pytest.fixture
def sampler():
    return frames.read_sampler(7)


@pytest.fixture(scope="module")
def docs():
    return list(frames.sample_docs(frames.read_sampler(11), Vocab(), 600))


@pytest.fixture
def gold():
    """Two small gold docs of our own, for cutting."""
    vocab = Vocab()
    sold = Doc(
        vocab,
        words=["The", "council", "has", "sold", "the", "old", "farm", "to", "Marlow", "Rail", "."],
        tags=["DT", "NN", "VBZ", "VBN", "DT", "JJ", "NN", "IN", "NNP", "NNP", "."],
        pos=["DET", "NOUN", "AUX", "VERB", "DET", "ADJ", "NOUN", "ADP", "PROPN", "PROPN", "PUNCT"],
        lemmas=["the", "council", "have", "sell", "the", "old", "farm", "to", "Marlow", "Rail", "."],
        heads=[1, 3, 3, 3, 6, 6, 3, 9, 9, 3, 3],
        deps=["det", "nsubj", "aux", "ROOT", "det", "amod", "obj", "case", "compound", "obl", "punct"],
        ents=["O", "O", "O", "O", "O", "O", "O", "O", "B-ORG", "I-ORG", "O"],
    )
    wants = Doc(
        vocab,
        words=["They", "want", "to", "open", "it"],
        tags=["PRP", "VBP", "TO", "VB", "PRP"],
        pos=["PRON", "VERB", "PART", "VERB", "PRON"],
        lemmas=["they", "want", "to", "open", "it"],
        heads=[1, 1, 3, 1, 3],
        deps=["nsubj", "ROOT", "mark", "xcomp", "obj"],
    )
    return [sold, wants]


def words(node):
    return [part.word for part in trees.in_order(node)]


# notation


def test_groups_optional_items_and_entities_are_read():
    items = grammar.read_items("~obl:unmarked:LAST nsubj:(det:the *@ORG(*Treasury/NNP)) *act/VB punct:; punct:,")
    assert [(item.rel, item.optional) for item in items[:3]] == [("obl:unmarked", True), ("nsubj", False), ("*", False)]
    assert items[1].group[1].entity == "ORG"
    assert [item.word for item in items[3:]] == [";", ","]


@pytest.mark.parametrize("text", ["aux:will nsubj:he", "*act/VB *go/VB", "nsubj:(det:the) *act/VB", "he *act/VB"])
def test_frames_without_exactly_one_head_are_refused(text):
    with pytest.raises(LabelError):
        grammar.read_items(text)


def test_a_name_may_stand_only_once(tmp_path):
    path = tmp_path / "frames.txt"
    path.write_text("AA\n  1| *go/VB\nAA\n  1| *go/VB\n", encoding="utf-8")
    with pytest.raises(LabelError, match="twice"):
        grammar.read_grammar(path)


def test_every_name_leads_somewhere_and_only_one_way(sampler):
    def names(items):
        for item in items:
            yield from ([item.name] if item.name else names(item.group))

    taken = {name for rules in sampler.grammar.values() for rule in rules for name in names(rule.items)}
    taken |= {name for verbs in sampler.lexicon.verbs.values() for verb in verbs for name in names(verb.takes)}
    known = set(sampler.grammar) | set(sampler.lexicon.lists) | set(splice.TESTS)
    assert {name for name in taken - known if not frames.VERB.fullmatch(name)} == set()
    assert not set(sampler.grammar) & set(sampler.lexicon.lists)
    assert set(sampler.grammar) - taken == {"TURN"}, "a name that nothing calls for"


def test_every_word_of_every_frame_has_an_analysis(sampler):
    def literals(items):
        for item in items:
            yield from ([(item.word, item.rel)] if item.word else literals(item.group))

    every = {w for rules in sampler.grammar.values() for rule in rules for w in literals(rule.items)}
    assert len(every) > 200
    for word, rel in every:
        tag = lexicon.word_node(sampler.lexicon, word, rel).tag
        assert tag in analysis.POS or tag in ("AGR", "PAST"), word


# frames


def test_sampled_docs_are_valid_projective_trees(docs):
    assert sum(len(list(doc.sents)) for doc in docs) >= 600
    for doc in docs:
        assert len(list(doc.sents)) == sum(token.dep_ == "ROOT" for token in doc)
        for token in doc:
            assert token.sent.start <= token.head.i < token.sent.end
            assert token.dep_ in UD_RELATIONS, (token, token.dep_)
            assert token.pos_
            assert token.tag_
            assert token.lemma_
            subtree = [t.i for t in token.subtree]
            assert subtree == list(range(subtree[0], subtree[-1] + 1)), doc.text


def test_many_docs_hold_several_sentences_and_the_abbreviations_of_the_house(docs):
    several = sum(len(list(doc.sents)) > 1 for doc in docs)
    assert several / len(docs) > 0.3
    assert any("my right hon. Friend" in doc.text for doc in docs)


def test_sampled_texts_read_as_text(docs):
    for doc in docs:
        assert not re.search(r"\s[,.?;:%)]|[(£]\s|\s's\b", doc.text), doc.text
        assert not re.search(r"\b[Aa] [aeio]|\b[Aa]n [bcdfghjklmnpqrstvwxyz]", doc.text), doc.text
        assert all(sent.text[0] in "£" or not sent.text[0].islower() for sent in doc.sents), doc.text


def test_the_same_seed_samples_the_same_docs():
    first, second, other = (
        [doc.to_bytes() for doc in frames.sample_docs(frames.read_sampler(seed), Vocab(), 40)] for seed in (3, 3, 4)
    )
    assert first == second != other


def test_every_kind_of_sentence_can_be_sampled(sampler):
    for name in {item.name for rule in sampler.grammar["TURN"] for item in rule.items}:
        for _ in range(30):
            assert words(sampler.tree(name))[-1] in {".", "?"}


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ("aux:do/AGR nsubj:they *agree/VB punct:?", "Do they agree?"),
        ("aux:do/AGR nsubj:he *agree/VB punct:?", "Does he agree?"),
        ("advmod:why aux:pass:be/PAST nsubj:pass:(det:the *farms/NNS) *sold/VBN punct:?", "Why were the farms sold?"),
        ("nsubj:I cop:be/AGR *grateful/JJ punct:.", "I am grateful."),
        ("nsubj:we aux:have/AGR *acted/VBN punct:.", "We have acted."),
        ("nsubj:he *took/VBD obj:(det:a *oath/NN) punct:.", "He took an oath."),
        ("*farms/NNS acl:relcl:(nsubj:who aux:have/AGR *closed/VBN)", "Farms who have closed"),
    ],
)
def test_agreement_articles_and_capitals(sampler, frame, sentence):
    tree = analysis.complete(sampler._built(grammar.read_items(frame), "ROOT"), random.Random(0))
    assert trees.doc_of(Vocab(), [tree]).text.strip() == sentence


@pytest.mark.parametrize(
    ("frame", "word", "pos", "feature"),
    [
        ("mark:that nsubj:he *acts/VBZ", "that", "SCONJ", ""),
        ("case:of *farms/NNS", "of", "ADP", ""),
        ("aux:have/AGR nsubj:he *acted/VBN", "has", "AUX", "Number=Sing"),
        ("nsubj:we *have/VBP obj:farms/NNS", "have", "VERB", "Person=1"),
        ("nsubj:pass:it aux:pass:been *sold/VBN", "sold", "VERB", "Voice=Pass"),
        ("obj:what nsubj:he *said/VBD", "what", "PRON", "PronType=Int"),
        ("obj:(det:what *farms/NNS) nsubj:he *sold/VBD", "what", "DET", "PronType=Int"),
        ("*man/NN acl:relcl:(nsubj:who *left/VBD)", "who", "PRON", "PronType=Rel"),
        ("nsubj:he advmod:not *act/VB", "not", "PART", "Polarity=Neg"),
    ],
)
def test_what_depends_on_the_relation(sampler, frame, word, pos, feature):
    tree = analysis.complete(sampler._built(grammar.read_items(frame), "ROOT"), random.Random(0))
    node = next(node for node in trees.in_order(tree) if node.word.lower() == word)
    assert node.pos == pos
    assert feature in node.morph


def test_entities_of_frames_keep_apart(sampler):
    frame = "nsubj:(det:the *@ORG(*Treasury/NNP)) conj:(cc:and *@ORG(*Shelter/NNP)) *act/VB"
    tree = analysis.complete(sampler._built(grammar.read_items(frame), "ROOT"), random.Random(0))
    doc = trees.doc_of(Vocab(), [tree])
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Treasury", "ORG"), ("Shelter", "ORG")]


# splicing


def test_phrases_are_cut_where_they_should_be(gold):
    cuts = splice.cut_phrases(gold)
    found = {name: [" ".join(words(splice.graft(cut, count()))) for cut in cuts[name]] for name in cuts}
    assert found["GOLD_NP"] == ["the old farm", "Marlow Rail"]
    assert found["GOLD_VB"] == ["open it"]
    assert found["GOLD_CLAUSE"] == ["the council has sold the old farm to Marlow Rail", "they want to open it"]
    assert found["GOLD_VBN"] == ["sold the old farm to Marlow Rail"]
    assert found["GOLD_SENTENCE"] == ["the council has sold the old farm to Marlow Rail ."]
    assert found["GOLD_VBG"] == []


def test_grafts_keep_labels_and_entities(gold):
    cuts = splice.cut_phrases(gold)
    node = splice.graft(cuts["GOLD_VBN"][0], count())
    node.rel = "ROOT"
    doc = trees.doc_of(gold[0].vocab, [node])
    source = gold[0][3:10]
    for kept in ("dep_", "tag_", "pos_", "lemma_"):
        assert [getattr(token, kept) for token in doc] == [getattr(token, kept) for token in source]
    assert [(token.head.i + 3) for token in doc] == [token.head.i for token in source]
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("Marlow Rail", "ORG")]


def test_where_the_source_has_no_entities_the_graft_claims_none(gold):
    cut = splice.cut_phrases([gold[1]])["GOLD_VB"][0]
    doc = trees.doc_of(gold[1].vocab, [splice.graft(cut, count())])
    assert [token.ent_iob_ for token in doc] == ["", ""]


def test_frames_take_in_cut_phrases(gold):
    sampler = frames.read_sampler(2, splice.cut_phrases(gold))
    text = " ".join(doc.text for doc in frames.sample_docs(sampler, gold[0].vocab, 60))
    assert "the old farm" in text


@pytest.mark.shared
def test_treebank_phrases_are_plain_and_whole(shared):
    path = shared("treebanks/gum_train.spacy")
    vocab = Vocab()
    cuts = splice.cut_phrases(list(DocBin().from_disk(path).get_docs(vocab))[:400])
    assert all(len(cuts[name]) > 1 for name in splice.TESTS)
    for name, found in cuts.items():
        for cut in found[:100]:
            node = splice.graft(cut, count())
            node.rel = "ROOT"
            doc = trees.doc_of(vocab, [node])
            assert doc.text.isascii(), name
            assert len(list(doc.sents)) == 1


# entities


@pytest.fixture(scope="module")
def ruler():
    nlp = spacy.blank("en")
    for word in stages.ABBREVIATIONS:
        nlp.tokenizer.add_special_case(word, [{"ORTH": word}])
    added = nlp.add_pipe("entity_ruler")
    added.add_patterns([p for p in entities.read_patterns() if not any("POS" in part for part in p["pattern"])])
    return nlp


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("It closes on 3 May 2027.", "DATE", "3 May 2027"),
        ("By the end of next month, then.", "DATE", "the end of next month"),
        ("It fell in 2023-24.", "DATE", "2023-24"),
        ("We expect it in late autumn 2025.", "DATE", "late autumn 2025"),
        ("He replied within a fortnight.", "DATE", "within a fortnight"),
        ("It cost £4.2 billion.", "MONEY", "£4.2 billion"),
        ("It cost 12½p each.", "MONEY", "12½p"),
        ("A duty of ten shillings was laid on it.", "MONEY", "ten shillings"),
        ("Some 33.4 per cent fell ill.", "PERCENT", "33.4 per cent"),
        ("About 12,500 homes stand empty.", "QUANTITY", "12,500"),
        ("It is nine miles away.", "QUANTITY", "nine miles"),
        ("Ask the Department for Culture, Media and Sport.", "ORG", "Department for Culture, Media and Sport"),
        ("We spoke to Thornby County Council.", "ORG", "Thornby County Council"),
        ("I thank the right hon. Member for Marlow East.", "PERSON", "the right hon. Member for Marlow East"),
        ("Then Baroness Petherick rose.", "PERSON", "Baroness Petherick"),
        ("Ask the Secretary of State for Energy Security and Net Zero.", "PERSON", None),
    ],
)
def test_patterns_find(ruler, text, label, found):
    spans = [(ent.label_, ent.text) for ent in ruler(text).ents]
    wanted = found or "the Secretary of State for Energy Security and Net Zero"
    assert (label, wanted) in spans, spans


@pytest.mark.parametrize(
    "text",
    [
        "May I ask the Minister to march on?",
        "Will he raise the winter fuel payment?",
        "One of them must go.",
        "The authority trusts the council.",
        "He will spring a surprise in due course.",
    ],
)
def test_patterns_do_not_find(ruler, text):
    assert not ruler(text).ents


def test_may_and_march_alone_need_a_proper_noun():
    patterns = [p for p in entities.read_patterns() if any("POS" in part for part in p["pattern"])]
    assert [p["pattern"][0]["TEXT"]["IN"] for p in patterns] == [["May", "March"]]


def test_patterns_have_known_labels_and_can_be_written_as_json():
    patterns = entities.read_patterns()
    assert {p["label"] for p in patterns} == scores.GRADED_ENTITIES
    assert json.loads(json.dumps(patterns)) == patterns


# scores


def test_relations_are_looked_up_by_word_place_and_kind():
    heads, deps = [1, 1, 1, 4, 1], ["nsubj", "ROOT", "obl:unmarked", "nsubj:pass", "conj"]
    doc = Doc(Vocab(), words=["he", "left", "today", "he", "gone"], heads=heads, deps=deps)
    assert scores.has_relation(doc, "he nsubj left")
    assert scores.has_relation(doc, "today obl gone|left")
    assert scores.has_relation(doc, "left root -")
    assert not scores.has_relation(doc, "he#2 nsubj gone"), "nsubj does not take nsubj:pass"
    assert not scores.has_relation(doc, "he nsubj gone")
    assert not scores.has_relation(doc, "she nsubj left")


def test_entity_scores_count_right_missed_and_false():
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Ofgem"}])
    cases = [scores.Case("Ofgem wrote to Ofwat.", ("ORG Ofwat",)), scores.Case("Ofgem acts.", ("ORG Ofgem",))]
    row = scores.entity_scores(nlp, cases)["ORG"]
    assert row == {"right": 1, "missed": 1, "false": 1, "f": 50.0}


@pytest.mark.parametrize("path", [scores.RELATIONS, scores.ENTITY_CASES, scores.HELD_OUT_CASES])
def test_the_test_sets_are_well_formed(path, tmp_path):
    nlp = spacy.load(stages.tokenizer_base(tmp_path)) if path == scores.RELATIONS else None
    cases = list(scores.read_cases(path))
    assert len(cases) >= 15
    assert len({case.text for case in cases}) == len(cases)
    for case in cases:
        for expected in case.expected:
            if nlp is None:
                label, text = expected.split(" ", 1)
                assert label in scores.GRADED_ENTITIES
                assert text in case.text
            elif not expected.startswith("="):
                dependent, _, governors = expected.split()
                doc = nlp.make_doc(case.text)
                assert all(scores.find_token(doc, word) for word in [dependent, *governors.split("|")] if word != "-")


# the door, the stages, the card


def test_the_tokenizer_keeps_the_stops_of_the_house(tmp_path):
    nlp = spacy.load(stages.tokenizer_base(tmp_path / "base"))
    assert [token.text for token in nlp("My rt. hon. Friend.")] == ["My", "rt.", "hon.", "Friend", "."]


def test_stage_2_goes_on_from_stage_1(tmp_path):
    config = stages.stage_2_config(tmp_path / "c.spacy", tmp_path / "d.spacy", tmp_path / "stage1", 50)
    assert {part["source"] for part in config["components"].values()} == {str(tmp_path / "stage1")}
    assert list(config["components"]) == config["nlp"]["pipeline"]
    assert config["training"]["max_steps"] == config["training"]["optimizer"]["learn_rate"]["total_steps"] == 50


def test_missing_treebanks_and_foreign_folders_stop_the_recipe(tmp_path, capsys):
    with pytest.raises(InputError, match="pud"):
        check_data(tmp_path)
    (tmp_path / "thesis.doc").write_text("ten years of work", encoding="utf-8")
    with pytest.raises(OutputError):
        check_output(tmp_path)
    assert main(["--data", str(tmp_path), "--output", str(tmp_path / "model")]) == 2
    assert NEEDED[0] in capsys.readouterr().err


def test_corpora_are_merged_in_their_order(tmp_path):
    vocab = Vocab()
    for name, word in (("a", "first"), ("b", "second")):
        DocBin(docs=[Doc(vocab, words=[word])]).to_disk(tmp_path / f"{name}.spacy")
    paths = [tmp_path / "a.spacy", tmp_path / "b.spacy"]
    merged = stages.merge_bins(paths, tmp_path / "all.spacy", [Doc(vocab, words=["third"])])
    texts = [doc.text.strip() for doc in DocBin().from_disk(merged).get_docs(vocab)]
    assert texts == ["first", "second", "third"]


def test_the_card_is_written_from_the_scores(tmp_path):
    row = dict.fromkeys(scores.MEASURES, 12.34) | {
        "tokens": 9,
        "ents_f": 5.0,
        "ents_f_per_type": {"ORG": 4.0},
    }
    stage = {
        "treebanks": dict.fromkeys(scores.TEST_SETS, row),
        "relations": {
            "questions": 1,
            "right": 3,
            "relations": 4,
            "percent": 75.0,
            "all_right": 0,
            "sentence_counts_right": 1,
        },
    }
    found = scores.entity_scores(spacy.blank("en"), [scores.Case("Ofgem left.", ("ORG Ofgem",))])
    entities_found = {"seen": {"ner, then ruler": found}}
    card.write_card(
        {"stage_1": stage, "stage_2": stage, "entities": entities_found, "versions": {"spacy": "3"}}, tmp_path
    )
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "12.34" in text
    assert "3 of 4" in text
    assert "| seen | ner, then ruler | ORG | 0 | 1 | 0 | 0.0 |" in text
    assert not re.search(r"\$[a-z{]", text)
    assert all(source["author"] in (tmp_path / "LICENSE").read_text(encoding="utf-8") for source in card.SOURCES)
