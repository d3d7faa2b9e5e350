"""The fitted weights of the local extractive model, printed by `tests/training/extractive.py`.

The English ones were fitted to 291 of the development questions, the Indonesian ones to 197 of
IDK-MRC's, each to the five passages that the search found; the refusals to the same questions
without their passage or their article.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nexus.models import Language

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of evidence.FEATURES: of the first ones to choose what is read alone, then of all.

    `presence` is the logistic that tells an answer's presence; `confidence` lists its inputs.
    """

    first: Array
    last: Array
    presence: Array
    refuse_below: float


def _weights(written: str) -> Array:
    return np.array(written.split(), np.float32)


# Of the Indonesian weights those of shared words are at least 0: on so few questions some came out
# under it, and a shared word never speaks against a sentence.
FITS = {
    Language.ENGLISH: Fit(
        first=_weights(
            "0.79 1.74 2.3 -1.13 3.33 -0.09 0.95 1.26 0.13 0.76 0.49 -0.35 1.47 -1.56 "
            "14.09 -0.81 9.38 12.36"
        ),
        last=_weights(
            "1.36 0.04 2.4 -0.79 3.46 -0.21 0.82 0.93 0.16 0.79 0.21 -0.01 1.32 -1.52 "
            "12.02 -1.81 6.64 10.27 22.86 6.66 17.93 -8.76"
        ),
        presence=_weights("-28.59 0.1 1.58 0.35 0.03 2.89 4.19 22.44 3.19 -4.56 0.7"),
        refuse_below=0.05,
    ),
    Language.INDONESIAN: Fit(
        first=_weights(
            "0 2.34 0 1.33 0 0 1.71 1.74 0.64 0.04 1.62 0.26 -2.98 -4.11 12.2 0.07 9.71 8.26"
        ),
        last=_weights(
            "0 1.48 0 1.2 3.12 0 2.18 1.76 0.81 -0.09 0.75 0.41 -3.24 -3.63 "
            "9.82 -0.34 7.05 7.24 22.67 6.92 15.55 -8.27"
        ),
        presence=_weights("-63.21 0.28 0.2 -0.98 2.24 4.6 10.3 16.29 -3.63 33.66 -0.12"),
        refuse_below=0.031,
    ),
}
# For passages in another language than the question, where shared words mislead: fitted to the
# English questions without what words tell.
ACROSS = Fit(
    first=_weights(
        "0.0 0.0 0.0 0.0 0.0 0.0 0.8 1.25 0.09 0.65 0.92 -0.4 1.23 5.71 18.64 1.11 8.75 11.52"
    ),
    last=_weights(
        "0.0 0.0 0.0 0.0 0.0 0.0 0.69 2.03 0.2 0.71 0.64 0.04 1.33 -2.44 15.48 0.16 "
        "7.08 11.09 18.17 8.66 10.83 -5.95"
    ),
    presence=_weights("-25.95 -0.03 0.0 0.0 0.0 4.7 6.88 15.2 8.38 0.81 0.0"),
    refuse_below=0.02,
)
