"""The steps by which a release tries a stage do so, against this one, and within their role."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.local.layout import PROJECT
from tests.e2e.conftest import CALLS, Deployed

WORKFLOWS = PROJECT / ".github" / "workflows"
SMOKE = ("doctor", "upload", "ask", "evaluate", "delete")
# The name under which the emulator records what the steps call.
CALLER = "github-smoke"


def step(workflow: str, job: str, name: str) -> dict[str, Any]:
    jobs = yaml.safe_load((WORKFLOWS / workflow).read_text(encoding="utf-8"))["jobs"]
    return dict(next(one for one in jobs[job]["steps"] if one.get("name") == name))


def shell(program: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs a step as GitHub does one whose shell is bash."""
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", program]
    return subprocess.run(
        bash, cwd=folder, env=environ, capture_output=True, text=True, timeout=400, check=False
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a step sees it, but for the files that a step writes there."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in (".venv", "cli", "tests"):
        (folder / name).symlink_to(PROJECT / name)
    return folder


@pytest.fixture(scope="module")
def job(stack: Deployed) -> Iterator[dict[str, str]]:
    """What the job sets; the stage is this machine's, and the key one of the tenant smoke."""
    configured = yaml.safe_load((WORKFLOWS / "stage.yml").read_text())["jobs"]["stage"]["env"]
    made = stack.nexus("keys", "create", "smoke", "--tenant", "smoke").stdout
    [key] = re.findall(r"nx_[\w-]+", made)
    yield (
        stack.environ
        | configured
        | {
            "STAGE": "local",
            "NEXUS_API_KEY": key,
            "AWS_SDK_UA_APP_ID": CALLER,
        }
    )
    stack.nexus("keys", "revoke", "smoke", "--tenant", "smoke")


def test_the_smoke_steps_succeed_one_after_the_other_and_leave_nothing(
    stack: Deployed, checkout: Path, job: dict[str, str]
) -> None:
    for name in SMOKE:
        done = shell(step("stage.yml", "stage", name)["run"], checkout, **job)
        assert done.returncode == 0, (name, done.stdout, done.stderr)
    left = json.loads(stack.nexus("documents", "--tenant", "smoke", "--json").stdout)
    assert left == []


def test_a_stage_that_knows_nothing_does_not_pass(checkout: Path, job: dict[str, str]) -> None:
    for name in ("ask", "evaluate"):
        done = shell(step("stage.yml", "stage", name)["run"], checkout, **job)
        assert done.returncode != 0, (name, done.stdout)


def test_a_release_that_changed_nothing_is_not_taken_back(
    checkout: Path, job: dict[str, str], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    noted = step("stage.yml", "stage", "note the time")
    assert shell(noted["run"], checkout, **job, GITHUB_OUTPUT=str(output)).returncode == 0
    time = output.read_text().strip().removeprefix("time=")
    back = step("stage.yml", "stage", "take it back")
    done = shell(back["run"], checkout, **job, SINCE=time)
    assert (done.returncode, "nothing was moved" in done.stderr) == (1, True), done.stderr


def test_the_difference_becomes_a_comment_that_it_cannot_break_out_of(tmp_path: Path) -> None:
    output, written = tmp_path / "output", tmp_path / "written.md"
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    # What the CDK prints is the branch's: it ends neither the step's output nor the comment.
    (programs / "nexus").write_text(
        "#!/bin/sh\necho '[+] AWS::S3::Bucket'\necho text\necho 'end-of-1'\n"
        "echo '````'\nhead -c 200000 /dev/zero | tr '\\0' x\n"
    )
    (programs / "gh").write_text(f'#!/bin/sh\ncp comment.md {written}\necho "$@"\n')
    for one in programs.iterdir():
        one.chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    compared = step("pull-request.yml", "diff", "compare with staging")
    done = shell(compared["run"], tmp_path, PATH=path, GITHUB_OUTPUT=str(output))
    assert done.returncode == 0, done.stderr
    first, *lines, last = output.read_text().splitlines()
    assert first == f"text<<{last}"
    assert last not in lines
    text = "\n".join(lines)
    assert text.startswith("[+] AWS::S3::Bucket")
    assert len(text) <= 60_001

    comment = step("pull-request.yml", "comment", "comment")
    done = shell(comment["run"], tmp_path, PATH=path, TEXT=text, PULL_REQUEST="7")
    assert done.stdout.split()[:3] == ["pr", "comment", "7"], done.stderr
    body = written.read_text()
    assert body.count("````") == 2
    assert len(body) < 65_536


def test_the_steps_call_nothing_that_their_role_does_not_allow(
    checkout: Path, job: dict[str, str]
) -> None:
    shell(step("stage.yml", "stage", "doctor")["run"], checkout, **job)
    lines = map(json.loads, CALLS.read_text(encoding="utf-8").splitlines())
    recorded = {(one["action"], _arn(one)) for one in lines if one["function"] == CALLER}
    called = {call for call in recorded if call[0] not in NOT_TOLD_APART}
    assert {"dynamodb", "s3", "secretsmanager", "sqs"} <= {
        action.partition(":")[0] for action, _ in called
    }
    allowed = list(_allowed("Smoke"))
    missing = {call for call in called if not any(_covers(grant, call) for grant in allowed)}
    assert sorted(missing) == []


# The functions make none of these, so the recording does not tell which they are.
NOT_TOLD_APART = {"cloudformation:Unknown", "sts:Unknown", "ssm:Unknown", "lambda:Unknown"}


def _arn(call: dict[str, Any]) -> str:
    # The emulator's secrets have their names for ARNs.
    named = call["action"].startswith("secretsmanager:")
    place = "arn:aws:secretsmanager:us-east-1:000000000000:secret:" if named else ""
    return place + str(call["resource"])


def _allowed(role: str) -> Iterator[tuple[str, str]]:
    template = yaml.safe_load((PROJECT / "deploy" / "github_roles.yaml").read_text())
    named = {"Partition": "aws", "AccountId": "000000000000", "Region": "us-east-1"}
    for policy in template["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, resources = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                for one in resources if isinstance(resources, list) else [resources]:
                    text = one if isinstance(one, str) else one["Fn::Sub"]
                    for name, value in named.items():
                        text = text.replace(f"${{AWS::{name}}}", value)
                    yield action, text.replace("${Stage}", "local")


def _covers(grant: tuple[str, str], call: tuple[str, str]) -> bool:
    action, resource = grant
    pattern = ".*".join(re.escape(part) for part in resource.split("*"))
    return action.lower() == call[0].lower() and bool(re.fullmatch(pattern, call[1]))


def test_bash_is_here_as_on_the_runner() -> None:
    assert shutil.which("bash")
