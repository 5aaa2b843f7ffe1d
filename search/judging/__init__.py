"""Judging the search: queries with what is right for them, and how near an engine comes."""

from search.judging.evaluation import WHOLE, Line, Outcome, Report, evaluate
from search.judging.judgements import SAMPLE, BadList, Judgement, read

__all__ = [
    "SAMPLE",
    "WHOLE",
    "BadList",
    "Judgement",
    "Line",
    "Outcome",
    "Report",
    "evaluate",
    "read",
]
