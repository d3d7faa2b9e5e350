"""A source is asked at public addresses alone, whatever a name, a redirect or its DNS says."""

from __future__ import annotations

import httpx2
import pytest

from nexus.adapters.public_addresses import may_be_reached
from nexus.adapters.sources.calling import Caller, wait_of
from nexus.adapters.sources.network import PublicTransport, client
from nexus.errors import UpstreamUnavailable
from tests.scripted_site import Answer, Asked, serving


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"),
        *("2001:0:4136:e378:8000:63bf:80ff:fffe", "not an address", ""),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_not_public(address: str) -> None:
    assert not may_be_reached(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert may_be_reached(address)


@pytest.mark.parametrize(
    ("address", "reached"),
    [("10.0.0.1", True), ("::1", True), ("169.254.169.254", False), ("fe80::1", False)],
)
def test_a_private_address_that_is_allowed_is_reached_but_never_a_cloud_s_own(
    address: str, reached: bool
) -> None:
    assert may_be_reached(address, private=True) is reached


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_a_private_host_is_not_asked_in_any_spelling(host: str) -> None:
    with pytest.raises(httpx2.HTTPError):
        client([]).get(f"http://{host}:1/")


def test_a_name_with_one_private_address_among_others_is_not_asked() -> None:
    transport = PublicTransport([], lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(httpx2.ConnectError, match="not public"):
        httpx2.Client(transport=transport).get("http://rebound.example/")


def test_the_address_that_was_looked_at_is_the_one_that_is_asked() -> None:
    # A name that is public when it is looked at and private when it is asked is resolved once.
    found = iter([["127.0.0.1"]])
    with serving(lambda _asked: Answer(200, b"here")) as server:
        port = httpx2.URL(server.url).port
        transport = PublicTransport(["rebound.example"], lambda _host, _port: next(found))
        answer = httpx2.Client(transport=transport, trust_env=False).get(
            f"http://rebound.example:{port}/"
        )
    assert answer.text == "here"
    assert server.asked[0].headers["host"] == f"rebound.example:{port}"


def test_a_redirect_to_a_private_host_is_not_followed_and_no_credentials_go_elsewhere() -> None:
    class Token:
        def headers(self) -> dict[str, str]:
            return {"authorization": "Bearer secret"}

        def renew(self) -> bool:
            return False

    def script(asked: Asked) -> Answer:
        if asked.path == "/inside":
            return Answer(302, headers={"location": "http://localhost:1/latest/meta-data"})
        if asked.path == "/elsewhere":
            port = asked.headers["host"].rpartition(":")[2]
            return Answer(302, headers={"location": f"http://other.localhost:{port}/there"})
        return Answer(200, asked.headers.get("authorization", "none").encode())

    waits: list[float] = []
    with serving(script) as server:
        own = Caller(client(["127.0.0.1"]), Token(), waits.append)
        with pytest.raises(UpstreamUnavailable, match="not public"):
            own.content(f"{server.url}/inside")
        resolved = PublicTransport(
            ["127.0.0.1", "other.localhost"], lambda _host, _port: ["127.0.0.1"]
        )
        there = Caller(httpx2.Client(transport=resolved, trust_env=False), Token(), waits.append)
        assert there.content(f"{server.url}/elsewhere") == (b"none", "")
        assert there.content(f"{server.url}/there") == (b"Bearer secret", "")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(header: str, seconds: float | None) -> None:
    response = httpx2.Response(429, headers={"retry-after": header})
    assert wait_of(response, lambda: 10.0) == seconds
