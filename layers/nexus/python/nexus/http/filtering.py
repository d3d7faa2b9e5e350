"""The filters of a request: which documents it may be answered from."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from nexus import models
from nexus.http.fields import CalendarDate

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class FilterFields(BaseModel):
    """Which documents to search; a field that is absent or null does not restrict.

    Departments and tags are compared without regard to case, outer blanks and how accents are
    composed.
    """

    model_config = ConfigDict(extra="forbid")

    departments: list[Name] | None = Field(default=None, max_length=50, examples=[["Finance"]])
    tags: list[Name] | None = Field(
        default=None, max_length=50, description="At least one of these."
    )
    date_from: CalendarDate | None = Field(default=None, description="Documents dated on or after.")
    date_to: CalendarDate | None = Field(default=None, description="Documents dated on or before.")
    document_ids: list[Name] | None = Field(default=None, max_length=100)

    def to_filters(self) -> models.Filters:
        """The same, for the core."""
        return models.Filters(
            departments=tuple(self.departments or ()),
            tags=tuple(self.tags or ()),
            date_from=self.date_from.isoformat() if self.date_from else None,
            date_to=self.date_to.isoformat() if self.date_to else None,
            document_ids=tuple(self.document_ids or ()),
        )


def filters_of(fields: FilterFields | None) -> models.Filters:
    """The request's filters, for the core; absent ones do not restrict."""
    return models.Filters() if fields is None else fields.to_filters()
