"""Every single-option change of a stage, and what each would do to the deployed stacks.

A field's other values come from its type, so that a new field is covered by itself.
`python -m tests.infrastructure.changes [STAGE…]` tries all values of all fields in all stages; the
test of the suite tries one value of each field, in one stage each.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cdk import packaging
from cdk.app import add_stage, configured_app
from cdk.stages import Stage, StageError, read_stage
from tests.infrastructure.assembly import STAGES, configuration
from tests.infrastructure.replacing import exports, imports, replaced

_KINDS = get_type_hints(Stage)
_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/"
# Fields whose text has a form; any other text field gets one that says nothing.
_TEXTS = {
    "account": "123456789012",
    "agents": "cli/local/sample_agents",
    "region": "us-east-1",
    "python_version": "3.12",
    "reindex_schedule": "rate(2 days)",
    "backup_schedule": "rate(2 days)",
    "connect_schedule": "rate(2 days)",
    "models_url": "https://models.example.org/v1",
    "rerank_url": "https://rerank.example.org/v1",
    "pinecone_host": "https://other.pinecone.example.org",
    "alarm_email": "ops@example.org",
    "log_stream_arn": "arn:aws:kinesis:us-east-1:123456789012:stream/logs",
    "domain_name": "nexus.example.org",
    "certificate_arn": f"{_CERTIFICATE}1",
    "hosted_zone": "Z0123456789ABC",
    "replica_bucket": "nexus-standby-documents",
    "sign_in_domain": "other-documents",
    "sign_in_url": "http://127.0.0.1:4566",
    "oidc_issuer": "https://id.example.org",
    "oidc_keys_url": "https://id.example.org/keys",
    "oidc_revocation_url": "https://id.example.org/revoke",
    "oidc_authorization_url": "https://id.example.org/authorize",
    "oidc_token_url": "https://id.example.org/token",
    "oidc_sign_out_url": "https://id.example.org/logout",
    "page_url": "http://127.0.0.1:4568",
    "page_logo": "web/public/icon.svg",
    "failover_check": "https://abc123.execute-api.us-east-1.amazonaws.com/live/ready",
}
_MAPPED = {
    "page_colours": {"accent": "#123456"},
    "page_questions": {"en": ("What is new?",)},
}
_NEVER_EMPTY = {"python_version"}
_LOCAL = {"python_version", "architecture"}  # what the local stage has is this machine's own
_DOMAIN = {"domain_name": "nexus.example.org", "certificate_arn": f"{_CERTIFICATE}0"}
# What has to be configured before and after a field is changed, and what only with its new value.
_RECORD = {**_DOMAIN, "hosted_zone": _TEXTS["hosted_zone"]}
_BESIDE: dict[str, dict[str, Any]] = {
    # Only a stage that asks no other company any more can do without secrets for their keys.
    "upstream_secrets": {
        name: configuration("aws").get(name, "")
        for name in (
            *("models_provider", "models_url", "embedding_model", "embedding_dimension"),
            *("chat_model", "verifier_model", "rewrite_model", "chat_api"),
            *("vector_index", "pinecone_host", "transcription_model", "speech_model"),
        )
    },
    **{"certificate_arn": _DOMAIN, "hosted_zone": _DOMAIN},
    **{"failover": _RECORD, "failover_check": {**_RECORD, "failover": "secondary"}},
}
_CALLBACKS = {
    "sign_in_callbacks": ("https://page.example.org/callback",),
    "sign_in_domain": "org-documents",
}
_WITH: dict[str, dict[str, Any]] = {
    "sign_in": _CALLBACKS,
    "domain_name": {"certificate_arn": f"{_CERTIFICATE}0"},
    "failover": {"failover_check": _TEXTS["failover_check"]},
}
# What goes with an option that is taken back, for it is there for nothing else.
_OWN = {
    **{"reindex_schedule": ("SchedulerRole",), "backup_schedule": ("SchedulerRole",)},
    "connect_schedule": ("SchedulerRole",),
    **{"releases": ("Releases",), "monitored": ("Releases",)},
    "log_stream_arn": ("LogExportRole",),
    "replica_bucket": ("ReplicationRole",),
    "page": ("PublishedPage",),
    # A stage can do without them only once nothing asks another company; their exports are tried.
    "upstream_secrets": tuple(f"removes {one}Secret" for one in ("Models", "Pinecone", "Rerank")),
}

Templates = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """A stage before and after one field was given another value."""

    field: str
    before: Stage
    after: Stage

    def __str__(self) -> str:
        old, new = (getattr(one, self.field) for one in (self.before, self.after))
        return f"{self.before.name}: {self.field} from {old!r} to {new!r}"


def changed_fields() -> list[str]:
    """Every field of a stage but its name, which makes it another stage."""
    return [spec.name for spec in fields(Stage) if spec.name != "name"]


def changes(stage: str, field: str) -> list[Change]:
    """The changes of a field to its other values, in a stage of cdk.json.

    Values that the stage's checks refuse are left out, unless they refuse all: what cannot be
    deployed now may have been when it was, and then has to be taken back.
    """
    beside = _BESIDE.get(field, {})
    before, _ = _configured(stage, beside)
    tried = [
        _configured(stage, {**beside, **_WITH.get(field, {}), field: value})
        for value in _others(field, getattr(before, field))
    ]
    accepted = [Change(field, before, after) for after, is_valid in tried if is_valid]
    return accepted or [Change(field, before, after) for after, _ in tried]


def _configured(stage: str, more: Mapping[str, Any]) -> tuple[Stage, bool]:
    """A stage of cdk.json with other values, and whether its checks accept them."""
    written = {key: list(one) if isinstance(one, tuple) else one for key, one in more.items()}
    try:
        return read_stage(stage, {**configuration(stage), **written}), True
    except StageError:
        return replace(read_stage(stage, configuration(stage)), **more), False


def _others(field: str, current: Any) -> list[Any]:
    """Other values of a field's type, next to its own for numbers, and those of other stages."""
    kind = _KINDS[field]
    if get_origin(kind) is Literal:
        return [choice for choice in get_args(kind) if choice != current]
    found = {
        bool: [not current] if kind is bool else [],
        int: [current - 1, current + 1] if kind is int else [],
        float: [current / 2] if kind is float else [],
        str: [*([] if field in _NEVER_EMPTY else [""]), _TEXTS.get(field, "another")],
        tuple[str, ...]: [(), ("https://app.example.org",)],
        Mapping[str, str]: [{}, _MAPPED.get(field, {"NEXUS_TOP_K": "9"})],
        Mapping[str, Mapping[str, str]]: [
            {},
            {"Entra": {"kind": "saml", "metadata_url": "https://login.example.org/metadata"}},
        ],
        Mapping[str, tuple[str, ...]]: [{}, _MAPPED.get(field, {"hr/": ("hr",)})],
    }.get(kind, [])
    if field not in _LOCAL:
        found += [getattr(read_stage(name, configuration(name)), field) for name in STAGES]
    return [one for at, one in enumerate(found) if one != current and one not in found[:at]]


@contextmanager
def without_packages(folder: Path) -> Iterator[None]:
    """Layers and functions are not built while inside: one empty folder stands for all of them."""
    folder.mkdir(parents=True, exist_ok=True)

    def stub(*given: Any) -> packaging.Package:
        return packaging.Package(folder, hashlib.sha256(repr(given).encode()).hexdigest())

    names = ("dependency_layer", "source_layer", "function_code")
    kept = {name: getattr(packaging, name) for name in names}
    try:
        for name in names:
            setattr(packaging, name, stub)
        yield
    finally:
        for name, function in kept.items():
            setattr(packaging, name, function)


def synthesized(stage: Stage, folder: Path) -> Templates:
    """The templates of a stage's stacks, by their names; call it `without_packages`."""
    out = folder / "assembly"
    app = configured_app(outdir=str(out), context={"aws:cdk:disable-asset-staging": True})
    stacks = add_stage(app, stage)
    app.synth()
    return {
        stack.stack_name: json.loads((out / f"{stack.stack_name}.template.json").read_text())
        for stack in stacks
    }


def faults(before: Templates, after: Templates) -> list[str]:
    """What would keep `after` from being deployed over `before`, or lose what is deployed."""
    imported = {name for template in before.values() for name in imports(template)}
    wanted = {name for template in after.values() for name in imports(template)}
    had = {name for template in before.values() for name in exports(template)}
    has = {name for template in after.values() for name in exports(template)}
    return [
        *(f"removes the export {name}, which is imported" for name in sorted(had & imported - has)),
        *(f"imports {name}, which nothing exports" for name in sorted(wanted - has)),
        *(
            f"replaces or removes {name} of {stack}"
            for stack, template in before.items()
            for name in replaced(template, after[stack])
        ),
    ]


class Deployments:
    """Tries changes; what a stage was before is synthesized once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Templates] = {}

    def faults(self, change: Change) -> list[str]:
        """What is wrong with a change, or with taking it back."""
        before, after = self._templates(change.before), synthesized(change.after, self._folder)
        found = [
            *(f"{change}: {fault}" for fault in faults(before, after)),
            *(f"{change}, and back: {fault}" for fault in faults(after, before)),
        ]
        own = _OWN.get(change.field, ())
        return [fault for fault in found if not any(one in fault for one in own)]

    def _templates(self, stage: Stage) -> Templates:
        key = repr(stage)
        if key not in self._known:
            self._known[key] = synthesized(stage, self._folder)
        return self._known[key]


def main(stages: Sequence[str]) -> None:
    """Tries every other value of every field in these stages; exits with what it found."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as scratch, without_packages(Path(scratch) / "package"):
        for stage in stages:
            deployments, begun = Deployments(Path(scratch)), time.monotonic()
            tried = [change for field in changed_fields() for change in changes(stage, field)]
            found += [fault for change in tried for fault in deployments.faults(change)]
            took_s = time.monotonic() - begun
            sys.stdout.write(f"{stage}: {len(tried)} changes and back in {took_s:.0f} s\n")
            sys.stdout.flush()
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:] or STAGES)
