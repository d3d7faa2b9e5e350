"""A crawl brings a site as its rules allow, asks for nothing twice, and comes to an end."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from nexus.errors import UpstreamUnavailable
from nexus.object_keys import decode_metadata
from tests.crawled import Clock, titles
from tests.scripted_site import Answer, ScriptedServer, Site, html
from tests.sources import World


def test_a_site_is_brought_changed_and_one_page_removed(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    for number in range(50):
        links = [f"/p{2 * number + 1}", f"/p{2 * number + 2}"]
        site.pages[f"/p{number}"] = html(f"Page {number}", *links, text=f"says {number}")
    world = crawl("/p0")
    assert world.run().added == 50
    assert len(world.landing.objects) == 50
    # Page 49 links to pages that are not there: each is asked for once.
    paths = server.paths()
    assert len(paths) == len(set(paths))

    del server.asked[:]
    site.pages["/p7"] = html("Page 7", "/p15", "/p50", text="says more")
    site.pages["/p50"] = html("Page 50")
    del site.pages["/p40"]
    report = world.run()
    assert (report.changed, report.added, report.removed, report.unchanged) == (1, 1, 1, 48)
    asked = server.paths()
    assert len(asked) == len(set(asked))
    conditional = [one for one in server.asked if "if-none-match" in one.headers]
    assert len(conditional) == 50, "every page of before, and no other"

    del server.asked[:]
    assert world.run().unchanged == 50
    assert not [
        one
        for one in server.asked
        if one.path in site.pages and not one.headers.get("if-none-match")
    ]


def test_citations_lead_to_the_page(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home")
    world = crawl()
    world.run()
    [(path, (_, said))] = world.landing.objects.items()
    assert decode_metadata(said).url == f"{server.url}/"
    assert path.endswith("/index.html")


def test_robots_txt_is_kept_and_its_delay_too(
    site: Site, server: ScriptedServer, clock: Clock, crawl: Callable[..., World]
) -> None:
    site.robots = (
        "User-agent: other\nAllow: /\n\n"
        "User-agent: nexus-connector\nDisallow: /private\nDisallow: /*.pdf$\nCrawl-delay: 4\n"
    )
    site.pages["/"] = html("Home", "/private/a", "/a.pdf", "/b")
    site.pages["/private/a"] = html("Private")
    site.pages["/b"] = html("B")
    world = crawl(rate=20)
    world.run()
    assert titles(world) == {"Home", "B"}
    assert not {"/private/a", "/a.pdf"} & set(server.paths())
    assert [pause for pause in clock.slept if pause == pytest.approx(4)]
    # A page that the site's rules forbid from now on goes.
    site.robots += "Disallow: /b\n"
    world.run(confirm=True)
    assert titles(world) == {"Home"}


def test_no_more_requests_a_second_than_agreed(
    site: Site, clock: Clock, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home", *(f"/{n}" for n in range(20)))
    site.pages |= {f"/{n}": html(f"Page {n}") for n in range(20)}
    crawl(rate=2).run()
    requests = 23  # with robots.txt and a sitemap that is not there
    assert clock.now == pytest.approx((requests - 1) / 2)


@pytest.mark.parametrize("status", [500, 503])
def test_a_site_whose_rules_cannot_be_read_is_not_crawled(
    site: Site, server: ScriptedServer, crawl: Callable[..., World], status: int
) -> None:
    site.pages["/"] = html("Home")
    world = crawl()
    world.run()
    server.script = lambda asked: Answer(status) if asked.path == "/robots.txt" else site(asked)
    with pytest.raises(UpstreamUnavailable, match=r"robots\.txt"):
        world.run(confirm=True)
    assert len(world.landing.objects) == 1


def test_pages_that_only_a_sitemap_names_are_brought(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    urls = f"<url><loc>{server.url}/hidden</loc></url><url><loc>https://other.example/</loc></url>"
    packed = gzip.compress(f"<urlset>{urls}</urlset>".encode())
    site.robots = f"Sitemap: {server.url}/index.xml\n"
    site.pages["/"] = html("Home")
    site.pages["/index.xml"] = (
        f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap>"
        f"<loc>{server.url}/part.xml.gz</loc></sitemap></sitemapindex>"
    )
    site.pages["/part.xml.gz"] = Answer(200, packed, {"content-type": "application/gzip"})
    site.pages["/hidden"] = html("Hidden")
    world = crawl()
    world.run()
    assert titles(world) == {"Home", "Hidden"}


def test_a_sitemap_that_defines_entities_without_end_says_nothing(
    site: Site, crawl: Callable[..., World]
) -> None:
    lol = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 40))
    site.pages["/sitemap.xml"] = (
        f'<!DOCTYPE u [<!ENTITY l0 "lol">{lol}]><urlset><url><loc>&l39;</loc></url></urlset>'
    )
    site.pages["/"] = html("Home")
    world = crawl()
    assert world.run().added == 1


def test_other_hosts_and_what_no_document_is_are_not_asked_for(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html(
        "Home", "http://localhost:1/x", "https://other.example/", "/a.png", "mailto:a@b.c",
        "javascript:void(0)", "/data", "//127.0.0.1:1/", "http://user@127.0.0.1/"
    )  # fmt: skip
    site.pages["/data"] = Answer(200, b"\0" * 1000, {"content-type": "application/octet-stream"})
    world = crawl()
    world.run()
    assert titles(world) == {"Home"}
    assert set(server.paths()) == {"/robots.txt", "/sitemap.xml", "/", "/data"}


def test_a_page_s_own_address_and_wishes_are_respected(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home", "/print/a", "/hidden", "/header", "/alone")
    site.pages["/print/a"] = html("A", head=f'<link rel="canonical" href="{server.url}/a">')
    site.pages["/a"] = html("A")
    site.pages["/hidden"] = html("Hidden", head='<meta name="robots" content="noindex">')
    site.pages["/header"] = Answer(
        200, b"<title>H</title>", {"content-type": "text/html", "x-robots-tag": "noindex"}
    )
    site.pages["/alone"] = html(
        "Alone", "/unfollowed", head='<meta name="robots" content="nofollow">'
    )
    site.pages["/unfollowed"] = html("Unfollowed")
    world = crawl()
    world.run()
    assert titles(world) == {"Home", "A", "Alone"}
    assert {decode_metadata(said).url for _, said in world.landing.objects.values()} == {
        f"{server.url}{path}" for path in ("/", "/a", "/alone")
    }


def test_a_page_that_moved_is_brought_at_its_new_address_and_removed_at_the_old(
    site: Site, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home", "/old")
    site.pages["/old"] = html("Moved")
    world = crawl()
    world.run()
    site.pages["/new"] = site.pages["/old"]
    site.pages["/old"] = Answer(301, headers={"location": "/new"})
    world.run(confirm=True)
    assert {path.rpartition("/")[2] for path in world.landing.objects} == {"index.html", "new.html"}
