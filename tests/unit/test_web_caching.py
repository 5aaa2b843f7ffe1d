"""What may be kept by whom: pages of the public while they are the same, nothing of anybody else's,
and never what has left.
"""

from __future__ import annotations

import pytest

from tests.offices import WATER
from tests.websites import Website, furnish


@pytest.mark.parametrize("path", ["/", "/agencies", f"/agencies/{WATER}", "/transparency"])
def test_a_page_that_is_the_same_is_not_sent_again(site: Website, path: str) -> None:
    furnish(site)
    first = site.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {"Cookie", "Authorization", "Accept-Language"} <= set(first.vary)
    tag = first.headers["ETag"]
    again = site.get(path, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    other = site.get(path, If_None_Match=tag, Accept_Language="en")
    assert other.status_code == 200  # another language is another page
    known = site.get(path, role="reviewer", If_None_Match=tag)
    assert known.status_code == 200
    assert known.headers["Cache-Control"] == "private, no-store"


def test_what_has_left_is_gone_from_pages_that_were_kept(site: Website) -> None:
    made = site.offices.published(title="即将撤销的通知")
    site.follow()
    path = f"/entries/{made.identifier}"
    tags = {each: site.get(each).headers["ETag"] for each in ("/", path)}
    site.offices.withdraw(made)
    site.follow()
    assert site.get(path, If_None_Match=tags[path]).status_code == 410
    home = site.get("/", If_None_Match=tags["/"])
    assert home.status_code == 200
    assert "即将撤销的通知" not in home.text


def test_a_page_with_a_form_of_ones_own_is_nobody_elses(site: Website) -> None:
    form = site.get("/sign-in")
    assert "Set-Cookie" in form.headers
    assert "public" not in form.headers["Cache-Control"]
    chosen = site.get("/agencies?lang=en")
    assert "Set-Cookie" in chosen.headers
    assert chosen.headers["Cache-Control"] == "private, no-cache"


def test_another_name_of_an_agency_is_shown_within_a_moment(site: Website) -> None:
    from catalog import agencies
    from catalog.viewers import OPERATOR

    furnish(site)
    labels = site.app.extensions["mulu-labels"]
    assert labels.agency(WATER) == "上海市水务局"
    with site.parts.database.writing() as session:
        agencies.rename(session, OPERATOR, WATER, "市水务局（更名）", [], site.parts.clock.now())
    labels.monotonic = lambda: float("inf")
    assert labels.agency(WATER) == "市水务局（更名）"
