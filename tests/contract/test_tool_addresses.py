"""No tool reaches an address that is not public: directly, by a name, or by a redirect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nexus.adapters.web_tools.addresses import Addresses
from nexus.adapters.web_tools.client import GuardedWebClient
from nexus.deadline import within
from nexus.errors import UpstreamRefused, UpstreamUnavailable
from nexus.ports.tool_chats import WebRequest
from tests.tool_server import Answered, ToolServer, running_tool_server


@pytest.fixture
def server() -> Iterator[ToolServer]:
    with running_tool_server() as running:
        running.answer("/", Answered(body={"here": True}))
        yield running


def get(client: GuardedWebClient, url: str, **more: object) -> object:
    return client.send(WebRequest("GET", url, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104 - an address to be refused
        "224.0.0.1",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_a_name_that_means_an_address_which_is_not_public_is_refused(address: str) -> None:
    addresses = Addresses(["api.example.edu"], resolve=lambda _host, _port: [address])
    with pytest.raises(UpstreamRefused, match="not public"):
        addresses.checked("https://api.example.edu/")


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "::"])
def test_a_host_that_may_be_private_is_never_one_of_the_machines_own(address: str) -> None:
    named = ["api.example.edu:8080"]
    addresses = Addresses(named, named, resolve=lambda _host, _port: [address])
    with pytest.raises(UpstreamRefused, match="not public"):
        addresses.checked("http://api.example.edu:8080/")


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    found = ["93.184.216.34", "10.0.0.1"]
    addresses = Addresses(["api.example.edu"], resolve=lambda _host, _port: found)
    with pytest.raises(UpstreamRefused, match="not public"):
        addresses.checked("https://api.example.edu/")


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.edu/",
        "https://api.example.edu:8443/",
        "https://api.example.edu.evil.com/",
        "https://user:word@api.example.edu/",
        "ftp://api.example.edu/",
        "file:///etc/passwd",
        "https:///x",
        "https://api.example.edu:99999/",
    ],
)
def test_what_is_not_one_of_the_hosts_is_refused_before_it_is_looked_up(url: str) -> None:
    def looked_up(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked up")

    with pytest.raises(UpstreamRefused):
        Addresses(["api.example.edu"], resolve=looked_up).checked(url)


def test_the_call_goes_to_the_very_address_that_was_checked(server: ToolServer) -> None:
    port = int(server.host.rpartition(":")[2])
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    named = [f"api.example.edu:{port}"]
    client = GuardedWebClient(Addresses(named, named, resolve))
    response = client.send(WebRequest("GET", f"http://api.example.edu:{port}/"))
    assert response.status == 200
    assert asked == ["api.example.edu"]
    assert server.calls[0].headers["host"] == f"api.example.edu:{port}"


def test_a_direct_private_address_is_refused_though_it_is_a_host(server: ToolServer) -> None:
    client = GuardedWebClient(Addresses([server.host]))
    with pytest.raises(UpstreamRefused, match="not public"):
        get(client, f"{server.url}/")
    assert not server.calls


def test_a_redirect_leads_to_no_other_host_and_to_no_private_address(server: ToolServer) -> None:
    with running_tool_server() as other:
        other.answer("/", Answered(body={"secret": 1}))
        server.answer("/there", Answered(302, headers={"location": f"{other.url}/"}))
        with pytest.raises(UpstreamRefused, match="not one of"):
            get(GuardedWebClient(Addresses([server.host], [server.host])), f"{server.url}/there")
        hosts = Addresses([server.host, other.host], [server.host])
        with pytest.raises(UpstreamRefused, match="not public"):
            get(GuardedWebClient(hosts), f"{server.url}/there")
        assert not other.calls


def test_a_redirect_is_followed_without_the_key_where_it_leads_to_another_host(
    server: ToolServer,
) -> None:
    with running_tool_server() as other:
        other.answer("/", Answered(body={"ok": 1}))
        server.answer("/there", Answered(302, headers={"location": f"{other.url}/"}))
        server.answer("/near", Answered(307, headers={"location": "/"}))
        both = [server.host, other.host]
        client = GuardedWebClient(Addresses(both, both))
        headers = {"authorization": "Bearer key"}
        get(client, f"{server.url}/there", headers=headers)
        assert "authorization" not in other.calls[0].headers
        get(client, f"{server.url}/near", headers=headers)
        assert server.called("/")[0].headers["authorization"] == "Bearer key"


def test_what_changes_something_is_not_sent_anywhere_else(server: ToolServer) -> None:
    server.answer("/there", Answered(307, headers={"location": "/"}))
    client = GuardedWebClient(Addresses([server.host], [server.host]))
    with pytest.raises(UpstreamRefused, match="no reading"):
        client.send(WebRequest("POST", f"{server.url}/there", body={}))
    server.answer("/round", Answered(302, headers={"location": "/round"}))
    with pytest.raises(UpstreamRefused, match="again and again"):
        get(client, f"{server.url}/round")


def test_no_more_of_an_answer_is_read_than_may_be(server: ToolServer) -> None:
    server.answer("/long", Answered(body=b"x" * 100_000, content_type="text/plain"))
    client = GuardedWebClient(Addresses([server.host], [server.host]))
    response = client.send(WebRequest("GET", f"{server.url}/long", max_bytes=1_000))
    assert (len(response.body), response.cut) == (1_000, True)


def test_a_service_that_hangs_is_given_up_at_the_deadline(server: ToolServer) -> None:
    server.answer("/slow", Answered(hangs=True))
    client = GuardedWebClient(Addresses([server.host], [server.host]))
    with within(0.2), pytest.raises(UpstreamUnavailable):
        get(client, f"{server.url}/slow")


def test_no_proxy_of_the_environment_stands_between(
    server: ToolServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = GuardedWebClient(Addresses([server.host], [server.host]))
    assert client.send(WebRequest("GET", f"{server.url}/")).status == 200
