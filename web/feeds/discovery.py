"""How others find what is here: robots.txt, the sitemap in pages, the OpenSearch description."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request

from catalog import entries
from catalog.errors import NotFound
from catalog.viewers import PUBLIC
from web.signin import parts

pages = Blueprint("discovery", __name__)
SITEMAP_PAGE = 10_000
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
Allow: /search$
Disallow: /search?
Disallow: /api/
Disallow: /oai
Disallow: /review
Disallow: /register
Disallow: /sign-in
Disallow: /my
Disallow: /runs
Sitemap: {base}/sitemap.xml
"""
OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>Mulu</ShortName>
  <Description>政府信息资源目录 · Government information resources</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Url type="text/html" template="{base}/search?q={{searchTerms}}"/>
  <Url type="application/json" template="{base}/api/v1/search?q={{searchTerms}}"/>
  <Url type="application/x-suggestions+json" rel="suggestions"
       template="{base}/api/v1/suggest?as=opensearch&amp;q={{searchTerms}}"/>
</OpenSearchDescription>
"""


def base() -> str:
    """The public address of the directory, without a slash at its end."""
    return (parts().settings.base_url or request.url_root).rstrip("/")


@pages.get("/robots.txt")
def robots() -> Response:
    """Entries are for crawlers, combinations of facets are not."""
    return Response(ROBOTS.format(base=base()), mimetype="text/plain")


@pages.get("/opensearch.xml")
def opensearch() -> Response:
    """So that a browser can search the directory from its address bar."""
    return Response(
        OPENSEARCH.format(base=escape(base())), mimetype="application/opensearchdescription+xml"
    )


@pages.get("/sitemap.xml")
def sitemap_index() -> Response:
    """The list of sitemap pages."""
    with parts().database.reading() as db:
        count = entries.count(db, PUBLIC)
    last = max(1, -(-count // SITEMAP_PAGE))
    lines = (
        f"<sitemap><loc>{escape(base())}/sitemap-{number}.xml</loc></sitemap>"
        for number in range(1, last + 1)
    )
    return _xml("sitemapindex", lines)


@pages.get("/sitemap-<int:number>.xml")
def sitemap(number: int) -> Response:
    """One page of public entries with the day each was last changed."""
    if not 1 <= number <= 50_000:
        raise NotFound(str(number))
    with parts().database.reading() as db:
        rows = entries.addresses(db, PUBLIC, (number - 1) * SITEMAP_PAGE, SITEMAP_PAGE)
    if not rows and number > 1:
        raise NotFound(str(number))
    return _xml(
        "urlset",
        (
            f"<url><loc>{escape(base())}/entries/{identifier}</loc>"
            f"<lastmod>{updated.date().isoformat()}</lastmod></url>"
            for identifier, updated in rows
        ),
    )


def _xml(root: str, lines: Iterable[str]) -> Response:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SITEMAPS}">\n'
    return Response(head + "\n".join(lines) + f"\n</{root}>\n", mimetype="application/xml")
