"""A crawl comes to an end wherever a site leads it, and takes no odd answer for a removal."""

from __future__ import annotations

import functools
from collections.abc import Callable

import httpx2
import pytest

from nexus.adapters.crawling.manners import PoliteSite
from nexus.adapters.sources.network import PublicTransport, client
from nexus.adapters.sources.web import WebSource
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.models.sources import Found
from tests.crawled import Clock, titles
from tests.scripted_site import Answer, Asked, ScriptedServer, Site, html
from tests.sources import World, spec


def endless(asked: Asked) -> Answer:
    """Every page links to further ones: deeper, longer, by other queries, by the same name."""
    path, _, query = asked.path.partition("?")
    if path == "/robots.txt" or path.endswith(".xml"):
        return Answer(404)
    links = [
        f"{path}next/",
        f"{path}?{query}x=1&",
        f"{path}?page={len(query)}",
        f"/day/{len(asked.path)}",
        f"{path}same/same/",
        f"/?sort={len(query)}&filter={len(path)}",
        f"{path};jsessionid={id(asked)}",
    ]
    return Answer(200, html(asked.path, *links).encode(), {"content-type": "text/html"})


def test_a_trap_of_endless_links_ends(server: ScriptedServer, crawl: Callable[..., World]) -> None:
    server.script = endless
    world = crawl(max_pages=100, max_depth=6)
    report = world.run()
    assert report.finished
    assert len(world.landing.objects) <= 100
    assert len(server.asked) < 500
    assert len(server.paths()) == len(set(server.paths()))
    del server.asked[:]
    assert world.run().finished
    assert len(world.landing.objects) <= 100


def test_a_chain_of_redirects_ends(server: ScriptedServer, crawl: Callable[..., World]) -> None:
    def script(asked: Asked) -> Answer:
        if asked.path == "/":
            return Answer(200, html("Home", "/r/0").encode(), {"content-type": "text/html"})
        if asked.path.startswith("/r/"):
            onward = f"/r/{int(asked.path[3:]) + 1}"
            return Answer(302, headers={"location": onward})
        return Answer(404)

    server.script = script
    assert crawl(max_depth=5).run().finished
    assert len(server.asked) < 20


def test_links_that_differ_only_in_spelling_are_one_page(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    spelled = ["/a?b=2&a=1#top", "/a?a=1&b=2", "/%61?a=1&b=2&utm_source=x", "./a?b=2&a=1"]
    site.pages["/"] = html("Home", *spelled)
    site.pages["/a?a=1&b=2"] = html("A")
    world = crawl()
    world.run()
    assert titles(world) == {"Home", "A"}
    assert server.paths().count("/a?a=1&b=2") == 1


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, b"cut", cut=1), Answer(418)])
def test_a_page_that_does_not_answer_is_kept_and_asked_for_again(
    site: Site, crawl: Callable[..., World], answer: Answer
) -> None:
    site.pages["/"] = html("Home", "/a", "/new")
    site.pages["/a"] = html("A")
    site.pages["/new"] = Answer(503)
    world = crawl()
    world.run()
    headers = {"content-type": "text/html"}
    site.pages["/a"] = Answer(answer.status, answer.body, headers, answer.cut)
    assert world.run(confirm=True).removed == 0
    assert titles(world) == {"Home", "A"}
    site.pages["/a"], site.pages["/new"] = html("A again"), html("New")
    world.run()
    assert titles(world) == {"Home", "A again", "New"}


def test_a_start_page_that_is_gone_removes_nothing(site: Site, crawl: Callable[..., World]) -> None:
    site.pages["/"] = html("Home", "/a")
    site.pages["/a"] = html("A")
    world = crawl()
    world.run()
    site.pages = {}
    with pytest.raises(UpstreamRefused, match="start page answered 404"):
        world.run(confirm=True)
    assert len(world.landing.objects) == 2


def test_a_site_that_asks_for_patience_gets_it(
    site: Site, server: ScriptedServer, clock: Clock, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home", "/a")
    site.pages["/a"] = html("A")
    refused = iter([Answer(429, headers={"retry-after": "7"})])
    server.script = lambda asked: (
        next(refused, None) or site(asked) if asked.path == "/a" else site(asked)
    )
    world = crawl()
    assert world.run().added == 2
    assert 7 in clock.slept
    server.script = lambda asked: (
        Answer(429, headers={"retry-after": "3600"}) if asked.path == "/a" else site(asked)
    )
    with pytest.raises(UpstreamUnavailable, match="left alone"):
        world.run(confirm=True)
    assert titles(world) == {"Home", "A"}


def test_a_crawl_that_is_out_of_time_goes_on_without_asking_twice(
    site: Site, server: ScriptedServer, crawl: Callable[..., World]
) -> None:
    site.pages = {f"/p{n}": html(f"Page {n}", f"/p{n + 1}", f"/q{n}") for n in range(8)}
    site.pages |= {f"/q{n}": html(f"Question {n}") for n in range(8)}
    world = crawl("/p0")
    runs = 0
    while True:
        left = iter([True, True, True])
        report = world.run(has_time=functools.partial(next, left, False))
        runs += 1
        if report.finished:
            break
        assert runs < 100
    assert len(world.landing.objects) == 16
    pages = [path for path in server.paths() if path in site.pages]
    assert len(pages) == len(set(pages))


def test_a_page_that_the_bucket_lost_is_fetched_whole(
    site: Site, crawl: Callable[..., World]
) -> None:
    site.pages["/"] = html("Home")
    world = crawl()
    world.run()
    world.landing.objects.clear()
    world.run()
    assert titles(world) == {"Home"}
    found = next(iter(world.store.read().brought.values())).found
    assert isinstance(found, Found)
    fetched = world.source.fetch(found)
    assert fetched is not None
    assert b"Home" in fetched.content


def test_a_start_page_that_leads_to_www_is_crawled_there_by_the_rules_of_there(
    site: Site, server: ScriptedServer, clock: Clock
) -> None:
    site.robots = "User-agent: *\nDisallow: /closed\n"
    site.pages["/"] = html("Home", "/open", "/closed")
    site.pages["/open"], site.pages["/closed"] = html("Open"), html("Closed")
    port = server.url.rpartition(":")[2]

    def script(asked: Asked) -> Answer:
        if asked.headers["host"].startswith("www."):
            return site(asked)
        if asked.path == "/robots.txt":
            return Answer(404)
        return Answer(301, headers={"location": f"http://www.site.test:{port}{asked.path}"})

    server.script = script
    hosts = ["site.test", "www.site.test"]
    transport = PublicTransport(hosts, lambda _host, _port: ["127.0.0.1"])
    options = {"url": f"http://site.test:{port}/"}
    world = World(spec=spec(kind="web", options=options))
    world.source = WebSource.from_spec(  # type: ignore[assignment]
        world.spec,
        lambda rate: PoliteSite(httpx2.Client(transport=transport), rate, clock, clock.sleep),
    )
    world.run()
    assert titles(world) == {"Home", "Open"}
    site.pages = {"/": Answer(302, headers={"location": "http://elsewhere.test/"})}
    with pytest.raises(UpstreamRefused, match=r"elsewhere\.test"):
        world.run(confirm=True)
    assert titles(world) == {"Home", "Open"}


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        (
            "http://no-such-host.invalid/",
            UpstreamUnavailable,
            "no-such-host.invalid does not exist",
        ),
        ("http://10.0.0.1/", UpstreamRefused, "add 10.0.0.1 to NEXUS_CONNECT_PRIVATE_HOSTS"),
        ("http://169.254.169.254/", UpstreamRefused, "link-local .* never asked"),
        ("http://127.0.0.1:1/", UpstreamUnavailable, "127.0.0.1:1 gives no answer"),
    ],
)
def test_a_site_that_is_not_reached_is_told_by_what_kept_it(
    clock: Clock, url: str, error: type[Exception], told: str
) -> None:
    asked = client(["127.0.0.1", "169.254.169.254"])
    with pytest.raises(error, match=told):
        PoliteSite(asked, 1, clock, clock.sleep).read_rules(url)


def test_a_host_that_robots_txt_leads_to_is_not_suggested_for_permission(
    server: ScriptedServer, clock: Clock
) -> None:
    server.script = lambda _asked: Answer(302, headers={"location": "http://10.0.0.1/robots.txt"})
    with pytest.raises(UpstreamUnavailable, match="leads elsewhere"):
        PoliteSite(client(["127.0.0.1"]), 1, clock, clock.sleep).read_rules(server.url)
