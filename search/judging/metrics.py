"""Measures of a ranked list, each a pure function of the grades found and the grades there are.

A grade says how well an entry answers the query: 3 it is what was meant, 2 it helps, 1 it is near,
0 it is not. Lists are looked at as far as ``DEPTH``, the first page that people read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from math import log2

DEPTH = 10


def dcg(grades: Iterable[int], depth: int = DEPTH) -> float:
    """Discounted cumulated gain: the grades' sum, each divided by log2 of its rank and one.

    Järvelin & Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002,
    with the discount from the first rank on, as trec_eval's ``ndcg_cut`` has it.
    """
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(islice(grades, depth), 1))


def ndcg(found: Sequence[int], there: Iterable[int], depth: int = DEPTH) -> float:
    """DCG as a share of that of the best list that could have been given; 0 to 1.

    ``there`` are the grades of all relevant entries, found or not, in any order. Where nothing is
    relevant there is nothing to measure: ValueError.
    """
    ideal = dcg(sorted(there, reverse=True), depth)
    if not ideal:
        raise ValueError("nothing is relevant")
    return dcg(found, depth) / ideal


def reciprocal_rank(right: Iterable[bool], depth: int = DEPTH) -> float:
    """One divided by the rank of the first right answer; 0 when there is none.

    Its mean over queries is the MRR of Voorhees, The TREC-8 Question Answering Track Report, 1999.
    """
    ranks = (rank for rank, is_right in enumerate(islice(right, depth), 1) if is_right)
    return next((1 / rank for rank in ranks), 0.0)


def success(right: Sequence[bool], depth: int = 1) -> float:
    """1 when a right answer is among the first, else 0: success@k, its mean over queries the share
    of queries whose first answer was the right one (Craswell & Hawking, TREC-2004 Web Track).
    """
    return float(any(right[:depth]))


def mean(values: Iterable[float]) -> float | None:
    """The arithmetic mean, each query counting the same; None of nothing."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
