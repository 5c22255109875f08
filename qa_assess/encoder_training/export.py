"""Write a tuned network as ONNX, its large matrices as 8-bit whole numbers with a scale for each row.

Only what is stored is rounded: onnxruntime turns the matrices back into floating point once, when it loads them, and
computes as before. (Rounding the activations as well lost what the encoder had won.)
"""

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

from qa_assess.encoder_training.network import Network, Single

_LEAST = 10_000


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
        output_names=["outcomes", "kinds", "tags", "cases"],
        dynamic_axes={"ids": {0: "pieces"}, "asks": {0: "asks"}, "outcomes": {0: "asks"}, "kinds": {0: "asks"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load_model_from_string(stream.getvalue())
    _shrink(model)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _shrink(model: onnx.ModelProto) -> None:
    """Replace each large matrix by whole numbers, a scale a row or column, and the nodes that multiply them."""
    graph = model.graph
    taken_by_row = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    nodes = []
    for tensor in [t for t in graph.initializer if len(t.dims) == 2 and np.prod(t.dims) >= _LEAST]:
        name, values = tensor.name, numpy_helper.to_array(tensor)
        # Embeddings are taken row by row; the matrices of linear maps stand transposed, an output a column.
        axis = 1 if name in taken_by_row else 0
        scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / 127
        whole = np.clip(np.round(values / scale), -127, 127).astype(np.int8)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(whole, f"{name}_whole"))
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"))
        nodes.append(helper.make_node("Cast", [f"{name}_whole"], [f"{name}_float"], to=onnx.TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [f"{name}_float", f"{name}_scale"], [name]))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *rest])
