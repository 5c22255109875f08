"""The one module that knows all rooms: exchanges in, assessments out, in order, a batch at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc
from threadpoolctl import ThreadpoolController

from qa_assess.asks import find_spans, name_asks, preamble
from qa_assess.candidates import Candidate, candidates
from qa_assess.codebook import Grade, Status
from qa_assess.concern import concern_figures, concern_probabilities
from qa_assess.encoder import Encoder, Impression, encoder_sha256
from qa_assess.errors import ModelError
from qa_assess.evidence import quote
from qa_assess.exchange import LOW_CONFIDENCE, Ask, Assessment, Exchange, Failure, Outcome, ResponseTag, Result, Span
from qa_assess.feedback import feedback
from qa_assess.grader import Verdict, cases, decide, grade_figures, grade_texts, rule
from qa_assess.model_files import load, read_config
from qa_assess.outcomes import best_sentence, judge
from qa_assess.pairs import Overlap, Pair
from qa_assess.pipeline import load_parser, parse
from qa_assess.readings import Reading
from qa_assess.replies import no_grade
from qa_assess.resources import encoder_path, grader_path
from qa_assess.settings import Model, Settings
from qa_assess.tags import find_tags, primary_tag, tag_figures
from qa_assess.wording import topics, words

# Of an unmet ask: the least probability at which a sentence is quoted as what stands in the answer's place
_NEAR = 0.3
# The least probability at which facts on the concern are quoted where the grade does not rest on them
_FACTS = 0.5

Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class _Asked:
    """An exchange on its way: parsed, its asks found."""

    exchange: Exchange
    question: Doc
    answer: Reading
    asks: tuple[Ask, ...]
    seen: Impression | None


@dataclass(frozen=True)
class _Draft:
    """What was found and decided of one exchange."""

    outcomes: tuple[Outcome, ...]
    facts: Span | None
    tags: tuple[ResponseTag, ...]
    verdict: Verdict


def _encoder(settings: Settings, wanted: str | None) -> Encoder | None:
    """The encoder that a grader was trained beside; none where it was trained without.

    Raises:
        ModelError: The encoder is missing, broken, or another than the grader's.
    """
    if wanted is None:
        return None
    folder = encoder_path(settings.encoder)
    if encoder_sha256(folder) != wanted:
        hint = "name the grader's own encoder, or train the grader beside this one"
        raise ModelError(f"the encoder at {folder} is not the one that the grader was trained beside", hint=hint)
    return Encoder(folder)


class Assessor:
    """Assesses exchanges with a parser and a grader that are loaded once.

    Args:
        settings: Which models, how large a batch.

    Raises:
        ModelError: A model is missing, broken or of another codebook.

    >>> assessor = Assessor()
    >>> exchange = Exchange("1", "When will the Minister publish the report?", "It will be published on 4 May.")
    >>> assessor.assess_one(exchange).outcomes[0].ask.kind
    <Kind.TIMELINE: 'timeline'>
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        folder = grader_path(self.settings.grader, self.settings.model)
        config = read_config(folder)
        self.model = f"{config['name']} {config['version']}"
        self.sure_at = float(config.get("sure_at", 0.0))
        self._encoder = _encoder(self.settings, config.get("encoder"))
        if self._encoder:
            self.model += f" with encoder {self._encoder.version}"
        if self.settings.grader and all(read_config(grader_path(None, shipped)) != config for shipped in Model):
            # `train` gives each grader the same name and version.
            self.model = f"own {self.model}"
        self._nlp = load_parser(self.settings.parser)
        self._models = load(folder)
        self._overlap = Overlap(self._models.rarity)
        self._threads = ThreadpoolController()

    def assess_one(self, exchange: Exchange) -> Assessment:
        """Assess one exchange.

        Raises:
            ValueError: It cannot be assessed; the message says why.
        """
        (result,) = self.assess([exchange])
        if isinstance(result, Failure):
            raise ValueError(f"{result.message} ({result.hint})" if result.hint else result.message)
        return result

    def assess(self, exchanges: Iterable[Exchange | Failure]) -> Iterator[Result]:
        """Assess exchanges in their order; failures pass through, and a record that cannot be assessed becomes one."""
        stream = iter(exchanges)
        while batch := list(islice(stream, self.settings.batch_size)):
            yield from self._batch(batch)

    def _batch(self, batch: Sequence[Exchange | Failure]) -> list[Result]:
        checked = [e if isinstance(e, Failure) else self._refuse(e) or e for e in batch]
        todo = [e for e in checked if isinstance(e, Exchange)]
        # Sums depend on how many threads share them: one gives the same bytes whatever the machine, and leaves
        # the other cores to other processes.
        with self._threads.limit(limits=1):
            try:
                done: list[Result] = list(self._assess_all(todo))
            except Exception:  # one record must not take its batch along: try each by itself
                done = [self._alone(e) for e in todo]
        results = iter(done)
        return [e if isinstance(e, Failure) else next(results) for e in checked]

    def _alone(self, exchange: Exchange) -> Result:
        try:
            return next(iter(self._assess_all([exchange])))
        except Exception as error:
            return Failure(
                exchange.id,
                "assess",
                f"this record could not be assessed: {type(error).__name__}: {error}",
                "please report it with the record",
                exchange.source,
                exchange,
            )

    def _refuse(self, exchange: Exchange) -> Failure | None:
        limit = self.settings.max_characters
        for what, text in (("question", exchange.question), ("answer", exchange.answer)):
            if len(text) > limit:
                message = f"the {what} has {len(text):,} characters; the longest that is graded has {limit:,}"
                hint = "is it a whole document? Split it into one record a question, or raise max_characters"
                return Failure(exchange.id, "assess", message, hint, exchange.source, exchange)
        if not exchange.question.strip():
            hint = "fill in the question; without one there is nothing to grade the answer against"
            return Failure(exchange.id, "assess", "the record has no question text", hint, exchange.source, exchange)
        return None

    def _assess_all(self, exchanges: Sequence[Exchange]) -> list[Assessment]:
        size = self.settings.batch_size
        questions = list(parse(self._nlp, [e.question for e in exchanges], batch_size=size, entities=False))
        answers = [Reading(d) for d in parse(self._nlp, [e.answer for e in exchanges], batch_size=size)]
        proposed = [candidates(doc) for doc in questions]
        looked = self._look(questions, answers, proposed)
        asked_like = [s.asked for s in looked if s] if self._encoder else None
        chosen = find_spans(questions, proposed, self._models.asks, asked_like)
        spans = [[own[n] for n in at] for own, at in zip(proposed, chosen, strict=True)]
        seen = [s and s.of(at) for s, at in zip(looked, chosen, strict=True)]
        kinds = [s.kinds for s in seen if s] if self._encoder else None
        asks = name_asks(questions, spans, self._models.asks, kinds)
        asked = [_Asked(*parts) for parts in zip(exchanges, questions, answers, asks, seen, strict=True)]
        reasons = [no_grade(e) for e in exchanges]
        readable = [a for a, reason in zip(asked, reasons, strict=True) if reason is None and a.answer.sentences]
        assessed = {id(a): result for a, result in zip(readable, self._graded(readable), strict=True)}
        return [
            assessed[id(a)] if id(a) in assessed else self._without_grade(a, *(reason or (Grade.UNGRADED, "no words")))
            for a, reason in zip(asked, reasons, strict=True)
        ]

    def _look(
        self, questions: Sequence[Doc], answers: Sequence[Reading], spans: Sequence[Sequence[Candidate]]
    ) -> Sequence[Impression | None]:
        if self._encoder is None:
            return [None] * len(questions)
        places = [[(c.start, c.end) for c in own] for own in spans]
        return self._encoder.read_all(questions, [answer.doc for answer in answers], places)

    def _without_grade(self, asked: _Asked, grade: Grade, reason: str, tags: Sequence[ResponseTag] = ()) -> Assessment:
        return Assessment(
            exchange=asked.exchange,
            context=preamble(asked.exchange.question, asked.asks),
            tags=tuple(tags),
            primary_tag=primary_tag(tags),
            grade=grade,
            grade_strict=grade,
            feedback=feedback(asked.question, (), grade=grade, tags=tags),
            reason=reason,
            flags=asked.exchange.flags,
            model=self.model,
        )

    def _no_ask(self, asked: _Asked, tags: Sequence[ResponseTag]) -> Assessment:
        return self._without_grade(asked, Grade.NO_ASK, "nothing was asked", tags)

    def _graded(self, asked: Sequence[_Asked]) -> list[Assessment]:
        if not asked:
            return []
        overlap, models = self._overlap, self._models
        readings = [a.answer for a in asked]
        rows = np.array([tag_figures(a.question, a.asks, a.answer, overlap) for a in asked])
        seen = [a.seen for a in asked if a.seen]
        tags = find_tags(readings, rows, models.tags, np.array([s.tags for s in seen]) if seen else None)
        facts = concern_probabilities(
            readings, [concern_figures(a.question, a.asks, a.answer, overlap) for a in asked], models.concern
        )
        pairs = [[Pair(ask, a.asks, a.question, a.answer, overlap) for ask in a.asks] for a in asked]
        flat = [pair for own in pairs for pair in own]
        if not flat:
            return [self._no_ask(a, own) for a, own in zip(asked, tags, strict=True)]
        judged, sentences = judge(flat, models.outcomes, np.vstack([s.outcomes for s in seen]) if seen else None)
        ends = np.cumsum([len(own) for own in pairs])[:-1]
        per_record = np.split(judged, ends)
        with_asks = [n for n, own in enumerate(pairs) if own]
        shown = (
            np.array([rule(per_record[n], facts[n]) for n in with_asks]),
            np.array([grade_figures(per_record[n], facts[n], asked[n].asks, rows[n]) for n in with_asks]),
            grade_texts([" ".join(words(asked[n].question)) for n in with_asks], [readings[n] for n in with_asks]),
        )
        probabilities = cases(shown, models.grade, np.array([seen[n].cases for n in with_asks]) if seen else None)
        verdicts = {n: decide(p, per_record[n]) for n, p in zip(with_asks, probabilities, strict=True)}
        found = iter(sentences)
        results = []
        for n, a in enumerate(asked):
            if n not in verdicts:
                results.append(self._no_ask(a, tags[n]))
                continue
            outcomes = tuple(
                self._outcome(pair, status, row, next(found))
                for pair, status, row in zip(pairs[n], verdicts[n].statuses, per_record[n], strict=True)
            )
            draft = _Draft(outcomes, self._facts(a, verdicts[n], facts[n]), tags[n], verdicts[n])
            results.append(self._assessment(a, draft))
        return results

    def _outcome(self, pair: Pair, status: Status, row: Probabilities, sentences: Probabilities) -> Outcome:
        best = best_sentence(sentences)
        near = status is not Status.NONE or 1 - sentences[best, 0] >= _NEAR
        span = quote(pair.answer.sentences[best], pair.topics, self._overlap) if near else None
        none, partial, full = (round(float(p), 4) for p in row)
        return Outcome(pair.ask, status, span, (none, partial, full))

    def _facts(self, asked: _Asked, verdict: Verdict, probabilities: Probabilities) -> Span | None:
        best = int(probabilities.argmax())
        if verdict.concern or (verdict.grade is not Grade.NON_ANSWER and probabilities[best] >= _FACTS):
            return quote(asked.answer.sentences[best], topics(asked.question), self._overlap)
        return None

    def _assessment(self, asked: _Asked, draft: _Draft) -> Assessment:
        verdict = draft.verdict
        unsure = max(verdict.probabilities) < self.sure_at
        return Assessment(
            exchange=asked.exchange,
            context=preamble(asked.exchange.question, asked.asks),
            outcomes=draft.outcomes,
            concern_evidence=draft.facts,
            tags=draft.tags,
            primary_tag=primary_tag(draft.tags),
            grade=verdict.grade,
            grade_strict=verdict.grade_strict,
            probabilities=verdict.probabilities,
            probabilities_strict=verdict.probabilities_strict,
            feedback=feedback(
                asked.question, draft.outcomes, grade=verdict.grade, tags=draft.tags, concern=draft.facts
            ),
            flags=(*asked.exchange.flags, *((LOW_CONFIDENCE,) if unsure else ())),
            model=self.model,
        )
