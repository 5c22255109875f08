"""Trains the parser that ships: `python -m qa_assess.parser_training`. Nothing else of the package needs it."""
