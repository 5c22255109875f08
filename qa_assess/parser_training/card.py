"""Writes what lies beside the weights: the model card, the licence notice and the meta data."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import Any

from qa_assess.parser_training.scores import GRADED_ENTITIES, MEASURES, TEST_SETS

HERE = Path(__file__).parent
NAME = "hansard_ud_sm"
VERSION = "0.1.0"
COMMAND = "python -m qa_assess.parser_training --data ../shared/data/treebanks --output models/en_hansard_ud_sm"
LICENSE = "CC BY-SA 4.0"
SOURCES: tuple[Mapping[str, str], ...] = (
    {
        "name": "UD English EWT (commit 15d613d), train and dev",
        "url": "https://github.com/UniversalDependencies/UD_English-EWT",
        "license": "CC BY-SA 4.0",
        "author": "Stanford NLP Group and contributors (Natalia Silveira, Timothy Dozat, Christopher Manning et al.)",
    },
    {
        "name": "GUM, Georgetown University Multilayer corpus, train, nine genres (academic, bio, court, interview, "
        "news, speech, textbook, vlog, voyage)",
        "url": "https://github.com/amir-zeldes/gum",
        "license": "annotations CC BY 4.0, texts CC BY, CC BY-SA or public domain",
        "author": "Amir Zeldes et al.",
    },
    {
        "name": "Universal NER, English EWT (blob 236914d), train and dev",
        "url": "https://github.com/UniversalNER/UNER_English-EWT",
        "license": "CC BY-SA 4.0",
        "author": "Stephen Mayhew et al.",
    },
    {
        "name": "qa-assess parliamentary frames",
        "url": "",
        "license": "our own sentences, with phrases spliced in from EWT and GUM",
        "author": "The qa-assess authors",
    },
)


def meta() -> dict[str, Any]:
    """What `meta.json` says of the pipeline, beyond what spaCy itself puts there."""
    return {
        "name": NAME,
        "version": VERSION,
        "description": "Small CPU pipeline for Hansard-style questions and answers, Universal Dependencies labels.",
        "author": "The qa-assess authors",
        "license": LICENSE,
        "spacy_version": ">=3.8.7,<3.9.0",
        "sources": [dict(source) for source in SOURCES],
    }


def versions() -> dict[str, str]:
    """The versions that the weights depend on."""
    return {name: version(name) for name in ("spacy", "thinc", "numpy", "lemminflect")}


def write_card(scores: Mapping[str, Any], folder: Path) -> None:
    """Writes `README.md` and `LICENSE`."""
    sources = "\n".join(f"- {s['name']}, by {s['author']}: {s['license']}. {s['url']}".rstrip() for s in SOURCES)
    fields = {
        "command": COMMAND,
        "version": VERSION,
        "sources": sources,
        "treebanks": _treebank_table(scores),
        "relations": _relation_table(scores),
        "entities": _entity_table(scores["entities"]),
        "versions": ", ".join(f"{name} {number}" for name, number in scores["versions"].items()),
        "seconds": "about 30 minutes on one core",
    }
    for template, name in (("card.md", "README.md"), ("notice.txt", "LICENSE")):
        text = Template((HERE / template).read_text(encoding="utf-8")).substitute(fields)
        (folder / name).write_text(text, encoding="utf-8")


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _treebank_table(scores: Mapping[str, Any]) -> str:
    head = ["test set", "tokens", "stage", "tag", "pos", "lemma", "UAS", "LAS", "sentences F", "NER F (by type)"]
    rows = []
    for name in TEST_SETS:
        for stage in ("stage_1", "stage_2"):
            row = scores[stage]["treebanks"][name]
            types = ", ".join(f"{kind} {value}" for kind, value in row.get("ents_f_per_type", {}).items())
            ner = f"{row['ents_f']} ({types})" if "ents_f" in row else "no gold"
            rows.append([name, row["tokens"], stage[-1], *(row[measure] for measure in MEASURES), ner])
    return _table(head, rows)


def _relation_table(scores: Mapping[str, Any]) -> str:
    head = ["stage", "sentences", "relations right", "percent", "sentences all right", "sentence counts right"]
    rows = []
    for stage in ("stage_1", "stage_2"):
        row = scores[stage]["relations"]
        counts = f"{row['right']} of {row['relations']}"
        whole = (row["all_right"], row["sentence_counts_right"])
        rows.append([stage[-1], row["questions"], counts, row["percent"], *whole])
    return _table(head, rows)


def _entity_table(sets: Mapping[str, Any]) -> str:
    head = ["cases", "components", "label", "right", "missed", "false", "F"]
    rows = []
    for cases, ways in sets.items():
        for way, row in ways.items():
            labels = ("all", *sorted(GRADED_ENTITIES)) if way == "ner, then ruler" else ("all",)
            rows += [[cases, way, k, *(row[k][n] for n in ("right", "missed", "false", "f"))] for k in labels]
    return _table(head, rows)
