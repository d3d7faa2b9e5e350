"""What a request asks: the fields beside a recording, of a form or of a JSON object."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData, UploadFile

from nexus.answering.answer_text import Style
from nexus.errors import InvalidRequest
from nexus.http.accepting import preferred
from nexus.http.filtering import FilterFields
from nexus.http.headers import ConversationId
from nexus.speech.kinds import MEDIA_TYPES, TAKEN
from nexus.speech.languages import LANGUAGES, UNKNOWN


def _known_language(given: Any) -> Any:
    """The code, if there is one. Raises PydanticCustomError, as what hears would blame the file."""
    if given is not None and not (isinstance(given, str) and given in LANGUAGES):
        raise PydanticCustomError("language", UNKNOWN)
    return given


Form = Literal["mp3", "wav", "ogg"]
UploadId = Annotated[str, StringConstraints(pattern=r"^u-[0-9a-f]{32}$")]
Voice = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
_MOST_FIELDS, _MOST_FIELD_BYTES = 12, 20_000
# Of the types that an answer's sound may have, those that Accept can name.
_ACCEPTED = {
    "json": "application/json",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
}


class AudioFields(BaseModel):
    """What may stand beside a recording; a form has `filters` as JSON text."""

    model_config = ConfigDict(extra="forbid")

    upload: UploadId | None = Field(
        default=None, description="The id that POST /v1/audio/uploads gave, instead of a file."
    )
    conversation_id: ConversationId | None = None
    style: Style | None = None
    filters: FilterFields | None = None
    voice: Voice | None = Field(
        default=None,
        description="A voice's name; without it one that speaks the answer's language.",
    )
    language: Annotated[Language | None, BeforeValidator(_known_language)] = Field(
        default=None, description="ISO 639-1 code of what is spoken; without it, it is found out."
    )
    format: Form | None = Field(default=None, description="Of the spoken answer; mp3 if not said.")
    encoding: Literal["base64", "hex"] = "base64"

    def told(self) -> dict[str, Any]:
        """As JSON, for a job and for comparing two requests."""
        return self.model_dump(mode="json", exclude_none=True)


async def read(request: Request) -> tuple[AudioFields, bytes | None]:
    """The fields, and the recording where it came with them.

    Raises RequestValidationError or InvalidRequest naming a field, and HTTPException for a form
    that cannot be read.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        return _checked(_object(await request.body())), None
    async with request.form(
        max_files=1, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES
    ) as form:
        file = form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else None
        if file is not None and content is None:
            raise InvalidRequest("file must be a file of the form, with a filename.", "file")
        return _checked(_fields(form)), content


def accepted_form(request: Request, fields: AudioFields) -> tuple[Form, bool]:
    """The form of the spoken answer, and whether it alone is to be sent, by the header Accept."""
    accept = request.headers.get("accept", "")
    best = preferred(accept, _ACCEPTED) if accept else "json"
    if best == "json":
        return fields.format or "mp3", False
    for form in ("mp3", "wav", "ogg"):
        if (fields.format or best) == form:
            return form, True
    return "mp3", True


def _fields(form: FormData) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name == "file":
            continue
        if name in given or not isinstance(value, str):
            raise InvalidRequest(f"{name} is sent twice, or as a file: send it once.", name[:100])
        if value:
            given[name] = _object(value.encode(), name) if name == "filters" else value
    return given


def _object(content: bytes, field: str | None = None) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if field:
        raise InvalidRequest(f"{field} must be a JSON object.", field)
    raise InvalidRequest(
        f"Send a form (multipart/form-data) with a recording as file ({TAKEN}), or a JSON object "
        "with upload.",
        "file",
    )


def _checked(given: dict[str, Any]) -> AudioFields:
    try:
        return AudioFields.model_validate(given)
    except ValidationError as err:
        errors = [{**one, "loc": ("body", *one["loc"])} for one in err.errors()]
        raise RequestValidationError(errors) from None


def media_type(form: Form) -> str:
    """The media type of a spoken answer."""
    return MEDIA_TYPES[form]
