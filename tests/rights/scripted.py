"""What a random case is made of, and what it should show: people, documents, changes, requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from nexus.models import DocumentMetadata, Filters, Principal
from tests.rights.world import FOLDERS

# As people spell them; "Board" is also what a folder gives.
GROUPS = ("hr", "Board", "finance", "Größe, klein")
SPELLINGS = {"hr": " HR ", "Board": "board", "finance": "FINANCE", "Größe, klein": "GRÖSSE, klein"}
FOLDER_NAMES = ("", "hr/", "hr/board/", "open/", "")
DEPARTMENTS = ("", "Audit", "Sales")
ROUTES = ("search", "chat", "repeated", "talk", "listing", "read", "content")

groups = st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple)


@dataclass
class Paper:
    """A document: what the bucket says of it, and what readers should see it by."""

    tenant: str
    path: str
    code: str
    groups: tuple[str, ...]
    department: str
    shown_groups: tuple[str, ...] = ()
    shown_department: str = ""

    def effective(self) -> tuple[str, ...]:
        """Its own groups, or its folder's."""
        fitting = [folder for folder in FOLDERS if self.path.startswith(folder)]
        folder = max(fitting, key=len, default="")
        return self.groups or tuple(FOLDERS.get(folder, ()))

    def settle(self) -> None:
        """What is said of it holds for readers from now on."""
        self.shown_groups, self.shown_department = self.effective(), self.department

    @property
    def metadata(self) -> DocumentMetadata:
        """What its upload says."""
        return DocumentMetadata(department=self.department or None, groups=self.groups)

    @property
    def text(self) -> str:
        """All that it says."""
        return f"The access code of office {self.code[1:]} is {self.code}.\n"


@dataclass
class Person:
    """A caller: its groups, the department that its key is limited to, and its conversation."""

    name: str
    tenant: str
    groups: tuple[str, ...]
    department: str
    key: str = ""
    conversation: str | None = None
    asked: list[str] = field(default_factory=list)

    def principal(self) -> Principal:
        """Who it is to the service; its groups are spelled as nobody else spells them."""
        spelled = tuple(SPELLINGS.get(one, one) for one in self.groups)
        only = Filters(departments=(self.department,)) if self.department else Filters()
        return Principal(self.tenant, self.name, "user", "standard", only, groups=spelled)

    def sees(self, paper: Paper) -> bool:
        """Whether it may: the plain sentence that all of this is about."""
        shared = "*" in self.groups or set(self.groups) & set(paper.shown_groups)
        return (
            paper.tenant == self.tenant
            and (not paper.shown_groups or bool(shared))
            and self.department in ("", paper.shown_department)
        )


@dataclass(frozen=True)
class Step:
    """A change, and who then asks what; `of` and `by` are places in the case's lists."""

    change: str
    of: int
    groups: tuple[str, ...]
    department: str
    by: int
    routes: tuple[str, ...]
    refuses: bool


@dataclass(frozen=True)
class Case:
    """People of two tenants, and what happens to these tenants' papers and to them.

    `cached` is whether changes have settled when they are asked, so that caches answer.
    """

    people: tuple[tuple[bool, tuple[str, ...], str], ...]
    steps: tuple[Step, ...]
    cached: bool


steps = st.builds(
    Step,
    change=st.sampled_from(("patch", "patch", "patch_unheard", "upload", "rekey", "none")),
    of=st.integers(0, 7),
    groups=groups,
    department=st.sampled_from(DEPARTMENTS),
    by=st.integers(0, 7),
    routes=st.lists(st.sampled_from(ROUTES), min_size=2, max_size=3, unique=True).map(tuple),
    refuses=st.booleans(),
)
cases = st.builds(
    Case,
    people=st.lists(
        st.tuples(st.booleans(), groups | st.just(("*",)), st.sampled_from(("", "", *DEPARTMENTS))),
        min_size=1,
        max_size=2,
    ).map(tuple),
    steps=st.lists(steps, min_size=1, max_size=3).map(tuple),
    cached=st.booleans(),
)
