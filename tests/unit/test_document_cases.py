"""Files as offices write them: what each becomes, compared with what its case's wanted.json asks.

The cases are folders in tests/golden/documents; `python -m tests.check_documents` says the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check_documents import Wanted, checks_of, faults, project

CASES = sorted(
    one for one in (Path(__file__).parents[1] / "golden" / "documents").iterdir() if one.is_dir()
)
CHECKS = [(case / wanted["file"], wanted) for case in CASES for wanted in checks_of(case)]


@pytest.mark.parametrize(
    ("path", "wanted"), CHECKS, ids=[f"{path.parent.name[:2]}-{path.name}" for path, _ in CHECKS]
)
def test_a_file_is_read_as_its_owner_would_read_it(path: Path, wanted: Wanted) -> None:
    assert faults(wanted, project()(path)) == []
