"""Reads synthesized templates: resources by type, policies by function, assets by size."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STAGES = tuple(json.loads((ROOT / "cdk.json").read_text())["context"]["stages"])
# cdk.json names no host, and without one no stage of AWS is synthesized.
PINECONE_HOST = "https://nexus-1a2b.svc.pinecone.io"
FUNCTIONS = (
    *("chat", "stream", "documents", "access", "audio"),
    *("ingest", "reindex", "backup", "connect", "authorizer"),
)


def configuration(stage: str) -> dict[str, Any]:
    """The stage's values in cdk.json."""
    stages = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]
    return dict(stages[stage])


# The stages in which a new version gets a tenth of the callers first.
CANARIES = tuple(name for name in STAGES if configuration(name)["releases"] == "canary")


@dataclass(frozen=True)
class Assembly:
    """A cloud assembly on disk."""

    path: Path

    def template(self, stage: str, stack: str) -> dict[str, Any]:
        text = (self.path / f"nexus-{stage}-{stack}.template.json").read_text()
        return dict(json.loads(text))

    def resources(self, stage: str, stack: str, kind: str) -> dict[str, dict[str, Any]]:
        """The stack's resources of one type, by logical id."""
        found = self.template(stage, stack)["Resources"]
        return {name: value for name, value in found.items() if value["Type"] == f"AWS::{kind}"}

    def only(self, stage: str, stack: str, kind: str, named: str = "") -> dict[str, Any]:
        """The one resource of a type whose logical id contains `named`."""
        found = [v for k, v in self.resources(stage, stack, kind).items() if named in k]
        assert len(found) == 1, f"{len(found)} {kind} named {named!r}"
        return found[0]

    def outputs(self, stage: str) -> set[str]:
        names = set(self.template(stage, "data")["Outputs"])
        return names | set(self.template(stage, "service")["Outputs"])

    def function(self, stage: str, name: str) -> dict[str, Any]:
        return dict(
            self.only(stage, "service", "Lambda::Function", f"{name.capitalize()}Function")[
                "Properties"
            ]
        )

    def statements(self, stage: str, role: str) -> list[dict[str, Any]]:
        """Every statement that the function's role has."""
        found = []
        for policy in self.resources(stage, "service", "IAM::Policy").values():
            roles = json.dumps(policy["Properties"]["Roles"])
            if f"{role.capitalize()}Role" in roles:
                found += policy["Properties"]["PolicyDocument"]["Statement"]
        return found

    def unzipped_bytes(self, stage: str, name: str) -> int:
        """The size of a function's code and own layers, of which Lambda limits the sum."""
        folders = [self.code_folder(stage, name), *self.layer_folders(stage, name)]
        return sum(_tree_bytes(folder) for folder in folders)

    def layer_folders(self, stage: str, name: str) -> list[Path]:
        """The folders that a function's own layers are zipped from.

        A layer that AWS publishes is named by an ARN, and is in no assembly.
        """
        layers = self.resources(stage, "service", "Lambda::LayerVersion")
        return [
            self._asset(stage, layers[one["Ref"]]["Properties"]["Content"]["S3Key"])
            for one in self.function(stage, name)["Layers"]
            if "Ref" in one
        ]

    def code_folder(self, stage: str, name: str) -> Path:
        return self._asset(stage, self.function(stage, name)["Code"]["S3Key"])

    def _layer_keys(self, stage: str, properties: dict[str, Any]) -> list[str]:
        layers = self.resources(stage, "service", "Lambda::LayerVersion")
        # A layer that somebody else publishes, as the Lambda Web Adapter's, is no asset.
        own = [layers[one["Ref"]] for one in properties["Layers"] if "Ref" in one]
        return [str(one["Properties"]["Content"]["S3Key"]) for one in own]

    def _asset(self, stage: str, key: str) -> Path:
        files = json.loads((self.path / f"nexus-{stage}-service.assets.json").read_text())["files"]
        return self.path / str(files[key.removesuffix(".zip")]["source"]["path"])


def _tree_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
