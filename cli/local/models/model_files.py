"""Names the files of the converted model, for who writes them and who reads them.

They stand apart from what writes them, since that imports ONNX, which no server needs.
"""

from __future__ import annotations

GRAPH_NAME = "model.onnx"
TOKENIZER_NAME = "tokenizer.json"
SCORES_NAME = "scores.npy"  # the log probability of each piece of the vocabulary
# The table of words is a file of its own, which ONNX Runtime maps instead of copying: of its 96 MB
# only what texts use is ever read.
TABLE_NAME = "words.bin"
