"""Write a tuned network as ONNX, its large matrices as 8-bit whole numbers with a scale for each row.

The body's products are done in whole numbers too, which processors are many times faster at: each word piece is
rounded to 8 bits with a scale of its own, for a few pieces ([CLS], full stops) have values many times those of the
others. (One scale for all pieces was a little faster still, and moved the probabilities by three times as much.)
Elsewhere only what is stored is rounded: onnxruntime turns the matrices back into floating point once, when it loads
them. Each product, and each layer's attention, is one operation of onnxruntime's own, for what costs time is no longer
the products but the passes over the values between them.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from qa_assess.encoder_training.network import Network, Single

_LEAST = 10_000
# Marks the products of the body's linear maps, as the exporter names them after the network's parts.
_BODY = "/layers."
# A piece's values are stored as 1 to 255 around `middle`.
_CONSTANTS = {
    "middle": np.uint8(128),
    "step": np.float32(1 / 127),
    "least": np.float32(1e-9),
    "one": np.float32(1),
    "last": np.array([-1]),
}
# Operations that onnxruntime has beside the standard's.
_MICROSOFT = "com.microsoft"


def export(network: Network, path: Path) -> None:
    """Write a network for one record at a time (`network.Single`)."""
    inputs = (
        torch.tensor([2, 7, 8, 9, 3, 10, 11, 12, 3]),
        torch.tensor(5),
        torch.tensor([[1, 3], [2, 4]]),
    )
    stream = io.BytesIO()
    torch.onnx.export(
        Single(network.float().eval()),
        inputs,
        stream,
        input_names=["ids", "answer_at", "asks"],
        output_names=["outcomes", "kinds", "tags", "cases", "asked"],
        dynamic_axes={
            "ids": {0: "pieces"},
            "asks": {0: "asks"},
            "outcomes": {0: "asks"},
            "kinds": {0: "asks"},
            "asked": {0: "pieces"},
        },
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load_model_from_string(stream.getvalue())
    _shrink(model)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _shrink(model: onnx.ModelProto) -> None:
    """Replace each large matrix by whole numbers and scales, and the body's products by products of whole numbers."""
    graph = model.graph
    taken_by_row = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    shrunk = [t for t in graph.initializer if len(t.dims) == 2 and np.prod(t.dims) >= _LEAST]
    names = {tensor.name for tensor in shrunk}
    for tensor in shrunk:
        # Embeddings are taken row by row; the matrices of linear maps stand transposed, an output a column.
        whole, scale = _rounded(numpy_helper.to_array(tensor), axis=1 if tensor.name in taken_by_row else 0)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{tensor.name}_whole"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{tensor.name}_scale"))
    graph.initializer.extend(numpy_helper.from_array(np.array(value), name) for name, value in _CONSTANTS.items())

    in_whole = [n for n in graph.node if n.op_type == "MatMul" and _BODY in n.name and n.input[1] in names]
    matrices = {node.input[1] for node in in_whole}
    nodes = [node for name in sorted(names - matrices) for node in _in_floating_point(name)]
    pieces: set[str] = set()
    for node in graph.node:
        if node not in in_whole:
            nodes.append(node)
            continue
        values, matrix = node.input
        if values not in pieces:
            pieces.add(values)
            nodes += _pieces_rounded(values)
        nodes += _product(values, matrix, node.output[0])
    del graph.node[:]
    graph.node.extend(nodes)


def _rounded(values: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 127
    return np.clip(np.round(values / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


def _in_floating_point(name: str) -> Iterator[onnx.NodeProto]:
    yield helper.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=TensorProto.FLOAT)
    yield helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [name])


def _pieces_rounded(values: str) -> Iterator[onnx.NodeProto]:
    """The values of each piece in 8 bits: divided by the largest of them over 127, rounded, moved to 1 to 255."""
    yield helper.make_node("Abs", [values], [f"{values}_sizes"])
    yield helper.make_node("ReduceMax", [f"{values}_sizes"], [f"{values}_most"], axes=[0, 2], keepdims=0)
    yield helper.make_node("Max", [f"{values}_most", "least"], [f"{values}_range"])
    yield helper.make_node("Mul", [f"{values}_range", "step"], [f"{values}_scale"])
    yield helper.make_node("Shape", [f"{values}_scale"], [f"{values}_pieces"])
    yield helper.make_node("Expand", ["middle", f"{values}_pieces"], [f"{values}_middles"])
    rounded = [values, f"{values}_scale", f"{values}_middles"]
    yield helper.make_node("QuantizeLinear", rounded, [f"{values}_whole"], axis=1)
    yield helper.make_node("Unsqueeze", [f"{values}_scale", "last"], [f"{values}_column"])


def _product(values: str, matrix: str, out: str) -> Iterator[onnx.NodeProto]:
    inputs = [f"{values}_whole", f"{matrix}_whole", "one", f"{matrix}_scale", "middle"]
    yield helper.make_node("MatMulIntegerToFloat", inputs, [f"{out}_steps"], domain=_MICROSOFT)
    yield helper.make_node("Mul", [f"{out}_steps", f"{values}_column"], [out])
