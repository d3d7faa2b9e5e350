"""Writes an encoder of BERT's make as an ONNX graph, in float32 or with int8 weights.

Both graphs take `input_ids` (int32, batch × tokens) and return `pooled` (the tokens' mean, unit
length, batch × width) and `token_states` (last layer, unit length per token, batch × tokens ×
width). There is no mask, so that the texts of a batch must be equally long: without one, attention
takes two thirds of the time. The fused `com.microsoft` operators are ONNX Runtime's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[np.float32]

# The largest int8 value of a weight. Those that are multiplied use seven bits, because processors
# without VNNI add pairs of products in 16 bits, which eight would overflow.
LOOKED_UP = 127
MULTIPLIED = 63


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an encoder is, and the least variance that its normalisations divide by."""

    layers: int
    heads: int
    width: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Neutral:
    """What all texts share, or all of a language: it hides what they say.

    `directions` are rows of unit length at right angles: every state is freed of them. `usual` is
    what is left of a token's state on average, which is taken from those alone: the vector of a
    whole text finds more with it.
    """

    directions: Array
    usual: Array


class _Graph:
    """Nodes and constants in the making; each method appends and returns its output's name."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, domain: str = "", **attrs: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], domain=domain, **attrs))
        return output

    def fused(self, op: str, inputs: list[str], output: str, **attrs: Any) -> str:
        return self.node(op, inputs, output, domain="com.microsoft", **attrs)


def encoder_graph(
    weights: Mapping[str, Array],
    shape: Shape,
    neutral: Neutral | None = None,
    *,
    quantized: bool,
) -> onnx.ModelProto:
    """The whole encoder as a model; `weights` are the checkpoint's tensors by their names."""
    graph = _Graph(shape)
    graph.constant("zero_axis", np.array([0], np.int64))
    graph.constant("token_axis", np.array([1], np.int64))
    states = _embeddings(graph, weights, quantized=quantized)
    for layer in range(shape.layers):
        states = _layer(graph, weights, layer, states, quantized=quantized)
    if neutral is not None:
        rest = np.eye(shape.width, dtype=np.float32) - neutral.directions.T @ neutral.directions
        states = graph.node("MatMul", [states, graph.constant("rest", rest)], "freed_states")
    _outputs(graph, states, neutral)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT32, ["batch", "tokens"])],
            [
                helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", shape.width]),
                helper.make_tensor_value_info(
                    "token_states", TensorProto.FLOAT, ["batch", "tokens", shape.width]
                ),
            ],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)],
        ir_version=10,
    )
    onnx.checker.check_model(model)
    return model


def _quantize(weight: Array, highest: int) -> tuple[NDArray[np.int8], Array]:
    """Symmetric int8 values up to `highest`, and one scale for each row."""
    scale = np.maximum(np.abs(weight).max(axis=1, keepdims=True) / highest, 1e-8)
    values = np.clip(np.rint(weight / scale), -highest, highest).astype(np.int8)
    return values, scale.squeeze(1).astype(np.float32)


def _embeddings(graph: _Graph, weights: Mapping[str, Array], *, quantized: bool) -> str:
    table = weights["embeddings.word_embeddings.weight"]
    if quantized:
        values, scale = _quantize(table, LOOKED_UP)
        rows = graph.node("Gather", [graph.constant("words", values), "input_ids"], "word_rows")
        scales = graph.node(
            "Gather", [graph.constant("word_scales", scale[:, None]), "input_ids"], "row_scales"
        )
        rows = graph.node("Cast", [rows], "word_floats", to=TensorProto.FLOAT)
        words = graph.node("Mul", [rows, scales], "word_states")
    else:
        words = graph.node("Gather", [graph.constant("words", table), "input_ids"], "word_states")
    # One sentence per input: the segment is always 0, so its vector is part of the position's.
    positions = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    shape = graph.node("Shape", ["input_ids"], "tokens_length", start=1, end=2)
    positions_used = graph.node(
        "Slice", [graph.constant("positions", positions), "zero_axis", shape, "zero_axis"], "places"
    )
    summed = graph.node("Add", [words, positions_used], "embedded")
    return graph.node(
        "LayerNormalization",
        [
            summed,
            graph.constant("embedded_gamma", weights["embeddings.LayerNorm.weight"]),
            graph.constant("embedded_beta", weights["embeddings.LayerNorm.bias"]),
        ],
        "states_0",
        epsilon=graph.shape.epsilon,
    )


def _linear(
    graph: _Graph, name: str, states: str, weight: Array, bias: Array, *, quantized: bool
) -> str:
    """A linear map; `weight` is stored as PyTorch stores it, outputs × inputs."""
    bias_name = graph.constant(f"{name}_bias", bias)
    if not quantized:
        product = graph.node(
            "MatMul", [states, graph.constant(f"{name}_weight", weight.T)], f"{name}_product"
        )
        return graph.node("Add", [product, bias_name], name)
    values, scale = _quantize(weight, MULTIPLIED)
    return graph.fused(
        "DynamicQuantizeMatMul",
        [
            states,
            graph.constant(f"{name}_weight", values.T),
            graph.constant(f"{name}_scale", scale),
            graph.constant(f"{name}_zero", np.zeros(len(scale), np.int8)),
            bias_name,
        ],
        name,
    )


def _layer(
    graph: _Graph, weights: Mapping[str, Array], layer: int, states: str, *, quantized: bool
) -> str:
    prefix = f"encoder.layer.{layer}."

    def stacked(kind: str, *parts: str) -> Array:
        return np.concatenate([weights[f"{prefix}{part}.{kind}"] for part in parts])

    def linear(name: str, source: str, *parts: str) -> str:
        return _linear(
            graph,
            f"{name}_{layer}",
            source,
            stacked("weight", *parts),
            stacked("bias", *parts),
            quantized=quantized,
        )

    def normalised(name: str, output: str, source: str, skip: str, part: str) -> str:
        # Two operators: the fused SkipLayerNormalization is ten times slower on a CPU.
        summed = graph.node("Add", [source, skip], f"{name}_{layer}_sum")
        gamma = graph.constant(f"{name}_{layer}_gamma", weights[f"{prefix}{part}.weight"])
        beta = graph.constant(f"{name}_{layer}_beta", weights[f"{prefix}{part}.bias"])
        return graph.node(
            "LayerNormalization", [summed, gamma, beta], output, epsilon=graph.shape.epsilon
        )

    parts = [f"attention.self.{part}" for part in ("query", "key", "value")]
    joint = linear("qkv", states, *parts)
    split = [f"{part}_{layer}" for part in ("query", "key", "value")]
    graph.nodes.append(helper.make_node("Split", [joint], split, axis=2))
    attended = graph.fused(
        "MultiHeadAttention",
        split,
        f"attended_{layer}",
        num_heads=graph.shape.heads,
    )
    projected = linear("projected", attended, "attention.output.dense")
    middle = normalised(
        "middle", f"middle_{layer}", projected, states, "attention.output.LayerNorm"
    )
    wide = linear("wide", middle, "intermediate.dense")
    active = graph.fused("Gelu", [wide], f"active_{layer}")
    narrow = linear("narrow", active, "output.dense")
    return normalised("states", f"states_{layer + 1}", narrow, middle, "output.LayerNorm")


def _outputs(graph: _Graph, states: str, neutral: Neutral | None) -> None:
    total = graph.node("ReduceSum", [states, "token_axis"], "state_total", keepdims=0)
    # The mean's divisor vanishes in the normalisation, so the sum is normalised directly.
    graph.node("LpNormalization", [total], "pooled", axis=-1, p=2)
    if neutral is not None:
        alike = graph.node("LpNormalization", [states], "token_directions", axis=-1, p=2)
        states = graph.node("Sub", [alike, graph.constant("usual", neutral.usual)], "unusual")
    graph.node("LpNormalization", [states], "token_states", axis=-1, p=2)
