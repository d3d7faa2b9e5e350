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
ROUTES = ("search", "chat", "repeated", "talk", "listing", "read", "content", "text")

groups = st.lists(st.sampled_from(GROUPS), max_size=2, unique=True).map(tuple)


# Groups and department by which a version is seen.
Shown = tuple[tuple[str, ...], str]


@dataclass
class Paper:
    """A document: what the bucket says of it, and what readers should see it by.

    `past` are the codes that versions of before told.
    """

    tenant: str
    path: str
    code: str
    groups: tuple[str, ...]
    department: str
    shown_groups: tuple[str, ...] = ()
    shown_department: str = ""
    past: list[str] = field(default_factory=list)

    def effective(self) -> tuple[str, ...]:
        """Its own groups, or its folder's."""
        fitting = [folder for folder in FOLDERS if self.path.startswith(folder)]
        folder = max(fitting, key=len, default="")
        return self.groups or tuple(FOLDERS.get(folder, ()))

    def settle(self) -> None:
        """What is said of it holds for readers from now on."""
        self.shown_groups, self.shown_department = self.effective(), self.department

    def revise(self) -> None:
        """Its next version says something else."""
        self.past.append(self.code)
        self.code = f"{self.code[:-3]}{int(self.code[-3:]) + 1:03}"

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
    """A caller: its groups, the department that its key is limited to, and its conversation.

    `read` is what documents were seen by when it was told their codes, by code.
    """

    name: str
    tenant: str
    groups: tuple[str, ...]
    department: str
    key: str = ""
    conversation: str | None = None
    read: dict[str, set[Shown]] = field(default_factory=dict)

    def principal(self) -> Principal:
        """Who it is to the service; its groups are spelled as nobody else spells them."""
        spelled = tuple(SPELLINGS.get(one, one) for one in self.groups)
        only = Filters(departments=(self.department,)) if self.department else Filters()
        return Principal(self.tenant, self.name, "user", "standard", only, groups=spelled)

    def sees(self, paper: Paper) -> bool:
        """Whether it may: the plain sentence that all of this is about."""
        said = (paper.shown_groups, paper.shown_department)
        return paper.tenant == self.tenant and self.may_see(said)

    def may_see(self, said: Shown) -> bool:
        """Whether it may see what has these groups and this department."""
        groups, department = said
        shared = "*" in self.groups or set(self.groups) & set(groups)
        return (not groups or bool(shared)) and self.department in ("", department)


@dataclass(frozen=True)
class Case:
    """A change of a paper, perhaps another key for a caller, and what that one then asks.

    `of`, `by` and `about` (None: the one that was changed) are places among papers and people.
    `cached` is whether changes have settled when they are asked for, so that caches answer.
    """

    change: str
    of: int
    groups: tuple[str, ...]
    department: str
    by: int
    rekeyed: tuple[tuple[str, ...], str] | None
    about: int | None
    routes: tuple[str, ...]
    refuses: bool
    cached: bool


cases = st.builds(
    Case,
    change=st.sampled_from(("patch", "unheard", "upload", "revise", "none")),
    of=st.integers(0, 9),
    groups=groups,
    department=st.sampled_from(DEPARTMENTS),
    by=st.integers(0, 5),
    rekeyed=st.none()
    | st.tuples(groups | st.just(("*",)), st.sampled_from(("", "", "", *DEPARTMENTS))),
    about=st.none() | st.integers(0, 9),
    routes=st.lists(st.sampled_from(ROUTES), min_size=2, max_size=2, unique=True).map(tuple),
    refuses=st.booleans(),
    cached=st.booleans(),
)
