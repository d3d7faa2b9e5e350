"""Recognises text in pictures by Tesseract, within a time that is given for all of them."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexus.errors import ConfigurationError, DocumentTooLarge
from nexus.ingestion.parsing.cleaning import clean
from nexus.models import ReadingWarning

if TYPE_CHECKING:
    from PIL.Image import Image

# English data reads Indonesian at least as well as Indonesian data does (docs/parsing.md).
_LANGUAGE = "eng"
# One part of a document takes at most this long, whatever it shows, and one picture of it.
PART_S = 60.0
PICTURE_S = 20.0
# A page of A3 at 300 dots an inch has 17 million; what is larger is made smaller first.
_MOST_PIXELS = 18_000_000
_LARGEST = 100_000_000
# Icons, rules and logos.
_NARROWEST, _LOWEST = 120, 24
# Of photographs and drawings Tesseract makes words that nobody wrote, and doubts them.
_SURE = 45
_DOUBTFUL = 75
_DARK = 128


@dataclass(slots=True)
class Found:
    """What was recognised in one picture; `confidence` is Tesseract's mean, from 0 to 100."""

    paragraphs: list[str]
    confidence: float


@dataclass(slots=True)
class Recogniser:
    """Tesseract at work on the pictures of one part of a document, and what became of each.

    `read`, `empty` and `missed` are places as a reader finds them: read by recognition, without
    text that could be made out, and not read for want of time.
    """

    api: Any
    ends: float
    clock: Callable[[], float]
    read: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)

    def picture(self, image: Image, place: str) -> list[str]:
        """The paragraphs of a picture; none where it shows no text, or the time is over."""
        if image.width < _NARROWEST or image.height < _LOWEST:
            return []
        left = self.ends - self.clock()
        if left <= 0:
            self.missed.append(place)
            return []
        grey = _grey(image)
        if not any(grey.histogram()[:_DARK]):  # nothing dark: a blank page
            return []
        self.api.SetImage(grey)
        if not self.api.Recognize(int(min(left, PICTURE_S) * 1000)):
            self.missed.append(place)
            return []
        found = _found(self.api)
        if not found.paragraphs:
            self.empty.append(place)
            return []
        self.read.append(place)
        self.confidences.append(found.confidence)
        return found.paragraphs

    def warnings(self, kind: str) -> Iterator[ReadingWarning]:
        """What a reader should know of it; `kind` names the places: "page", "picture"."""
        if self.read:
            mean = round(sum(self.confidences) / len(self.confidences))
            low = ", low" if mean < _DOUBTFUL else ""
            yield ReadingWarning(
                f"read by text recognition (OCR), mean confidence {mean} %{low}",
                places(kind, self.read),
                "Compare figures and names with the original where they matter.",
            )
        if self.empty and kind == "page":  # a picture within a text may well be a photograph
            yield ReadingWarning(
                "no text was recognised (OCR)",
                places(kind, self.empty),
                "Scan again in higher quality if they hold text.",
            )
        if self.missed:
            yield ReadingWarning(
                "not read: text recognition (OCR) took too long",
                places(kind, self.missed),
                "Split the document, or run text recognition on it and upload the result.",
            )


@contextmanager
def recogniser(
    seconds: float = PART_S, clock: Callable[[], float] = time.monotonic
) -> Iterator[Recogniser]:
    """Tesseract for one part of a document. Raises ConfigurationError where it is not installed."""
    try:
        import tesserocr
    except ImportError as err:
        raise ConfigurationError(
            "NEXUS_OCR is on but Tesseract is not installed: set the field `ocr` of the stage, "
            "which adds its layer."
        ) from err
    ends = clock() + seconds
    path = f"{_data(Path(tesserocr.__file__))}/"
    with tesserocr.PyTessBaseAPI(path=path, lang=_LANGUAGE, psm=tesserocr.PSM.AUTO) as api:
        yield Recogniser(api, ends, clock)


def opened(content: bytes) -> Image:
    """A picture that came from outside, not yet unpacked. Raises DocumentTooLarge."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = _LARGEST
    image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF", "GIF", "BMP"))
    if image.width * image.height > _LARGEST:
        raise DocumentTooLarge(
            f"The picture has more than {_LARGEST // 1_000_000} million pixels: make it smaller."
        )
    return image


def places(kind: str, numbers: list[str]) -> str:
    """Places in words, numbers that follow each other as a range: "pages 2–6, 9"."""
    runs: list[list[str]] = []
    for number in numbers:
        after = runs and runs[-1][-1].isdigit() and number.isdigit()
        if after and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[:30]]
    more = f" and {len(runs) - 30} more" if len(runs) > 30 else ""
    several = "s" if len(numbers) > 1 else ""
    return f"{kind}{several} {', '.join(shown)}{more}"


def _grey(image: Image) -> Image:
    """The picture as Tesseract reads it: grey on white, not larger than it needs."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    if image.width * image.height > _MOST_PIXELS:
        scale = (_MOST_PIXELS / (image.width * image.height)) ** 0.5
        size = max(int(image.width * scale), 1), max(int(image.height * scale), 1)
        if image.format == "JPEG":
            image.draft("L", size)
        image = image.convert("L") if image.mode not in ("L", "RGB", "RGBA", "LA") else image
        image.thumbnail(size)
    # Phones turn a photograph by a word in its file, which may be damaged.
    with suppress(Exception):
        image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Pictures.new("RGBA", layered.size, "white")
        white.alpha_composite(layered)
        image = white
    return image.convert("L")


def _found(api: Any) -> Found:
    from tesserocr import RIL, iterate_level

    paragraphs: list[str] = []
    confidences: list[float] = []
    if (result := api.GetIterator()) is None:
        return Found([], 0.0)
    for one in iterate_level(result, RIL.PARA):
        try:
            text, confidence = clean(one.GetUTF8Text(RIL.PARA)), one.Confidence(RIL.PARA)
        except RuntimeError:  # Tesseract's word for a block without text
            continue
        if confidence < _SURE or not any(letter.isalnum() for letter in text):
            continue
        text = " ".join(text.split("\n")) if _is_prose(text) else text
        if paragraphs and text[0].islower() and paragraphs[-1][-1] not in ".:;!?":
            paragraphs[-1] += f" {text}"  # a line that begins further in parts no sentence
        else:
            paragraphs.append(text)
        confidences.append(confidence)
    mean = sum(confidences) / len(confidences) if confidences else 0.0
    return Found(paragraphs, mean)


def _is_prose(text: str) -> bool:
    """Whether lines are a paragraph that was wrapped: all but the last are about as long."""
    lines = [len(line) for line in text.split("\n")]
    return len(lines) > 1 and min(lines[:-1]) * 1.5 >= max(lines) and max(lines) > 30


def _data(module: Path) -> Path:
    """The folder of the language data: beside the packages in a layer, under the prefix else."""
    for root in (module.parent.parent, Path(sys.prefix)):
        folder = root / "share" / "tessdata"
        if (folder / f"{_LANGUAGE}.traineddata").exists():
            return folder
    raise ConfigurationError(
        "NEXUS_OCR is on but Tesseract's language data is not installed: set the field `ocr` of "
        "the stage, which adds its layer."
    )
