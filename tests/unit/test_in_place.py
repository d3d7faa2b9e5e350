"""Workers read a layer from one folder: the built one, or one that is unpacked once."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from cli.local.deploy import publish_layers
from cli.local.in_place import LayerFolders, naming, size_of

LAYER = "service-0123456789abcdef01234567"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of built layers with one in it."""
    module = tmp_path / "layers" / LAYER / "python" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text("VALUE = 1\n")
    return tmp_path / "layers"


@pytest.fixture
def folders(packages: Path, tmp_path: Path) -> LayerFolders:
    return LayerFolders(packages, tmp_path / "unpacked")


def zipped(members: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, text in members.items():
            file.writestr(name, text)
    return content.getvalue()


def test_a_built_layer_is_read_where_it_was_built(packages: Path, folders: LayerFolders) -> None:
    assert folders.folder(naming(packages / LAYER)) == packages / LAYER


def test_the_same_layer_is_always_named_by_the_same_bytes(packages: Path) -> None:
    assert naming(packages / LAYER) == naming(Path("elsewhere") / LAYER)


def test_a_built_layer_that_is_gone_is_told(packages: Path, folders: LayerFolders) -> None:
    with pytest.raises(FileNotFoundError, match="run `nexus up` again"):
        folders.folder(naming(packages / LAYER.replace("service", "api")))


@pytest.mark.parametrize("name", ["../secrets", "/etc", LAYER + "/python", "..", ""])
def test_a_zip_names_nothing_outside_the_built_layers(name: str, folders: LayerFolders) -> None:
    content = zipped({"read-in-place": name})
    assert folders.built(content) is None
    assert (folders.folder(content) / "read-in-place").read_text() == name  # a layer as any other


def test_a_layer_that_comes_as_a_zip_is_unpacked_once_for_all_workers(
    folders: LayerFolders,
) -> None:
    content = zipped({"python/module.py": "VALUE = 2\n"})
    folder = folders.folder(content)
    module = folder / "python" / "module.py"
    module.write_text("VALUE = 3\n")
    assert folders.folder(content) == folder
    assert module.read_text() == "VALUE = 3\n"
    other = folders.folder(zipped({"python/module.py": "VALUE = 4\n"}))
    assert (other / "python" / "module.py").read_text() == "VALUE = 4\n"


def test_what_counts_against_the_limit_of_lambda_is_the_layer_s_own_size(packages: Path) -> None:
    (packages / LAYER / "python" / "data").write_bytes(bytes(5000))
    assert size_of(packages / LAYER) == 5000 + len("VALUE = 1\n")


def test_layers_are_published_by_name_and_everything_else_is_left_to_the_cdk_cli(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.local.deploy.PACKAGES", packages)
    bucket = "cdk-hnb659fds-assets-{}-us-east-1"

    def asset(path: str, key: str) -> dict[str, object]:
        place = {"bucketName": bucket.format("${AWS::AccountId}"), "objectKey": key}
        return {"source": {"path": path, "packaging": "zip"}, "destinations": {"here": place}}

    files = {
        "layer": asset(str(packages / LAYER), "layer.zip"),
        "function": asset(str(packages / "function-chat-0123456789abcdef01234567"), "function.zip"),
        "template": asset("nexus-local-data.template.json", "template.json"),
    }
    (tmp_path / "nexus-local-service.assets.json").write_text(json.dumps({"files": files}))
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        s3 = session.client("s3")
        s3.create_bucket(Bucket=bucket.format("000000000000"))
        assert publish_layers(session, tmp_path) == [LAYER]
        (found,) = s3.list_objects_v2(Bucket=bucket.format("000000000000"))["Contents"]
        assert found["Key"] == "layer.zip"
        kept = s3.get_object(Bucket=bucket.format("000000000000"), Key="layer.zip")
        assert kept["Body"].read() == naming(packages / LAYER)
        # The CDK CLI takes an object for published only if it is longer than an empty zip.
        assert found["Size"] > 22
